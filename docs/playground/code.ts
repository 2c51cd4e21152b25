import type {Wish} from "../components/runFields.js";
import {codeRow, jsText, pyText, type CodeRow, type Codes} from "../page/codes.js";
import type {Store} from "../page/store.js";
import {samplerNamed} from "../src/samplers/registry.js";
import {otherWish, type Fork, type PlayState} from "./state.js";

/** What JavaScript calls a wish, or a part of one: without what it leaves at its default. */
function told({noiseSeed, negative, eta, ...wish}: Partial<Wish>, but: readonly string[] = []): string {
  const fields = {...wish, ...(negative && {negative}), ...(eta && {eta}), ...(noiseSeed != null && {noiseSeed})};
  return Object.entries(fields)
    .filter(([name]) => !but.includes(name))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(", ");
}

/** One run in Python, with onnxruntime and diffusers' own scheduler on the model folder; `changes` are forks, by step from 0. */
function pythonRun({prompt, negative, noiseSeed, sampler, steps, guidance, eta}: Wish): string {
  const config = sampler === "dpm++2m-sde" ? `{**config, "algorithm_type": "sde-dpmsolver++"}` : "config";
  return `import inspect, json, numpy as np, onnxruntime as ort, torch, diffusers
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}.onnx")
text_encoder, unet, decoder = load("text_encoder/model"), load("unet/model"), load("vae_decoder/model")
config = json.load(open(f"{folder}/scheduler/scheduler_config.json"))
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")

def read(prompt):                                                                     # [2, K, E]
    ids = np.array([tokenizer.encode(text).ids for text in [${pyText(negative)}, prompt]], dtype=np.int64)
    return text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]

def draw(seed, changes={}):
    scheduler = diffusers.${samplerNamed(sampler).className}.from_config(${config})
    scheduler.set_timesteps(${steps})
    generator = torch.Generator("cpu").manual_seed(seed)
    latents = torch.randn((1, 4, 16, 16), generator=generator) * scheduler.init_noise_sigma
    wish = {"prompt": ${pyText(prompt)}, "guidance": ${guidance}}
    more = {"generator": ${noiseSeed === null ? "generator" : `torch.Generator("cpu").manual_seed(${noiseSeed})`}, "eta": ${eta}}
    more = {key: more[key] for key in more if key in inspect.signature(scheduler.step).parameters}
    for i, t in enumerate(scheduler.timesteps):
        wish |= changes.get(i, {})
        if "noise_seed" in changes.get(i, {}):
            more["generator"] = torch.Generator("cpu").manual_seed(wish["noise_seed"])
        sample = scheduler.scale_model_input(latents, t).repeat(2, 1, 1, 1).numpy()
        feeds = {"sample": sample, "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": read(wish["prompt"])}
        uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        latents = scheduler.step(uncond + wish["guidance"] * (cond - uncond), t, latents, **more).prev_sample
    return decoder.run(None, {"latent_sample": latents.numpy() / scaling})[0]         # [1, 3, 128, 128], from -1 to 1`;
}

const SAVED = (call: string) => `from PIL import Image

image = ${call}[0].transpose(1, 2, 0) / 2 + 0.5
Image.fromarray((image.clip(0, 1) * 255).round().astype("uint8")).save("picture.png")`;

/** The arms, one after the other, and arm A's numbers as files. Python: arm A's picture. */
export function mainCode(wishes: readonly Wish[]): Codes {
  return {
    engine: `import {createEngine} from "./src/worker/client.js";
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
const zip = zipped(recordFiles(runs[0], wishes[0]));              // latents.npy, x0.npy, eps_uncond.npy, eps_cond.npy, record.json`,
    python: `${pythonRun(wishes[0])}

${SAVED(`draw(${wishes[0].seed})`)}`
  };
}

