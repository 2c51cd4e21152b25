import {jsText, pyText, type Codes} from "../page/codes.js";
import {LOOSE} from "./defaults.js";
import type {Asked} from "./state.js";

/** The picture on screen: a scene by its number, or null for one of the reader's own. */
export interface Pictured {
  readonly scene: number | null;
}
type Loop = Pick<Asked, "seed" | "steps" | "guidance">;

/** What the figures below the first one begin from. */
const BEGUN = `// engine, picture, x0, drawn, rms: as in the first figure's code`;
const PY_BEGUN = `# picture, x0, encode, decode, loop, rms ...: as in the first figure's Python`;

const sized = (texts: readonly string[]): string => `[${texts.join(", ")}]`;
const sampled = ({seed, steps, guidance}: Loop): string =>
  `seed: ${seed}, steps: ${steps}, guidance: ${guidance}, sampler: "ddim"`;

/** The run on screen: a picture, noised to where the loop is entered, and drawn on from there. */
export function mainCode({
  scene,
  prompt,
  strength,
  ...asked
}: Pictured & Loop & Pick<Asked, "prompt" | "strength">): Codes {
  const {seed, steps, guidance} = asked;
  const opened =
    scene === null
      ? [
          `const picture = imageTensor(pixels);                       // pixels: {data, width: 128, height: 128} of your own picture, as a canvas has them`,
          `from PIL import Image`,
          `pixels = np.asarray(Image.open("picture.png").convert("RGB").resize((128, 128)))[None]             # your own picture`
        ]
      : [
          `const picture = imageTensor(scenePixels(scenes.make(${scene})));   // scenes: what openScenes of docs/page/scenes.ts makes`,
          `# first: npm run scenes -- --count 1 --seed ${scene} --objects data/models/tiny/vocabulary.json --out scene`,
          `pixels = np.load("scene/images.npy")[:1]`
        ];
  return {
    engine: `import {createEngine} from "./src/index.js";
import {imageTensor${scene === null ? "" : ", scenePixels"}} from "./docs/page/scenes.js";

const engine = createEngine();
const drawn = async (pipeline, options) => {
  const steps = [];
  for await (const step of engine.run(pipeline, options)) steps.push(step);
  return steps;
};
const rms = (a, b) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);

${opened[0]}
const x0 = await engine.encode(picture);                   // [1, 3, 128, 128] -> [1, 4, 16, 16]
const asked = {prompt: ${jsText(prompt)}, ${sampled(asked)}};
const run = await drawn("imageToImage", {...asked, image: x0, strength: ${strength}});
const image = await engine.decode(run.at(-1).prevXt);
console.log(run[0].timestep, run[0].xt.data.slice(0, 3), rms(run.at(-1).prevXt.data, x0.data));    // where it enters, how far it goes`,
    python: `${opened[1]}
import json, numpy as np, onnxruntime as ort, torch
from diffusers import DDIMInverseScheduler, DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
encoder, decoder, text_encoder, unet = (load(part) for part in ("vae_encoder", "vae_decoder", "text_encoder", "unet"))
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
encode = lambda picture: torch.from_numpy(encoder.run(None, {"sample": picture.numpy()})[0][:, :4]) * scaling
decode = lambda latents: torch.from_numpy(decoder.run(None, {"latent_sample": (latents / scaling).numpy()})[0])
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
rms = lambda a, b: (a - b).square().mean().sqrt().item()
unit_noise = lambda seed: torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(seed))

def encoded(texts):
    ids = np.array([tokenizer.encode(text).ids for text in texts], dtype=np.int64)
    return torch.from_numpy(text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0])      # [B, K, E]

def loop(latents, prompt, guidance, steps=${steps}, first=0, project=lambda x0: x0, replace=lambda latents, index: latents, scheduler=scheduler):
    """Drawn on from step \`first\`; \`prompt\` is a text, or its matrix."""
    words = torch.cat([encoded([""]), encoded([prompt]) if isinstance(prompt, str) else prompt]).numpy()
    scheduler.set_timesteps(steps)
    for index, t in list(enumerate(scheduler.timesteps))[first:]:
        feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
        uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        a = scheduler.alphas_cumprod[t]
        x0 = project((latents - (1 - a).sqrt() * (uncond + guidance * (cond - uncond))) / a.sqrt())
        latents = replace(scheduler.step((latents - a.sqrt() * x0) / (1 - a).sqrt(), t, latents).prev_sample, index)
    return latents

${opened.slice(2).join("\n")}
picture = torch.from_numpy(pixels.transpose(0, 3, 1, 2).astype("float32") / 127.5 - 1)             # [1, 3, 128, 128]
x0 = encode(picture)                                                                              # [1, 4, 16, 16]
scheduler.set_timesteps(${steps})
first = ${steps} - int(${steps} * ${strength})                                                               # get_timesteps of the pipeline
entered = scheduler.add_noise(x0, unit_noise(${seed}), scheduler.timesteps[first : first + 1])
result = loop(entered, ${pyText(prompt)}, ${guidance}, first=first)
image = decode(result)
print(scheduler.timesteps[first].item(), entered.flatten()[:3], rms(result, x0))                  # where it enters, how far it goes`
  };
}

