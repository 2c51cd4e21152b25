import {jsText, pyText, type Codes} from "../page/codes.js";
import type {GuidanceState} from "./state.js";

type Opened = Pick<GuidanceState, "guidance" | "film" | "step">;
type Asked = Pick<GuidanceState, "prompt" | "negative" | "seed">;

const START = `import numpy as np, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}.onnx")
text_encoder, unet = load("text_encoder/model"), load("unet/model")
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")`;

/** What the figures of whole runs begin from. */
const DRAW = `// engine, draw, std: as in the code of “One seed, six scales”`;
const PY_DRAW = `# draw, decode: as in the Python of “One seed, six scales”`;

const asking = ({prompt, negative, seed}: Asked): string =>
  `prompt: ${jsText(prompt)}${negative ? `, negative: ${jsText(negative)}` : ""}, seed: ${seed}`;
const pyAsking = ({prompt, negative, seed}: Asked): string =>
  `${pyText(prompt)}, ${seed}${negative ? `, negative=${pyText(negative)}` : ""}`;

/** The lines that open the shown step. */
export function mainCode({guidance, film, step}: Opened): Codes {
  const {negative, seed, steps, guidance: drawn} = film.settings;
  return {
    engine: `import {combine, createEngine, guidancePlane} from "./src/index.js";

const engine = createEngine();
const steps = [];
const asked = {${asking({prompt: film.prompt, negative, seed})}, sampler: "ddim", steps: ${steps}, guidance: ${drawn}};
for await (const step of engine.draw(asked)) steps.push(step);

const {xt, epsUncond: u, epsCond: c, alphaCumprod: a} = steps[${step}];       // step ${step + 1}
const eps = combine([1 - ${guidance}, u], [${guidance}, c]);                            // u + w (c - u)
const expected = (noise) => combine([1 / Math.sqrt(a), xt], [-Math.sqrt((1 - a) / a), noise]);
const images = await engine.decode(expected(eps));                            // what is expected at the end
for (const plane of [guidancePlane(u, c), guidancePlane(expected(u), expected(c))]) {
  const tip = plane.guided(${guidance});                                           // the arrows: noises, then pictures
  const turned = (180 / Math.PI) * Math.atan2(tip[1], tip[0]);
  console.log(Math.hypot(...plane.uncond), Math.hypot(...plane.cond), plane.difference, Math.hypot(...tip), plane.angle, turned);
}`,
    python: `${START}
ids = np.array([tokenizer.encode(text).ids for text in [${pyText(negative)}, ${pyText(film.prompt)}]], dtype=np.int64)
words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]            # [2, K, E]

scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(${steps})
xt = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${seed}))
steps = []
for t in scheduler.timesteps:
    feeds = {"sample": xt.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
    u, c = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)                    # both questions in one batch
    steps.append((t, xt, u, c))
    xt = scheduler.step(u + ${drawn} * (c - u), t, xt).prev_sample

t, xt, u, c = steps[${step}]                                                           # step ${step + 1}
eps = u + ${guidance} * (c - u)
expected = lambda noise: scheduler.step(noise, t, xt).pred_original_sample
length = lambda v: v.square().mean().sqrt().item()
angle = lambda p, q: torch.rad2deg(torch.arccos((p * q).mean() / (length(p) * length(q)))).item()
for p, q, tip in [(u, c, eps), (expected(u), expected(c), expected(eps))]:        # noises, then pictures
    print(length(p), length(q), length(q - p), length(tip), angle(p, q), angle(p, tip))`
  };
}