/** A run and its forks, each of the one before. Steps count from 0 here. */
export function forkCode(wish: Wish, forks: readonly Fork[]): Codes {
  const lines = forks.map(({step, change}) => `run = await rest(run, ${step}, {${told(change, ["kind"])}});`);
  const changes = forks.map(({step, change}) => `${step}: ${pyChange(change)}`).join(", ");
  return {
    engine: `import {createEngine} from "./src/worker/client.js";

const engine = createEngine();
let wish = {${told(wish)}};
let run = [];
for await (const step of engine.draw(wish)) run.push(step);

async function rest(trunk, index, change) {                       // from: the latents, the sampler's and the generator's state
  wish = {...wish, ...change};
  const steps = trunk.slice(0, index);
  for await (const step of engine.draw({...wish, from: trunk[index]})) steps.push(step);
  return steps;
}
${lines.join("\n")}
const image = await engine.decode(run.at(-1).prev);               // [1, 3, 128, 128], from -1 to 1`,
    python: `${pythonRun(wish)}

${SAVED(`draw(${wish.seed}, {${changes}})`)}`
  };
}

function pyChange(change: Fork["change"]): string {
  if (change.kind === "prompt") return `{"prompt": ${pyText(change.prompt)}}`;
  return change.kind === "guidance" ? `{"guidance": ${change.guidance}}` : `{"noise_seed": ${change.noiseSeed}}`;
}

/** Some seeds of one wish, and CLIP's cosines with some words. */
export function seedsCode(wish: Wish, first: number, count: number, words: string): Codes {
  return {
    engine: `import {clipped, cosines, createEngine} from "./src/index.js";

const engine = createEngine();
const words = await engine.embedTexts([${jsText(words)}]);
for (let seed = ${first}; seed < ${first + count}; seed++) {
  let last;
  for await (const step of engine.draw({${told(wish, ["seed"])}, seed})) last = step;
  const picture = await engine.embedImages(clipped(await engine.decode(last.prev)));
  console.log(seed, cosines(picture, words).data[0]);
}`,
    python: `${pythonRun(wish)}

import torch.nn.functional as F

ids = np.array([Tokenizer.from_file(f"{folder}/clip/tokenizer.json").encode(${pyText(words)}).ids], dtype=np.int64)
words = torch.from_numpy(load("clip/onnx/text_model").run(["text_embeds"], {"input_ids": ids})[0])
vision = load("clip/onnx/vision_model")
for seed in range(${first}, ${first + count}):
    picture = vision.run(["image_embeds"], {"pixel_values": draw(seed).clip(-1, 1)})[0]
    print(seed, F.cosine_similarity(torch.from_numpy(picture), words).item())`
  };
}

/** The recorded curves: the share of prompts whose picture shows what the fork asked for. */
export const decidedCode = (): Codes => ({
  engine: `// docs/recorded/playground.json, made by scripts/record/playground.py; a letter a prompt: B as the fork asked, A as the trunk, - neither
const {answers, forks} = await (await fetch("recorded/playground.json")).json();
for (const kind of ["object", "place", "side"])
  answers[kind].forEach((letters, i) => console.log(kind, forks[i], [...letters].filter((letter) => letter === "B").length / letters.length));`,
  python: `# the pictures are drawn and judged by scripts/record/playground.py
import json

recorded = json.load(open("docs/recorded/playground.json"))
for kind, answers in recorded["answers"].items():
    for fork, letters in zip(recorded["forks"], answers):
        print(kind, fork, letters.count("B") / len(letters))`
});

/** A row that follows what the page shows. */
export function codesFor(store: Store<PlayState>, write: (state: Readonly<PlayState>) => Codes): CodeRow {
  const row = codeRow();
  let shown = "";
  store.onChange((state) => {
    const codes = write(state);
    if (codes.engine === shown) return;
    shown = codes.engine;
    row.update(codes);
  });
  return row;
}

/** The arms' lines. */
export const armsCodes = (store: Store<PlayState>): CodeRow =>
  codesFor(store, (state) => {
    const other = otherWish(state);
    return mainCode(other ? [state.wish, other] : [state.wish]);
  });
