import type {Point, World} from "../src/world/world.js";
import type {DenoiserSettings} from "../src/live/denoiser.js";
import {jsText, pyText, type Codes} from "../page/codes.js";

/** One noised scene of the memory, by number: what the figures on this page ask the UNet. */
export interface NoisedScene {
  readonly scene: number;
  readonly t: number;
  readonly noiseSeed: number;
  /** "" where the UNet is told nothing. */
  readonly caption: string;
}

/** The recorded latents, and the schedule they are noised by. */
const MEMORY = `const engine = createEngine();
const record = await (await fetch("docs/recorded/learning.json")).json();
const bytes = new Int8Array(await (await fetch("docs/recorded/learning.bin")).arrayBuffer());
const samples = Float32Array.from(bytes, (byte) => byte * record.step);          // 2,000 scenes of [4, 16, 16]
const scene = (i) => ({data: samples.slice(1024 * i, 1024 * (i + 1)), dims: [1, 4, 16, 16]});
const {alphasCumprod} = makeSchedule(record.schedulerConfig);
const mse = (p, q) => p.data.reduce((sum, value, i) => sum + (value - q.data[i]) ** 2, 0) / p.data.length;`;

const PY_MEMORY = `import json, numpy as np, onnxruntime as ort, torch
import torch.nn.functional as F
from diffusers import DDPMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
scheduler = DDPMScheduler.from_pretrained(f"{folder}/scheduler")
step = json.load(open("docs/recorded/learning.json"))["step"]
samples = torch.from_numpy(np.fromfile("docs/recorded/learning.bin", np.int8) * np.float32(step)).view(-1, 1, 4, 16, 16)
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
encoder, unet = (ort.InferenceSession(f"{folder}/{part}/model.onnx") for part in ("text_encoder", "unet"))

def predict(xt, t, caption):                                                      # the UNet's eps
    states = encoder.run(["last_hidden_state"], {"input_ids": np.array([tokenizer.encode(caption).ids])})[0]
    feeds = {"sample": xt.numpy(), "timestep": np.array([t], np.float32), "encoder_hidden_states": states}
    return torch.from_numpy(unet.run(None, feeds)[0])`;

/** The UNet's answer to a noised scene, and how wrong it is. */
export const guessCode = ({scene, t, noiseSeed, caption}: NoisedScene): Codes => ({
  engine: `import {createEngine, denoised, Generator, makeSchedule, noised} from "./src/index.js";

${MEMORY}

const x0 = scene(${scene});
const eps = new Generator(${noiseSeed}).randn(x0.dims);
const a = alphasCumprod[${t}];
const xt = noised(x0, eps, a);                                                   // sqrt(a) x0 + sqrt(1 - a) eps
const {output} = await engine.predict(xt, ${t}, await engine.encodeText([${jsText(caption)}]));
const guess = denoised(xt, output, a);                                           // (xt - sqrt(1 - a) output) / sqrt(a)
console.log(mse(output, eps), mse(guess, x0));                                   // of the noise, of the latents`,
  python: `${PY_MEMORY}

x0 = samples[${scene}]
eps = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(${noiseSeed}))
xt = scheduler.add_noise(x0, eps, torch.tensor([${t}]))
output = predict(xt, ${t}, ${pyText(caption)})
a = scheduler.alphas_cumprod[${t}]
guess = (xt - (1 - a).sqrt() * output) / a.sqrt()
print(F.mse_loss(output, eps).item(), F.mse_loss(guess, x0).item())               # of the noise, of the latents`
});

