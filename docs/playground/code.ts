import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import type {Wish} from "../components/runFields.js";
import {samplerNamed} from "../src/samplers/registry.js";
import type {Store} from "../page/store.js";
import {otherWish, type PlayState} from "./state.js";

/** The arms with this site's engine, one after the other, and arm A's numbers as files. */
export function engineCode(wishes: readonly Wish[]): string {
  const told = ({noiseSeed, negative, eta, ...wish}: Wish): string =>
    Object.entries({...wish, ...(negative && {negative}), ...(eta && {eta}), ...(noiseSeed !== null && {noiseSeed})})
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      .join(", ");
  return `import {createEngine} from "./src/worker/client.js";
import {recordFiles, zipped} from "./src/exports/recordFiles.js";

const engine = createEngine();
const wishes = [
${wishes.map((wish) => `  {${told(wish)}}`).join(",\n")}
];
const runs = [];
for (const wish of wishes) {
  const steps = [];
  for await (const step of engine.draw(wish)) steps.push(step);  // one UNet call: {xt, x0, eps, prev, ...}
  runs.push(steps);
}
const image = await engine.decode(runs[0].at(-1).prev);           // [1, 3, 128, 128], from -1 to 1
const zip = zipped(recordFiles(runs[0], wishes[0]));              // latents.npy, x0.npy, eps_uncond.npy, eps_cond.npy, record.json`;
}

/** Arm A's picture in Python, with onnxruntime and diffusers' own scheduler on the model folder. */
export function pythonCode({prompt, negative, seed, noiseSeed, sampler, steps, guidance, eta}: Wish): string {
  const noise = noiseSeed === null ? "generator" : `torch.Generator("cpu").manual_seed(${noiseSeed})`;
  const config = sampler === "dpm++2m-sde" ? `{**config, "algorithm_type": "sde-dpmsolver++"}` : "config";
  return `import inspect, json, numpy as np, onnxruntime as ort, torch, diffusers
from PIL import Image
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
text_encoder, unet, decoder = load("text_encoder"), load("unet"), load("vae_decoder")
config = json.load(open(f"{folder}/scheduler/scheduler_config.json"))
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = np.array([tokenizer.encode(text).ids for text in [${py(negative)}, ${py(prompt)}]], dtype=np.int64)
words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]            # [2, K, E]

scheduler = diffusers.${samplerNamed(sampler).className}.from_config(${config})
scheduler.set_timesteps(${steps})
generator = torch.Generator("cpu").manual_seed(${seed})
latents = torch.randn((1, 4, 16, 16), generator=generator) * scheduler.init_noise_sigma
more = {"generator": ${noise}, "eta": ${eta}}
more = {key: more[key] for key in more if key in inspect.signature(scheduler.step).parameters}
for t in scheduler.timesteps:
    sample = scheduler.scale_model_input(latents, t).repeat(2, 1, 1, 1).numpy()
    feeds = {"sample": sample, "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
    uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
    latents = scheduler.step(uncond + ${guidance} * (cond - uncond), t, latents, **more).prev_sample

image = decoder.run(None, {"latent_sample": latents.numpy() / scaling})[0][0]
Image.fromarray(((image.transpose(1, 2, 0) / 2 + 0.5).clip(0, 1) * 255).round().astype("uint8")).save("picture.png")`;
}

const py = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Two folds that follow the controls. */
export function codeFolds(store: Store<PlayState>): HTMLElement {
  const [engine, python] = [codeFold("Code", ""), codeFold("as diffusers Python (arm A)", "")];
  store.onChange((state) => {
    const other = otherWish(state);
    engine.update(engineCode(other ? [state.wish, other] : [state.wish]));
    python.update(pythonCode(state.wish));
  });
  return html("div", {class: "codes wide"}, engine, python);
}