/** A run at each scale: what it expects at the moments that the strip shows. @param frames from 0 */
export function runsCode(asked: Asked, {scales, steps, frames}: RunsAsked): Codes {
  return {
    engine: `import {createEngine} from "./src/index.js";

const engine = createEngine();
const draw = async (options) => {
  const steps = [];
  for await (const step of engine.draw({sampler: "ddim", ...options})) steps.push(step);
  return {steps, latents: steps.at(-1).prevXt};
};
const std = ({data}) => {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (data.length - 1));
};
for (const guidance of [${scales.join(", ")}]) {
  const {steps, latents} = await draw({${asking(asked)}, steps: ${steps}, guidance});
  const shown = [...[${frames.slice(0, -1).join(", ")}].map((index) => steps[index].x0), latents];
  for (const tensor of shown) await engine.decode(tensor);                  // the row of pictures; last the result
  console.log(guidance, shown.map(std));
}`,
    python: `${START}
decoder, scaling = load("vae_decoder/model"), __import__("json").load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
decode = lambda latents: torch.from_numpy(decoder.run(None, {"latent_sample": (latents / scaling).numpy()})[0]).clamp(-1, 1)

def draw(prompt, seed, w, rescale=0.0, negative="", steps=${steps}):
    """x0 of every step, and the latents it leads to; w is a number, or one for each step."""
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
        yield step.pred_original_sample, xt

for w in [${scales.join(", ")}]:
    steps = list(draw(${pyAsking(asked)}, w=w))
    shown = [steps[i][0] for i in [${frames.slice(0, -1).join(", ")}]] + [steps[-1][1]]
    pictures = [decode(latents) for latents in shown]                             # the row of pictures; last the result
    print(w, [latents.std().item() for latents in shown])`
  };
}

interface RunsAsked {
  readonly scales: readonly number[];
  readonly steps: number;
  readonly frames: readonly number[];
}

/** The spread of x0 at every step, with and without rescale; goes on from runsCode. */
export function spreadCode(asked: Asked, arms: readonly (readonly [number, number])[], steps: number): Codes {
  const pairs = (open: string, close: string): string =>
    arms.map(([scale, rescale]) => `${open}${scale}, ${rescale}${close}`).join(", ");
  return {
    engine: `${DRAW}
for (const [guidance, guidanceRescale] of [${pairs("[", "]")}]) {
  const {steps} = await draw({${asking(asked)}, steps: ${steps}, guidance, guidanceRescale});
  console.log(guidance, guidanceRescale, steps.map(({x0}) => std(x0)));     // one value a step
}`,
    python: `${PY_DRAW}
for w, rescale in [${pairs("(", ")")}]:
    print(w, rescale, [x0.std().item() for x0, _ in draw(${pyAsking(asked)}, w=w, rescale=rescale)])`
  };
}

/** Rescale on the opened step; goes on from mainCode. */
export function rescaleCode(rescale: number): Codes {
  return {
    engine: `// u, c, eps, expected: as in the first figure's code
import {rescaleNoiseCfg} from "./src/index.js";

const std = ({data}) => {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (data.length - 1));
};
const mended = rescaleNoiseCfg(eps, c, ${rescale});                           // the spread that c has, by this share
console.log(std(c), std(eps), ${rescale} * (std(c) / std(eps)) + 1 - ${rescale}, std(expected(eps)), std(expected(mended)));`,
    python: `# c, eps, expected: as in the first figure's Python
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg

mended = rescale_noise_cfg(eps, c, guidance_rescale=${rescale})                      # the spread that c has, by this share
factor = ${rescale} * (c.std() / eps.std()).item() + 1 - ${rescale}
print(c.std().item(), eps.std().item(), factor, expected(eps).std().item(), expected(mended).std().item())`
  };
}

/** The finished pictures at all scales and seeds; goes on from runsCode. */
export function gridCode(prompt: string, scales: readonly number[], seeds: readonly number[], steps: number): Codes {
  return {
    engine: `${DRAW}
for (const guidance of [${scales.join(", ")}])
  for (const seed of [${seeds.join(", ")}]) {
    const {latents} = await draw({prompt: ${jsText(prompt)}, seed, steps: ${steps}, guidance});
    const image = await engine.decode(latents);                             // one cell
    console.log(guidance, seed, std(latents));
  }`,
    python: `${PY_DRAW}
for w in [${scales.join(", ")}]:
    for seed in [${seeds.join(", ")}]:
        *_, (_, latents) = draw(${pyText(prompt)}, seed, w, steps=${steps})
        picture = decode(latents)                                                 # one cell
        print(w, seed, latents.std().item())`
  };
}