/** The mean of a caption's scenes, the memoriser's belief, and the UNet's guess beside them. */
export const averageCode = (
  {scene, t, noiseSeed, caption}: NoisedScene,
  {first, count}: {readonly first: number; readonly count: number}
): Codes => ({
  engine: `import {createEngine, denoised, effectiveCount, Generator, makeSchedule, meanOf, noised, recollect} from "./src/index.js";

${MEMORY}

const a = alphasCumprod[${t}];
const xt = noised(scene(${scene}), new Generator(${noiseSeed}).randn([1, 4, 16, 16]), a);
const rows = Array.from({length: ${count}}, (_, i) => ${first} + i);                      // the scenes with this caption
const mean = meanOf(samples, xt.dims, rows);
const [captioned, all] = [recollect(samples, xt, a, rows), recollect(samples, xt, a)];
const {output} = await engine.predict(xt, ${t}, await engine.encodeText([${jsText(caption)}]));
const guess = denoised(xt, output, a);
console.log(mse(guess, mean), mse(guess, captioned.x0));                         // the UNet to both
console.log(effectiveCount(all.weights), Math.max(...all.weights), all.weights.indexOf(Math.max(...all.weights)));`,
  python: `${PY_MEMORY}

def recollect(samples):                                                           # E[x0 | xt] if the world were these
    distances = (xt - a.sqrt() * samples).double().square().sum((1, 2, 3, 4))
    weights = torch.softmax(-distances / (2 * (1 - a)), dim=0)
    return (weights.view(-1, 1, 1, 1, 1) * samples).sum(0), weights

eps = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${noiseSeed}))
xt = scheduler.add_noise(samples[${scene}], eps, torch.tensor([${t}]))
a = scheduler.alphas_cumprod[${t}]
captioned = samples[${first} : ${first + count}]
guess = (xt - (1 - a).sqrt() * predict(xt, ${t}, ${pyText(caption)})) / a.sqrt()
print((guess - captioned.mean(0)).square().mean().item(), (guess - recollect(captioned)[0]).square().mean().item())
_, weights = recollect(samples)
print((1 / weights.square().sum()).item(), weights.max().item(), weights.argmax().item())`
});

/** The posterior weights of a noised point of the plane, and the mean of what it was. */
export const planeCode = (world: World, t: number, [x, y]: Point): Codes => {
  const blob = ({mean, deviation, weight}: World[number]) =>
    `[${short(mean[0])}, ${short(mean[1])}, ${deviation}, ${weight}]`;
  return {
    engine: `import {makeSchedule, noisedWorld} from "./src/index.js";

const world = [
${world.map(({mean, deviation, weight, label}) => `  {mean: [${short(mean[0])}, ${short(mean[1])}], deviation: ${deviation}, weight: ${weight}, label: ${jsText(label)}}`).join(",\n")}
];
const {alphasCumprod} = makeSchedule({beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012});
const {weights, posteriorMean} = noisedWorld(world, alphasCumprod[${t}]);
console.log(weights([${short(x)}, ${short(y)}]), posteriorMean([${short(x)}, ${short(y)}]));    // p(blob | xt), E[x0 | xt]`,
    python: `import torch
from diffusers import DDPMScheduler

blobs = torch.tensor([${world.map(blob).join(", ")}]).double()    # x, y, deviation, weight
means, deviations, weights = blobs[:, :2], blobs[:, 2:3], blobs[:, 3]
xt = torch.tensor([${short(x)}, ${short(y)}]).double()
a = DDPMScheduler.from_pretrained("data/models/tiny/scheduler").alphas_cumprod[${t}].double()
variances = a * deviations**2 + 1 - a                                    # of each blob under noise
likely = torch.distributions.Normal(a.sqrt() * means, variances.sqrt()).log_prob(xt).sum(1)
shares = torch.softmax(weights.log() + likely, dim=0)                    # p(blob | xt)
within = means + a.sqrt() * deviations**2 / variances * (xt - a.sqrt() * means)
print(shares.tolist(), (shares[:, None] * within).sum(0).tolist())       # E[x0 | xt]`
  };
};