/** The distances of the chart; goes on from mainCode. */
export function strengthCode({prompt, seed, steps, guidance}: Loop & Pick<Asked, "prompt">): Codes {
  return {
    engine: `${BEGUN}
const results = [];
for (let made = 1; made <= ${steps}; made++) {
  const all = await drawn("imageToImage", {prompt: ${jsText(prompt)}, ${sampled({seed, steps, guidance})}, image: x0, strength: Math.min(1, made / ${steps} + 1e-9)});
  results.push(all.at(-1).prevXt.data);
}
for (const [i, result] of results.entries()) console.log((100 * (i + 1)) / ${steps}, rms(result, x0.data), rms(result, results.at(-1)));`,
    python: `${PY_BEGUN}
scheduler.set_timesteps(${steps})
starts = [scheduler.add_noise(x0, unit_noise(${seed}), t[None]) for t in scheduler.timesteps]
results = [loop(starts[${steps} - made], ${pyText(prompt)}, ${guidance}, first=${steps} - made) for made in range(1, ${steps} + 1)]
for made, result in enumerate(results, 1):
    print(100 * made / ${steps}, rms(result, x0), rms(result, results[-1]))`
  };
}

/** Inpainting: what is outside of the mask is put back after each step. */
export function inpaintCode({mask, inpaint, ...asked}: Loop & Pick<Asked, "mask" | "inpaint">): Codes {
  const {seed, steps, guidance} = asked;
  return {
    engine: `${BEGUN}
import {maskTensor, readMask} from "./docs/editing/mask.js";

const cells = readMask(${jsText(mask)});     // 16 x 16 of 0 and 1, four a letter
const inpainted = await drawn("inpainting", {prompt: ${jsText(inpaint)}, ${sampled(asked)}, image: x0, mask: maskTensor(cells)});
const result = inpainted.at(-1).prevXt;
const inpaintedImage = await engine.decode(result);
for (const side of [0, 1]) {                                             // outside, inside
  const [after, before] = [result, x0].map(({data}) => data.filter((_, i) => cells[i % 256] === side));
  console.log(rms(after, before));
}`,
    python: `${PY_BEGUN}
letters = ${pyText(mask)}        # 16 x 16 of 0 and 1, four a letter
mask = torch.tensor([float(bit) for letter in letters for bit in f"{int(letter, 16):04b}"]).view(1, 1, 16, 16)
noise = unit_noise(${seed})

def replace(latents, index):                                              # the given part, as noisy as the loop is
    rest = scheduler.timesteps[index + 1 : index + 2]
    return mask * latents + (1 - mask) * (scheduler.add_noise(x0, noise, rest) if len(rest) else x0)

result = loop(noise, ${pyText(inpaint)}, ${guidance}, steps=${steps}, replace=replace)
image = decode(result)
inside = mask.expand_as(x0) == 1
print(rms(result[~inside], x0[~inside]), rms(result[inside], x0[inside]))    # outside, inside`
  };
}