/** One line of the table of accuracy and diversity; goes on from runsCode. */
export function curveCode({prompts, seeds, steps, scale}: CurveAsked): Codes {
  return {
    engine: `${DRAW}
import {cosines} from "./src/index.js";

const prompts = [
${prompts.map((prompt) => `  ${jsText(prompt)}`).join(",\n")}
];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const onScreen = ({data, dims}) => ({data: data.map((value) => Math.min(1, Math.max(-1, value))), dims});
const rms = (a, b) => Math.sqrt(mean(a.data.map((value, i) => (value - b.data[i]) ** 2)));

/** A line of the table; what is named right is the judge's, which runs in Python alone. */
const measure = async (guidance) => {
  const [clip, pixels, spread, saturation, clipped] = [[], [], [], [], []];
  for (const [number, prompt] of prompts.entries()) {
    const images = [];
    const seen = [];
    for (let i = 0; i < ${seeds}; i++) {
      const {latents} = await draw({prompt, seed: ${seeds} * number + i, steps: ${steps}, guidance});
      const image = onScreen(await engine.decode(latents));
      const vector = await engine.embedImages(image);
      seen.forEach((other) => clip.push(1 - cosines(vector, other).data[0]));
      images.forEach((other) => pixels.push(rms(image, other)));
      images.push(image);
      seen.push(vector);
      spread.push(std(latents));
      const values = image.data.map((value) => (value + 1) / 2);
      clipped.push(mean(values.map((value) => Number(value < 0.01 || value > 0.99))));
      const colours = Array.from({length: 128 ** 2}, (_, p) => [values[p], values[p + 128 ** 2], values[p + 2 * 128 ** 2]]);
      saturation.push(mean(colours.map((rgb) => (Math.max(...rgb) - Math.min(...rgb)) / Math.max(...rgb, 1e-6))));
    }
  }
  return [clip, pixels, saturation, clipped, spread].map(mean);             // as the columns, from “CLIP distance” on
};
console.log(await measure(${scale}));                                             // ${prompts.length * seeds} runs: minutes`,
    python: `${PY_DRAW}
import sys
from itertools import combinations

sys.path += ["data", "scripts/record"]
from guidance import prompts_of
from training.config import load_run
from training.judge import PLACES, trained_judge, verdicts

run = load_run("tiny")
judge, things = trained_judge(run)
vision = load("clip/onnx/vision_model")

def measure(w):
    """A line of the table."""
    right, rows = torch.zeros(2), []
    for number, (prompt, thing, place) in enumerate(prompts_of(run, ${prompts.length})):
        latents = torch.cat([list(draw(prompt, ${seeds} * number + i, w, steps=${steps}))[-1][1] for i in range(${seeds})])
        pictures = decode(latents)
        said = verdicts(judge, pictures)
        right[0] += sum(things[i] == thing for i in said["objects"].argmax(1).tolist())
        right[1] += sum(PLACES[i] == place for i in said["places"].argmax(1).tolist())
        seen = torch.nn.functional.normalize(torch.from_numpy(vision.run(None, {"pixel_values": pictures.numpy()})[0]), dim=1)
        pairs = list(combinations(range(${seeds}), 2))
        clip = np.mean([1 - (seen[a] @ seen[b]).item() for a, b in pairs])
        pixels = np.mean([(pictures[a] - pictures[b]).square().mean().sqrt().item() for a, b in pairs])
        values = (pictures + 1) / 2
        top, low = values.max(dim=1).values, values.min(dim=1).values
        saturation = ((top - low) / top.clamp(min=1e-6)).mean().item()
        clipped = ((values < 0.01) | (values > 0.99)).float().mean().item()
        rows.append([clip, pixels, saturation, clipped, latents.flatten(1).std(dim=1).mean().item()])
    return right.tolist(), np.mean(rows, axis=0)                                  # as the columns: object, place; CLIP distance and on

print(measure(${scale}))                                                               # ${prompts.length * seeds} runs: minutes`
  };
}

