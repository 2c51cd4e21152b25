import type {RunSettings} from "../components/runSettings.js";

/** The lines that reproduce a run with this site's engine. */
export function engineCode(prompt: string, {seed, sampler, steps, guidance, negative, noiseSeed}: RunSettings): string {
  const extra = [
    negative ? `negative: ${JSON.stringify(negative)}` : "",
    noiseSeed === null ? "" : `noiseSeed: ${noiseSeed}`
  ].filter(Boolean);
  return `import {createEngine} from "./src/worker/client.js";

const engine = createEngine();
await engine.load();

const options = {
  prompt: ${JSON.stringify(prompt)},
  seed: ${seed}, sampler: "${sampler}", steps: ${steps}, guidance: ${guidance}${extra.map((line) => `, ${line}`).join("")}
};
let last;
for await (const step of engine.draw(options)) last = step;   // one UNet call a step: {xt, eps, x0, prev, ...}
const image = await engine.decode(last.prev);                 // [1, 3, 128, 128], from -1 to 1`;
}

/** The same picture in Python, with onnxruntime and diffusers' own scheduler on the model folder. */
export function pythonCode(prompt: string, settings: RunSettings): string {
  const {seed, sampler, steps, guidance, negative, noiseSeed} = settings;
  const scheduler = sampler === "ddpm" ? "DDPMScheduler" : "DDIMScheduler";
  const noise = noiseSeed === null ? "generator" : "noise";
  return `import json, numpy as np, onnxruntime as ort, torch
from diffusers import ${scheduler}
from PIL import Image
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
text_encoder, unet, decoder = load("text_encoder"), load("unet"), load("vae_decoder")
config = json.load(open(f"{folder}/vae_decoder/config.json"))
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")

ids = np.array([tokenizer.encode(text).ids for text in [${pyString(negative)}, ${pyString(prompt)}]], dtype=np.int64)
words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]            # [2, K, E]

scheduler = ${scheduler}.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(${steps})
generator = torch.Generator("cpu").manual_seed(${seed})${
    noiseSeed === null ? "" : `\nnoise = torch.Generator("cpu").manual_seed(${noiseSeed})`
  }
latents = torch.randn((1, 4, 16, 16), generator=generator) * scheduler.init_noise_sigma
for t in scheduler.timesteps:
    sample = scheduler.scale_model_input(latents, t).repeat(2, 1, 1, 1).numpy()
    timestep = np.array([float(t)], dtype=np.float32)
    out = unet.run(None, {"sample": sample, "timestep": timestep, "encoder_hidden_states": words})[0]
    uncond, cond = torch.from_numpy(out).chunk(2)
    eps = uncond + ${guidance} * (cond - uncond)                                        # guidance
    latents = scheduler.step(eps, t, latents, generator=${noise}).prev_sample

image = decoder.run(None, {"latent_sample": latents.numpy() / config["scaling_factor"]})[0][0]
Image.fromarray(((image.transpose(1, 2, 0) / 2 + 0.5).clip(0, 1) * 255).round().astype("uint8")).save("picture.png")`;
}

function pyString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