/** Colorization or super-resolution by projection, and the table of errors. */
export function projectCode({
  keep,
  prompt,
  ...asked
}: Loop & {keep: "luminance" | "low-frequencies"; prompt: string}): Codes {
  const {seed, steps, guidance} = asked;
  return {
    engine: `${BEGUN}
import {fidelityOf} from "./docs/editing/measure.js";

const words = {prompt: ${jsText(prompt)}, ${sampled(asked)}};
const held = await drawn("projection", {...words, image: picture, keep: "${keep}"});
const free = await drawn("textToImage", words);
for (const latents of [held.at(-1).prevXt, free.at(-1).prevXt, x0])
  console.log(fidelityOf(await engine.decode(latents), picture));          // luminance, means of squares; levels of 255`,
    python: `${PY_BEGUN}
luminance = lambda x: (x * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
averaged = lambda x: torch.nn.functional.avg_pool2d(x, 8)
enlarged = lambda x: x.repeat_interleave(8, 2).repeat_interleave(8, 3)
${
  keep === "luminance"
    ? `known = lambda drawn: drawn + luminance(picture) - luminance(drawn)`
    : `known = lambda drawn: drawn + enlarged(averaged(picture) - averaged(drawn))`
}
held = loop(unit_noise(${seed}), ${pyText(prompt)}, ${guidance}, steps=${steps}, project=lambda x0: encode(known(decode(x0))))
free = loop(unit_noise(${seed}), ${pyText(prompt)}, ${guidance}, steps=${steps})
for latents in (held, free, x0):
    image = decode(latents).clamp(-1, 1)
    print(127.5 * rms(luminance(image), luminance(picture)), 127.5 * rms(averaged(image), averaged(picture)))`
  };
}

/** Inversion and back. @param shows the words for what the picture shows; @param prompt other words */
export function invertCode({
  shows,
  prompt,
  seed,
  steps,
  guidance,
  scale
}: Loop & {shows: string; prompt: string; scale: number}): Codes {
  const scales = sized([...new Set([...LOOSE, scale])].sort((a, b) => a - b).map(String));
  return {
    engine: `${BEGUN}
import {psnr} from "./src/index.js";

const invert = async (steps) => (await drawn("inversion", {prompt: ${jsText(shows)}, image: x0, steps})).at(-1).prevXt;
const back = async (latents, prompt, guidance, steps) =>
  (await drawn("textToImage", {prompt, guidance, steps, latents, seed: ${seed}, sampler: "ddim"})).at(-1).prevXt;
const noise = await invert(${steps});
console.log(rms(noise.data, noise.data.map(() => 0)));                    // its spread; true noise has 1
for (const guidance of ${scales}) {
  const latents = await back(noise, ${jsText(shows)}, guidance, ${steps});
  console.log(guidance, rms(latents.data, x0.data), psnr(await engine.decode(latents), picture));
}
const otherWords = await engine.decode(await back(noise, ${jsText(prompt)}, ${guidance}, ${steps}));
for (const steps of [5, 10, 20, 40])                                      // without guidance both ways
  console.log(steps, rms((await back(await invert(steps), ${jsText(shows)}, 1, steps)).data, x0.data));`,
    python: `${PY_BEGUN}
upwards = DDIMInverseScheduler.from_pretrained(f"{folder}/scheduler")
invert = lambda steps: loop(x0, ${pyText(shows)}, 1, steps=steps, scheduler=upwards)
noise = invert(${steps})
print(rms(noise, 0 * noise))                                              # its spread; true noise has 1
for guidance in ${scales}:
    latents = loop(noise, ${pyText(shows)}, guidance, steps=${steps})
    error = (decode(latents).clamp(-1, 1) - picture).square().mean()
    print(guidance, rms(latents, x0), (10 * torch.log10(4 / error)).item())
other_words = decode(loop(noise, ${pyText(prompt)}, ${guidance}, steps=${steps}))
for steps in [5, 10, 20, 40]:                                             # without guidance both ways
    print(steps, rms(loop(invert(steps), ${pyText(shows)}, 1, steps=steps), x0))`
  };
}

/** What a walk leads from and to. */
export interface WalkAsked {
  readonly prompt: string;
  readonly toPrompt: string;
  readonly seed: number;
  readonly toSeed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly shares: readonly number[];
}