interface CurveAsked {
  readonly prompts: readonly string[];
  readonly seeds: number;
  readonly steps: number;
  readonly scale: number;
}

/** Guidance in a part of the steps; goes on from curveCode. @param scales one for each step */
export function piecesCode(asked: Asked, scales: readonly number[], measured: readonly number[]): Codes {
  return {
    engine: `${DRAW}
// one scale for each step; where it is 1, the network is asked once
const guided = await draw({${asking(asked)}, steps: ${scales.length}, guidance: [${scales.join(", ")}]});
const inPart = await engine.decode(guided.latents);
console.log(std(guided.latents));

// measure: as in the code under the curve; the row “first third” of the table
console.log(await measure([${measured.join(", ")}]));`,
    python: `${PY_DRAW}; measure: as in the Python under the curve
*_, (_, latents) = draw(${pyAsking(asked)}, w=[${scales.join(", ")}])
picture = decode(latents)
print(latents.std().item())

print(measure([${measured.join(", ")}]))    # the row "first third" of the table`
  };
}

/** A pair with and without a negative prompt, and the counts of one row above; goes on from runsCode. */
export function negativeCode({prompt, negative, seed, guidance, steps, times, count}: NegativeAsked): Codes {
  return {
    engine: `${DRAW}
import {cosines} from "./src/index.js";

for (const negative of ["", ${jsText(negative)}]) {                              // u is the answer to the negative prompt
  const {latents} = await draw({prompt: ${jsText(prompt)}, negative, seed: ${seed}, steps: ${steps}, guidance: ${guidance}});
  const image = await engine.decode(latents);
  console.log(negative, std(latents));
}

const times = await engine.embedTexts(${JSON.stringify(times).replaceAll(",", ", ")});
const counts = times.data.slice(0, ${times.length}).fill(0);                               // which caption lies nearest, over ${count} seeds
for (let seed = 0; seed < ${count}; seed++) {
  const {latents} = await draw({prompt: ${jsText(prompt)}, negative: ${jsText(negative)}, seed, steps: ${steps}, guidance: ${guidance}});
  const image = await engine.decode(latents);
  const near = cosines(await engine.embedImages({...image, data: image.data.map((value) => Math.min(1, Math.max(-1, value)))}), times).data;
  counts[near.indexOf(Math.max(...near))]++;
}
console.log(counts);`,
    python: `${PY_DRAW}
for negative in ["", ${pyText(negative)}]:                                             # u is the answer to the negative prompt
    *_, (_, latents) = draw(${pyText(prompt)}, ${seed}, ${guidance}, negative=negative, steps=${steps})
    picture = decode(latents)
    print(negative, latents.std().item())

vision, text = load("clip/onnx/vision_model"), load("clip/onnx/text_model")
unit = lambda vectors: vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
ids = np.array([tokenizer.encode(caption).ids for caption in [${times.map(pyText).join(", ")}]], dtype=np.int64)
times, counts = unit(text.run(["text_embeds"], {"input_ids": ids})[0]), [0] * ${times.length}
for seed in range(${count}):                                                          # which caption lies nearest
    *_, (_, latents) = draw(${pyText(prompt)}, seed, ${guidance}, negative=${pyText(negative)}, steps=${steps})
    seen = unit(vision.run(["image_embeds"], {"pixel_values": decode(latents).numpy()})[0])
    counts[(seen @ times.T).argmax()] += 1
print(counts)`
  };
}

interface NegativeAsked {
  readonly prompt: string;
  readonly negative: string;
  readonly seed: number;
  readonly guidance: number;
  readonly steps: number;
  readonly times: readonly string[];
  readonly count: number;
}
