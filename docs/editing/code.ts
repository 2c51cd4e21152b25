import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {Asked, EditingState} from "./state.js";

const js = (text: string): string => JSON.stringify(text);
const py = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

type Shown = Pick<Asked, "scene" | "prompt" | "seed" | "steps" | "guidance" | "strength">;

/** The run on screen with this site's engine. */
export function engineCode({prompt, seed, steps, guidance, strength, scene}: Shown): string {
  return `import {createEngine} from "./src/worker/client.js";

const engine = createEngine();
const image = imageTensor(scenePixels(scenes.make(${scene})));        // [1, 3, 128, 128] in [-1, 1]; or any picture
const options = {prompt: ${js(prompt)}, seed: ${seed}, steps: ${steps}, guidance: ${guidance}, sampler: "ddim"};
for await (const step of engine.run("imageToImage", {...options, image, strength: ${strength}}))
  console.log(step.index, step.timestep, step.x0);                    // the first record is where the run enters`;
}

/** The same latents in Python: diffusers' add_noise, get_timesteps and DDIM on the model folder's files. */
export function pythonCode({prompt, seed, steps, guidance, strength, scene}: Shown): string {
  return `# first: npm run scenes -- --count 1 --seed ${scene} --objects "$(node -p 'Object.keys(require("./data/models/tiny/vocabulary.json").objects).join()')" --out scene
import json, numpy as np, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
picture = np.load("scene/images.npy")[:1].transpose(0, 3, 1, 2).astype("float32") / 127.5 - 1     # [1, 3, 128, 128]
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
x0 = torch.from_numpy(load("vae_encoder").run(None, {"sample": picture})[0][:, :4]) * scaling     # [1, 4, 16, 16]
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = np.array([tokenizer.encode(text).ids for text in ["", ${py(prompt)}]], dtype=np.int64)
words = load("text_encoder").run(["last_hidden_state"], {"input_ids": ids})[0]                    # [2, K, E]

scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(${steps})
timesteps = scheduler.timesteps[${steps} - int(${steps} * ${strength}):]                                        # get_timesteps of the pipeline
noise = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(${seed}))
latents = scheduler.add_noise(x0, noise, timesteps[:1])                                           # where the run enters
unet = load("unet")
for t in timesteps:
    feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
    uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
    latents = scheduler.step(uncond + ${guidance} * (cond - uncond), t, latents).prev_sample
print(timesteps[0].item(), latents.flatten()[:4])`;
}

/** Two folds that follow what is asked. */
export function codes(store: Store<EditingState>): HTMLElement {
  const [engine, python] = [codeFold("Code", ""), codeFold("as diffusers Python", "")];
  onSelected(store, ["prompt", "seed", "steps", "guidance", "strength", "scene"], (state) => {
    engine.update(engineCode(state));
    python.update(pythonCode(state));
  });
  return html("div", {class: "codes wide"}, engine, python);
}