/** One step of training as the lanes show it, thrown by a seed; nothing is learned from it here. */
export const stepCode = (seed: number): Codes => ({
  engine: `import {createEngine, Generator, makeSchedule, noised} from "./src/index.js";

${MEMORY}

const generator = new Generator(${seed});
const [chosen] = generator.randint(0, ${SCENES}, [1]).data;
const [t] = generator.randint(0, 1000, [1]).data;
const caption = generator.rand([1]).data[0] < 0.1 ? "" : record.scenes[chosen].caption;     // dropped in one step of ten
const eps = generator.randn([1, 4, 16, 16]);
const xt = noised(scene(chosen), eps, alphasCumprod[t]);
const {output} = await engine.predict(xt, t, await engine.encodeText([caption]));
console.log(t, caption, mse(output, eps));                                       // the loss of this one picture`,
  python: `${PY_MEMORY}

generator = torch.Generator("cpu").manual_seed(${seed})
chosen = torch.randint(0, ${SCENES}, (1,), generator=generator).item()
t = torch.randint(0, 1000, (1,), generator=generator).item()
dropped = torch.rand(1, generator=generator).item() < 0.1                         # in one step of ten
caption = "" if dropped else json.load(open("docs/recorded/learning.json"))["scenes"][chosen]["caption"]
eps = torch.randn((1, 4, 16, 16), generator=generator)
xt = scheduler.add_noise(samples[chosen], eps, torch.tensor([t]))
print(t, caption, F.mse_loss(predict(xt, t, caption), eps).item())                # the loss of this one picture
# in training the UNet is a torch.nn.Module: loss.backward(); optimizer.step(); optimizer.zero_grad()`
});

/** How many scenes the page remembers. */
const SCENES = 2000;

export interface Drawn {
  readonly prompt: string;
  readonly sampler: string;
  readonly guidance: number;
}

/** The small network: two moons, the settings on screen, 200 steps, then points drawn by it and their distance. */
export const netCode = (settings: DenoiserSettings, drawn: Drawn): Codes => ({
  engine: netEngine(settings, drawn),
  python: netPython(settings, drawn)
});

const netEngine = (
  {seed, betaSchedule, predictionType}: DenoiserSettings,
  {prompt, sampler, guidance}: Drawn
): string =>
  `import * as jax from "@jax-js/jax";
import {createDenoiser, DENOISER_DEFAULTS, Generator, pointsTensor, slicedWasserstein, textToImage} from "./src/index.js";
import {SKETCHES} from "./docs/learning/sketches.js";

await jax.init("wasm");
jax.defaultDevice("wasm");
const {points, labels} = SKETCHES["two moons"](1200, new Generator(4));          // or a drawing of your own
const lesson = {points: pointsTensor(points), labels: Uint8Array.from(labels), names: ["orange", "teal"]};
const settings = {...DENOISER_DEFAULTS, seed: ${seed}, betaSchedule: ${jsText(betaSchedule)}, predictionType: ${jsText(predictionType)}};
const denoiser = createDenoiser(jax, lesson, settings);
for (let step = 1; step <= 200; step++) {
  const loss = await denoiser.learn();                                           // algorithm 1: 512 points, one step of Adam
  if (step % 50 === 1) console.log(step, loss);
}
const options = {prompt: ${jsText(prompt || "any")}, seed: 1, steps: 25, sampler: ${jsText(sampler)}, guidance: ${guidance}};
let drawn;
for await (const {prev} of textToImage(denoiser.model(400), options)) drawn = prev;      // [1, 2, 400, 1]
const wanted = pointsTensor(points${prompt ? `.filter((_, i) => labels[i] === ${COLOURS.indexOf(prompt)})` : ""});
console.log(slicedWasserstein(drawn, wanted));`;

/** The labels of the small network, by number. */
const COLOURS = ["orange", "teal"];

const TARGETS: Record<string, string> = {
  epsilon: "noise",
  v_prediction: "scheduler.get_velocity(points[chosen], noise, t)",
  sample: "points[chosen]"
};

