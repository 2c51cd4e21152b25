import {jsText, pyText, type Codes} from "../page/codes.js";
import type {GuidanceState} from "./state.js";

type Opened = Pick<GuidanceState, "guidance" | "film" | "step">;
type Asked = Pick<GuidanceState, "prompt" | "negative" | "seed">;

const START = `import numpy as np, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
text_encoder, unet = load("text_encoder"), load("unet")
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")`;

/** The lines that open the shown step. */
export function mainCode({guidance, film, step}: Opened): Codes {
  const {negative, seed, steps, guidance: drawn} = film.settings;
  const unwanted = negative ? `, negative: ${jsText(negative)}` : "";
  return {
    engine: `import {combine, createEngine, guidancePlane} from "./src/index.js";

const engine = createEngine();
const steps = [];
const asked = {prompt: ${jsText(film.prompt)}${unwanted}, seed: ${seed}, steps: ${steps}, guidance: ${drawn}};
for await (const step of engine.draw(asked)) steps.push(step);

const {xt, epsUncond: u, epsCond: c, alphaCumprod: a} = steps[${step}];       // step ${step + 1}
const eps = combine([1 - ${guidance}, u], [${guidance}, c]);                            // u + w (c - u)
const x0 = combine([1 / Math.sqrt(a), xt], [-Math.sqrt((1 - a) / a), eps]);   // what is expected at the end
const image = await engine.decode(x0);
const {angle, difference} = guidancePlane(u, c);                              // the arrows`,
    python: `${START}
ids = np.array([tokenizer.encode(text).ids for text in [${pyText(negative)}, ${pyText(film.prompt)}]], dtype=np.int64)
words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]            # [2, K, E]

scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(${steps})
xt = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${seed}))
for index, t in enumerate(scheduler.timesteps):
    feeds = {"sample": xt.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
    u, c = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)                    # both questions in one batch
    if index == ${step}:                                                               # the step on screen
        eps = u + ${guidance} * (c - u)
        x0 = scheduler.step(eps, t, xt).pred_original_sample
        length = lambda v: v.square().mean().sqrt().item()
        angle = torch.rad2deg(torch.arccos((u * c).mean() / (length(u) * length(c)))).item()
        print(length(u), length(c), length(c - u), length(eps), angle, x0.std().item())
    xt = scheduler.step(u + ${drawn} * (c - u), t, xt).prev_sample`
  };
}

/** Runs at several scales, with and without rescale. */
export function runsCode({prompt, negative, seed}: Asked, scales: readonly number[], steps: number): Codes {
  const unwanted = negative ? `, negative: ${jsText(negative)}` : "";
  return {
    engine: `import {createEngine} from "./src/index.js";

const engine = createEngine();
const std = ({data}) => {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (data.length - 1));
};
for (const guidance of [${scales.join(", ")}]) {
  const asked = {prompt: ${jsText(prompt)}${unwanted}, seed: ${seed}, steps: ${steps}, guidance, guidanceRescale: 0};
  const spreads = [];
  for await (const {x0} of engine.draw(asked)) spreads.push(std(x0));      // one value a step
  console.log(guidance, spreads);
}`,
    python: `${START}

def draw(prompt, seed, w, rescale=0.0, negative="", steps=${steps}):
    """x0 of every step; w is a number, or one for each step."""
    ids = np.array([tokenizer.encode(text).ids for text in [negative, prompt]], dtype=np.int64)
    words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]
    scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
    scheduler.set_timesteps(steps)
    xt = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(seed))
    for index, t in enumerate(scheduler.timesteps):
        feeds = {"sample": xt.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
        u, c = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        eps = u + (w[index] if isinstance(w, list) else w) * (c - u)
        eps = rescale * eps * c.std() / eps.std() + (1 - rescale) * eps
        step = scheduler.step(eps, t, xt)
        xt = step.prev_sample
        yield step.pred_original_sample

for w in [${scales.join(", ")}]:
    print(w, [round(x0.std().item(), 3) for x0 in draw(${pyText(prompt)}, ${seed}, w, negative=${pyText(negative)})])`
  };
}

/** Rescale on the opened step; goes on from mainCode. */
export function rescaleCode(rescale: number): Codes {
  return {
    engine: `import {rescaleNoiseCfg} from "./src/index.js";

const mended = rescaleNoiseCfg(eps, c, ${rescale});                           // the spread that c has, by this share
const calmer = combine([1 / Math.sqrt(a), xt], [-Math.sqrt((1 - a) / a), mended]);`
  };
}

/** Guidance in a part of the steps; goes on from runsCode. */
export function piecesCode({prompt, seed}: Asked, scales: readonly number[]): Codes {
  return {
    engine: `// one scale for each step; where it is 1, the network is asked once
const inPart = {prompt: ${jsText(prompt)}, seed: ${seed}, steps: ${scales.length}, guidance: [${scales.join(", ")}]};
let last;
for await (const step of engine.draw(inPart)) last = step;
const image = await engine.decode(last.prevXt);`,
    python: `*_, last = draw(${pyText(prompt)}, ${seed}, [${scales.join(", ")}])`
  };
}

/** A negative prompt; goes on from runsCode. */
export function negativeCode(prompt: string, negative: string, seed: number, guidance: number): Codes {
  return {
    engine: `for await (const {x0} of engine.draw({prompt: ${jsText(prompt)}, negative: ${jsText(negative)}, seed: ${seed}, guidance: ${guidance}}))
  console.log(std(x0));                                                    // u is now the answer to the negative prompt`,
    python: `*_, last = draw(${pyText(prompt)}, ${seed}, ${guidance}, negative=${pyText(negative)})`
  };
}

/** Particles in the plane under guidance. */
export function worldCode(label: string, guidance: number, particles: number): Codes {
  return {
    engine: `import {exampleWorld, textToImage, worldModel} from "./src/index.js";

const model = worldModel(exampleWorld, {particles: ${particles}});                 // its "UNet" is the exact prediction
let end;
for await (const step of textToImage(model, {prompt: ${jsText(label)}, guidance: ${guidance}, seed: 7, steps: 30})) end = step.prevXt;`
  };
}