/** The three films: noise along the arc, noise straight through, words straight through. */
export function walkCode({prompt, toPrompt, seed, toSeed, steps, guidance, shares}: WalkAsked): Codes {
  return {
    engine: `${BEGUN}
import {combine, Generator, slerp} from "./src/index.js";

const [from, to] = [${seed}, ${toSeed}].map((seed) => new Generator(seed).randn([1, 4, 16, 16]));
const length = ({data}) => rms(data, data.map(() => 0));
const way = {prompt: ${jsText(prompt)}, ${sampled({seed, steps, guidance})}};
for (const share of ${sized(shares.map(String))}) {
  const noises = [slerp(from, to, share), combine([1 - share, from], [share, to])];
  const runs = [
    await drawn("textToImage", {...way, latents: noises[0]}),
    await drawn("textToImage", {...way, latents: noises[1]}),
    await drawn("interpolation", {...way, toPrompt: ${jsText(toPrompt)}, share})
  ];
  for (const all of runs) await engine.decode(all.at(-1).prevXt);           // arc, straight, words
  console.log(share, noises.map(length), runs.map((all) => length(all.at(-1).prevXt)));
}`,
    python: `${PY_BEGUN}
start, end = unit_noise(${seed}), unit_noise(${toSeed})
angle = torch.arccos((start * end).sum() / (start.norm() * end.norm()))
first, last = encoded([${pyText(prompt)}, ${pyText(toPrompt)}]).split(1)
length = lambda x: rms(x, 0 * x)
for share in ${sized(shares.map(String))}:
    arc = (torch.sin((1 - share) * angle) * start + torch.sin(share * angle) * end) / torch.sin(angle)
    line = (1 - share) * start + share * end
    runs = [loop(noise, first, ${guidance}, steps=${steps}) for noise in (arc, line)]
    runs.append(loop(start, (1 - share) * first + share * last, ${guidance}, steps=${steps}))
    pictures = [decode(latents) for latents in runs]                          # arc, straight, words
    print(share, [length(arc), length(line)], [length(latents) for latents in runs])`
  };
}

/** A brush on a step's guess, and the rest of the run. @param color four numbers, of latents of that one colour */
export function brushCode({
  prompt,
  at,
  mask,
  color,
  ...asked
}: Loop & {prompt: string; at: number; mask: string; color: readonly number[]}): Codes {
  const {seed, steps, guidance} = asked;
  return {
    engine: `${BEGUN}
import {edited} from "./src/index.js";
import {paintedLatents} from "./docs/editing/brush.js";
import {readMask} from "./docs/editing/mask.js";

const cells = readMask(${jsText(mask)});     // 16 x 16 of 0 and 1, four a letter
const color = ${sized(color.map(String))};                       // the latents of a picture of this one colour
const words = {prompt: ${jsText(prompt)}, ${sampled(asked)}};
const trunk = await drawn("textToImage", words);
const {index, saved, ...step} = trunk[${at}];                                // step ${at + 1}
const from = edited({index, saved}, paintedLatents(step, cells, color));   // the paint in its guess, the noise as it was
const carried = await drawn("textToImage", {...words, from});
const [after, before] = [carried, trunk].map((all) => all.at(-1).prevXt.data);
const painted = (values, side) => values.filter((_, i) => cells[i % 256] === side);
const wanted = after.map((_, i) => color[Math.floor(i / 256)]);
const left = [after, before].map((values) => rms(painted(values, 1), painted(wanted, 1)));
console.log(100 * (1 - left[0] / left[1]));                               // per cent of the way to the colour
for (const side of [1, 0]) console.log(rms(painted(after, side), painted(before, side)));     // the painted cells, the others`,
    python: `${PY_BEGUN}
letters = ${pyText(mask)}        # 16 x 16 of 0 and 1, four a letter
cells = torch.tensor([float(bit) for letter in letters for bit in f"{int(letter, 16):04b}"]).view(1, 1, 16, 16)
color = torch.tensor(${sized(color.map(String))}).view(1, 4, 1, 1)
guesses, reached = [], [unit_noise(${seed})]
project = lambda x0: guesses.append(x0) or x0
replace = lambda latents, index: reached.append(latents) or latents
before = loop(reached[0], ${pyText(prompt)}, ${guidance}, steps=${steps}, project=project, replace=replace)
signal = scheduler.alphas_cumprod[scheduler.timesteps[${at}]].sqrt()
painted = reached[${at}] + signal * cells * (color - guesses[${at}])                 # step ${at + 1}: the paint in its guess
after = loop(painted, ${pyText(prompt)}, ${guidance}, steps=${steps}, first=${at})
inside = cells.expand_as(after) == 1
left = [rms(latents[inside], color.expand_as(after)[inside]) for latents in (after, before)]
print(100 * (1 - left[0] / left[1]))                                      # per cent of the way to the colour
print(rms(after[inside], before[inside]), rms(after[~inside], before[~inside]))    # the painted cells, the others`
  };
}