function netPython({seed, betaSchedule, predictionType}: DenoiserSettings, {prompt, sampler, guidance}: Drawn): string {
  const ends = betaSchedule === "scaled_linear" ? `"beta_start": 0.00085, "beta_end": 0.012, ` : "";
  const label = COLOURS.indexOf(prompt);
  const scheduler = sampler === "ddpm" ? "DDPMScheduler" : "DDIMScheduler";
  const noise = sampler === "ddpm" ? ", generator=generator" : "";
  return `import numpy as np, torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, DDPMScheduler

generator = torch.Generator("cpu").manual_seed(4)                                 # two moons, as on the page at first
along, shake = torch.rand(1200, generator=generator), torch.randn(1200, 2, generator=generator)
labels = torch.arange(1200) % 2                                                   # 0: orange, 1: teal
turn, side = torch.pi * along, 2 * labels - 1
points = torch.stack([0.75 * side + 1.2 * turn.cos(), side * (0.35 - 1.2 * turn.sin())], 1) + 0.08 * shake

config = {"beta_schedule": "${betaSchedule}", ${ends}"prediction_type": "${predictionType}",
          "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1, "timestep_spacing": "leading"}
scheduler = DDPMScheduler.from_config(config)
generator = torch.Generator("cpu").manual_seed(${seed})
weights = [torch.randn(shape, generator=generator) / shape[0] ** 0.5 for shape in [(18, 128), (128, 128), (128, 2)]]
biases = [torch.zeros(weight.shape[1]) for weight in weights]
optimizer = torch.optim.Adam([each.requires_grad_() for each in weights + biases], lr=2e-3)
averages = [each.detach().clone() for each in weights + biases]                   # of the weights over the last steps

def net(xt, t, label):                                                            # label -1: none
    angle = torch.pi / 2 * 2 ** torch.arange(5) * (t / 1000)[:, None]
    waves = torch.stack([angle.cos(), angle.sin()], 2).flatten(1)
    rows = torch.cat([xt, waves, F.one_hot(label + 1, 7)[:, 1:]], 1)
    for weight, bias in zip(weights[:2], biases):
        rows = F.silu(rows @ weight + bias)
    return rows @ weights[2] + biases[2]

for step in range(1, 201):                                                        # algorithm 1
    chosen, t = (torch.randint(0, most, (512,), generator=generator) for most in (1200, 1000))
    noise = torch.randn(512, 2, generator=generator)
    told = labels[chosen].masked_fill(torch.rand(512, generator=generator) < 0.15, -1)
    loss = F.mse_loss(net(scheduler.add_noise(points[chosen], noise, t), t, told), ${TARGETS[predictionType]})
    optimizer.zero_grad(), loss.backward(), optimizer.step()
    keep = min(0.995, (1 + step) / (10 + step))
    for average, each in zip(averages, weights + biases):
        average.lerp_(each.detach(), 1 - keep)
    if step % 50 == 1:
        print(step, loss.item())

with torch.no_grad():                                                             # what answers are the averages
    for average, each in zip(averages, weights + biases):
        each.copy_(average)
sampler = ${scheduler}.from_config(config)
sampler.set_timesteps(25)
generator = torch.Generator("cpu").manual_seed(1)
x = torch.randn(2, 400, generator=generator)
for t in sampler.timesteps:
    ask = lambda label: net(x.T, t.expand(400), torch.full((400,), label)).T.detach()
    x = sampler.step(${guidance === 1 ? `ask(${label})` : `ask(-1) + ${guidance} * (ask(${label}) - ask(-1))`}, t, x${noise}).prev_sample
wanted = points${prompt ? `[labels == ${label}]` : ""}.T
angles = torch.pi * torch.arange(24) / 24                                         # seen from 24 sides, sorted, rank by rank
seen = lambda cloud: (torch.stack([angles.cos(), angles.sin()], 1) @ cloud).sort().values
ranks = lambda cloud: seen(cloud)[:, ((torch.arange(wanted.shape[1]) + 0.5) * cloud.shape[1] / wanted.shape[1]).long()]
print((ranks(x) - ranks(wanted)).abs().mean().item())                             # sliced Wasserstein distance`;
}

const short = (value: number): number => Number(value.toFixed(4));
