import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import type {ArmSettings} from "../components/armSettings.js";
import {samplerNamed} from "../src/samplers/registry.js";
import type {Store} from "../page/store.js";
import type {SamplersState} from "./state.js";

type Asked = Pick<SamplersState, "prompt" | "negative" | "seed" | "noiseSeed" | "arms">;

/** Both runs with this site's engine, and how far apart they are at every step where they have as many. */
export function engineCode({prompt, negative, seed, noiseSeed, arms}: Asked): string {
  const shared = [
    `prompt: ${JSON.stringify(prompt)}`,
    ...(negative ? [`negative: ${JSON.stringify(negative)}`] : []),
    `seed: ${seed}`,
    ...(noiseSeed === null ? [] : [`noiseSeed: ${noiseSeed}`])
  ].join(", ");
  const own = arms.map(
    ({sampler, steps, guidance, eta}) =>
      `{sampler: "${sampler}", steps: ${steps}, guidance: ${guidance}${eta ? `, eta: ${eta}` : ""}}`
  );
  return `import {createEngine} from "./src/worker/client.js";
import {endShares, rmsDistance} from "./src/trajectory.js";

const engine = createEngine();
const shared = {${shared}};
const arms = [[], []];
for (const [i, own] of [${own.join(", ")}].entries())
  for await (const step of engine.draw({...shared, ...own})) arms[i].push(step);   // {xt, x0, eps, noise, coefficients, prevXt, ...}

const [a, b] = arms;
const apart = a.map(({xt}, i) => b[i] && rmsDistance(xt.data, b[i].xt.data));      // arms with as many calls: step by step
const shares = a.map(({xt}) => endShares(xt.data, a.at(-1).prevXt.data, a[0].xt.data)); // xt = a x0 + b xT + rest`;
}

/** Both results in Python, with onnxruntime and diffusers' own schedulers on the model folder. */
export function pythonCode({prompt, negative, seed, noiseSeed, arms}: Asked): string {
  const noise = noiseSeed === null ? "generator" : `torch.Generator("cpu").manual_seed(${noiseSeed})`;
  return `import inspect, json, numpy as np, onnxruntime as ort, torch, diffusers
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
text_encoder, unet = load("text_encoder"), load("unet")
config = json.load(open(f"{folder}/scheduler/scheduler_config.json"))
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = np.array([tokenizer.encode(text).ids for text in [${pyString(negative)}, ${pyString(prompt)}]], dtype=np.int64)
words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]            # [2, K, E]

def draw(scheduler, steps, guidance, eta):
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(${seed})
    latents = torch.randn((1, 4, 16, 16), generator=generator) * scheduler.init_noise_sigma
    more = {"generator": ${noise}, "eta": eta}
    more = {key: more[key] for key in more if key in inspect.signature(scheduler.step).parameters}
    for t in scheduler.timesteps:
        sample = scheduler.scale_model_input(latents, t).repeat(2, 1, 1, 1).numpy()
        feeds = {"sample": sample, "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
        uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        latents = scheduler.step(uncond + guidance * (cond - uncond), t, latents, **more).prev_sample
    return latents

a = draw(${scheduler(arms[0])}, ${rest(arms[0])})
b = draw(${scheduler(arms[1])}, ${rest(arms[1])})
print((a - b).square().mean().sqrt())                                              # how far apart the results are`;
}

function scheduler({sampler}: ArmSettings): string {
  const {className} = samplerNamed(sampler);
  const type = sampler === "dpm++2m-sde" ? `{**config, "algorithm_type": "sde-dpmsolver++"}` : "config";
  return `diffusers.${className}.from_config(${type})`;
}

const rest = ({steps, guidance, eta}: ArmSettings): string => `${steps}, ${guidance}, ${eta}`;
const pyString = (text: string): string => JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Two folds that follow the arms. */
export function codeFolds(store: Store<SamplersState>): HTMLElement {
  const [engine, python] = [codeFold("Code", ""), codeFold("as diffusers Python", "")];
  store.onChange((state) => {
    engine.update(engineCode(state));
    python.update(pythonCode(state));
  });
  return html("div", {class: "codes wide"}, engine, python);
}
