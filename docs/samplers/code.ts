import {drawingSamplers, stepRange, type ArmSettings} from "../components/armSettings.js";
import {jsText, pyText, type Codes} from "../page/codes.js";
import {callsAt} from "../page/inStep.js";
import {samplerNamed} from "../src/samplers/registry.js";
import type {World} from "../src/world/world.js";
import type {ArmRun, Pair, SamplersState} from "./state.js";

/** What the runs on screen were asked for. */
export interface Asked {
  readonly prompt: string;
  readonly negative: string;
  readonly seed: number;
  readonly noiseSeed: number | null;
  readonly arms: Pair<ArmSettings>;
}

/** Which call of each arm is shown, from 0. */
export type Calls = Pair<number>;

/** The runs that the figures show, which are not always those that the fields ask for. */
export function shownOf({runs, negative}: Pick<SamplersState, "runs" | "negative">): Asked {
  const [{prompt, seed, noiseSeed}] = runs;
  return {prompt, negative, seed, noiseSeed, arms: [runs[0].settings, runs[1].settings]};
}

/** The calls that the scrubber stands at. */
export function callsOf({runs, step}: {runs: Pair<ArmRun>; step: number}): Calls {
  const [a, b] = callsAt(runs, step);
  return [Math.max(0, a), Math.max(0, b)];
}

const BEGUN = "// engine, drawn, shared, settings, a, b: as in the first figure's code";
const PY_BEGUN = "# config, draw, settings, a, b: as in the first figure's Python";

/** Both runs with this site's engine. */
export function engineCode({prompt, negative, seed, noiseSeed, arms}: Asked): string {
  const shared = [
    `prompt: ${jsText(prompt)}`,
    ...(negative ? [`negative: ${jsText(negative)}`] : []),
    `seed: ${seed}`,
    ...(noiseSeed === null ? [] : [`noiseSeed: ${noiseSeed}`])
  ].join(", ");
  return `import {createEngine} from "./src/index.js";

const engine = createEngine();
const shared = {${shared}};
const settings = [
  ${arms.map(engineArm).join(",\n  ")}
];
async function drawn(options) {
  const steps = [];
  for await (const step of engine.draw(options)) steps.push(step);    // {xt, x0, eps, noise, coefficients, prevXt, ...}
  return steps;
}
const [a, b] = [await drawn({...shared, ...settings[0]}), await drawn({...shared, ...settings[1]})];
console.log(a.at(-1).prevXt.data.slice(0, 3), b.at(-1).prevXt.data.slice(0, 3));`;
}

const engineArm = ({sampler, steps, guidance, eta}: ArmSettings): string =>
  `{sampler: "${sampler}", steps: ${steps}, guidance: ${guidance}${eta ? `, eta: ${eta}` : ""}}`;

/** Both results in Python, with onnxruntime and diffusers' own schedulers on the model folder. */
export function pythonCode({prompt, negative, seed, noiseSeed, arms}: Asked): string {
  return `import inspect, json, numpy as np, onnxruntime as ort, torch, diffusers
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
text_encoder, unet = load("text_encoder"), load("unet")
config = json.load(open(f"{folder}/scheduler/scheduler_config.json"))
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = np.array([tokenizer.encode(text).ids for text in [${pyText(negative)}, ${pyText(prompt)}]], dtype=np.int64)
words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]            # [2, K, E]

def draw(scheduler, steps, guidance, eta=0, seed=${seed}, noise_seed=${noiseSeed ?? "None"}):
    """xt of every call and at last the result; x0, which each call expects; the timesteps."""
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(seed)
    latents = torch.randn((1, 4, 16, 16), generator=generator) * scheduler.init_noise_sigma
    more = {"generator": generator if noise_seed is None else torch.Generator("cpu").manual_seed(noise_seed), "eta": eta}
    more = {key: more[key] for key in more if key in inspect.signature(scheduler.step).parameters}
    sigmas = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).sqrt().numpy()
    path, expected = [], []
    for t in scheduler.timesteps:
        path.append(xt := scheduler.scale_model_input(latents, t))
        feeds = {"sample": xt.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
        uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        eps = uncond + guidance * (cond - uncond)
        sigma = float(np.interp(float(t), np.arange(len(sigmas)), sigmas))
        expected.append((1 + sigma**2) ** 0.5 * xt - sigma * eps)
        latents = scheduler.step(eps, t, latents, **more).prev_sample
    return path + [latents], expected, scheduler.timesteps.tolist()

settings = [
    (${pythonArm(arms[0])}),
    (${pythonArm(arms[1])}),
]
a, b = (draw(*each)[0] for each in settings)
print(a[-1].flatten()[:3], b[-1].flatten()[:3])`;
}

const pythonArm = ({sampler, steps, guidance, eta}: ArmSettings): string =>
  [scheduler(sampler), steps, guidance, ...(eta ? [eta] : [])].join(", ");

function scheduler(sampler: string): string {
  const {className} = samplerNamed(sampler);
  const type = sampler === "dpm++2m-sde" ? `{**config, "algorithm_type": "sde-dpmsolver++"}` : "config";
  return `diffusers.${className}.from_config(${type})`;
}

export const mainCode = (asked: Asked): Codes => ({engine: engineCode(asked), python: pythonCode(asked)});

/** A step's shares: Python finds them by running diffusers' own step on shares in place of pictures. */
const PY_SHARES = `import sys

def shares_of(scheduler, steps, eta=0, keeps_sample=False):
    """Each call's result as shares of every call's x0, eps and sample, and of fresh noise: diffusers' step, run on unit vectors."""
    scheduler.set_timesteps(steps)
    count = len(scheduler.timesteps)
    unit = torch.eye(3 * count + 1)[:, None]                                   # x0, eps, sample of each call; noise
    module = sys.modules[type(scheduler).__module__]
    thrown, module.randn_tensor = getattr(module, "randn_tensor", None), lambda *_, **__: unit[-1]
    more = {"eta": eta} if "eta" in inspect.signature(scheduler.step).parameters else {}
    sigmas = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).sqrt().numpy()
    rows = []
    for i, t in enumerate(scheduler.timesteps):
        sigma = float(np.interp(float(t), np.arange(len(sigmas)), sigmas))
        mixed = (unit[i] + sigma * unit[count + i]) / (1 + sigma**2) ** 0.5      # xt of this call's x0 and eps
        scale = 1 / scheduler.scale_model_input(torch.ones(1), t).item()         # it carries xt times this
        result = scheduler.step(unit[count + i], t, scale * (unit[2 * count + i] if keeps_sample else mixed), **more).prev_sample
        if scale > 1:
            result = result / (1 + float(scheduler.sigmas[i + 1]) ** 2) ** 0.5   # as xt
        if hasattr(scheduler, "last_sample"):
            scheduler.last_sample = unit[2 * count + i]                          # UniPC goes back to it
        result = result[0] + result[0, 2 * count + i] * (mixed - unit[2 * count + i])[0]
        newest_first = result[:-1].view(3, count)[:, : i + 1].flip(1)[:, :4].tolist()
        rows.append((float(t), [[round(share, 4) for share in each] for each in newest_first], round(result[-1].item(), 4)))
    module.randn_tensor = thrown
    return rows
`;

const keepsSample = (sampler: string): string => (["heun", "pndm"].includes(sampler) ? "keeps_sample=True" : "");

/** The weights of the step shown, for each arm. @param triedEta of the arms that are DDIM, where another is tried than drawn */
export const equationCode = ({arms}: Pick<Asked, "arms">, calls: Calls, triedEta: number | null): Codes => {
  const tried = arms.map(({sampler}) => sampler === "ddim" && triedEta !== null);
  const names = arms.map((_, i) => `${"ab"[i]}${tried[i] ? "Tried" : ""}`);
  const drawn = names
    .filter((_, i) => tried[i])
    .map((name) => {
      const settings = `...shared, ...settings[${names.indexOf(name)}], eta: ${triedEta}`;
      return `const ${name} = await drawn({${settings}});    // the weights do not depend on the picture\n`;
    });
  return {
    engine: `${BEGUN}
${drawn.join("")}for (const {timestep, coefficients, remembered} of [${names.map((name, i) => `${name}[${calls[i]}]`).join(", ")}])
  console.log(timestep, coefficients, remembered.map(({of, share}) => [of, share]));    // x0, eps, noise; of earlier calls, newest first`,
    python: `${PY_BEGUN}
${PY_SHARES}
${arms
  .map(({sampler, steps, eta: drawn}, i) => {
    const eta = sampler === "ddim" ? (triedEta ?? drawn) : 0;
    const own = [scheduler(sampler), steps, ...(eta ? [`eta=${eta}`] : []), keepsSample(sampler)].filter(Boolean);
    return `print(shares_of(${own.join(", ")})[${calls[i]}])    # t; of x0, eps and sample, this call's first; of noise`;
  })
  .join("\n")}`
  };
};

/** How far apart both arms are at the step shown. @param ends whether both stand at their end */
export const distanceCode = ([a, b]: Calls, ends: boolean): Codes => ({
  engine: `${BEGUN}
import {rmsDistance} from "./src/index.js";

console.log(rmsDistance(a[${a}].xt.data, b[${b}].xt.data));                              // what both carry
console.log(rmsDistance(a[${a}].${ends ? "prevXt" : "x0"}.data, b[${b}].${ends ? "prevXt" : "x0"}.data));                              // what both expect`,
  python: `${PY_BEGUN}
rms = lambda one, other: (one - other).square().mean().sqrt().item()
${
  ends
    ? `print(rms(a[${a}], b[${b}]), rms(a[-1], b[-1]))                                    # what both carry, and have at the end`
    : `print(rms(a[${a}], b[${b}]), rms(*(draw(*each)[1][i] for each, i in zip(settings, [${a}, ${b}]))))    # what both carry, and expect`
}`
});

/** New step noise from the same start, and the other way round. */
export const seedsCode = ({seed, noiseSeed}: Pick<Asked, "seed" | "noiseSeed">): Codes => {
  const kept = noiseSeed ?? seed + 1; // as the page does: step noise with a seed of its own
  return {
    engine: `${BEGUN}
import {rmsDistance} from "./src/index.js";

const experiments = [[{}, {}], [{}, {noiseSeed: ${(noiseSeed ?? seed) + 1}}], [{noiseSeed: ${kept}}, {noiseSeed: ${kept}, seed: ${seed + 1}}]];
for (const [first, then] of experiments)
  for (const each of settings) {
    const [before, now] = [await drawn({...shared, ...each, ...first}), await drawn({...shared, ...each, ...then})];
    console.log(then, rmsDistance(now[0].xt.data, before[0].xt.data), rmsDistance(now.at(-1).prevXt.data, before.at(-1).prevXt.data));
  }`,
    python: `${PY_BEGUN}
rms = lambda one, other: (one - other).square().mean().sqrt().item()
for first, then in [({}, {}), ({}, {"noise_seed": ${(noiseSeed ?? seed) + 1}}), ({"noise_seed": ${kept}}, {"noise_seed": ${kept}, "seed": ${seed + 1}})]:
    for each in settings:
        before, now = draw(*each, **first)[0], draw(*each, **then)[0]
        print(then, rms(now[0], before[0]), rms(now[-1], before[-1]))`
  };
};

/** The shares of both ends at the step shown. */
export const trajectoryCode = ([a, b]: Calls): Codes => ({
  engine: `${BEGUN}
import {endShares} from "./src/index.js";

const shares = (steps, i) => endShares(steps[i].xt.data, steps.at(-1).prevXt.data, steps[0].xt.data);
console.log(shares(a, ${a}), shares(b, ${b}));                  // xt = a x0 + b xT + rest`,
  python: `${PY_BEGUN}
for path, i in [(a, ${a}), (b, ${b})]:
    xt, x0, xT = (path[at].flatten().double().numpy() for at in (i, -1, 0))
    shares, squares, *_ = np.linalg.lstsq(np.stack([x0, xT], 1), xt, rcond=None)
    print(shares, np.sqrt(np.mean((xt - shares @ [x0, xT]) ** 2)))                               # xt = a x0 + b xT + rest`
});

/** Both arms in their principal plane, and a walk of pure noise. */
export const principalCode = (): Codes => ({
  engine: `${BEGUN}
import {Generator, principalPlane, randomWalk} from "./src/index.js";

const path = (steps) => [...steps.map(({xt}) => xt.data), steps.at(-1).prevXt.data];
console.log(principalPlane([...path(a), ...path(b)]).explained);
console.log(principalPlane(randomWalk(31, 1024, new Generator(1))).explained);    // a walk of pure noise`,
  python: `${PY_BEGUN}
def explained(points):                                                             # [N, 1024]
    squares = torch.linalg.svdvals(points - points.mean(0)).square()
    return (squares / squares.sum())[:2].tolist()

print(explained(torch.cat(a + b).flatten(1).double()))
generator = torch.Generator("cpu").manual_seed(1)
walk = torch.stack([torch.zeros(1024)] + [torch.randn(1024, generator=generator) for _ in range(30)]).cumsum(0)
print(explained(walk.double()))                                                    # a walk of pure noise`
});

/** The exact world under both arms' samplers, and how far their ends are from it. */
export const worldCode = (
  {arms, seed, noiseSeed}: Pick<Asked, "arms" | "seed" | "noiseSeed">,
  {world, steps, particles}: {world: World; steps: number; particles: number}
): Codes => {
  const own = arms.map(({sampler, eta}) => ({sampler, eta, steps: stepsOf(sampler, steps)}));
  return {
    engine: `import {distanceToWorld, textToImage, worldModel} from "./src/index.js";

const world = [
${world.map(({mean: [x, y], deviation, weight, label}) => `  {mean: [${short(x)}, ${short(y)}], deviation: ${deviation}, weight: ${weight}, label: ${jsText(label)}}`).join(",\n")}
];
for (const own of [${own.map(({sampler, eta, steps: count}) => `{sampler: "${sampler}", steps: ${count}${eta ? `, eta: ${eta}` : ""}}`).join(", ")}]) {
  let end;
  const options = {...own, prompt: "all", guidance: 1, seed: ${seed}${noiseSeed === null ? "" : `, noiseSeed: ${noiseSeed}`}};
  for await (const {prevXt} of textToImage(worldModel(world, {particles: ${particles}}), options)) end = prevXt;    // [1, 2, ${particles}, 1]
  console.log(distanceToWorld(end, world));
}`,
    python: `import inspect, json, numpy as np, torch, diffusers

config = json.load(open("data/models/tiny/scheduler/scheduler_config.json"))
blobs = torch.tensor([${world.map(({mean, deviation, weight}) => `[${short(mean[0])}, ${short(mean[1])}, ${deviation}, ${weight}]`).join(", ")}])    # x, y, deviation, weight
means, deviations, shares = blobs[:, :2, None], blobs[:, 2, None], blobs[:, 3, None] / blobs[:, 3].sum()

def exact(xt, a):                                                                 # E[eps | xt] of points [2, N]
    variances = a * deviations**2 + 1 - a
    gaps = xt - a**0.5 * means                                                     # [blobs, 2, N]
    likely = torch.softmax(shares.log() - variances.log() - gaps.square().sum(1) / (2 * variances), dim=0)
    return (1 - a) ** 0.5 * (likely[:, None] * gaps / variances[:, None]).sum(0)

def end(scheduler, steps, eta=0):
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(${seed})
    x = torch.randn((2, ${particles}), generator=generator) * scheduler.init_noise_sigma
    more = {"generator": ${noiseSeed === null ? "generator" : `torch.Generator("cpu").manual_seed(${noiseSeed})`}, "eta": eta}
    more = {key: more[key] for key in more if key in inspect.signature(scheduler.step).parameters}
    sigmas = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).sqrt().numpy()
    for t in scheduler.timesteps:
        a = 1 / (1 + float(np.interp(float(t), np.arange(len(sigmas)), sigmas)) ** 2)
        x = scheduler.step(exact(scheduler.scale_model_input(x, t), a), t, x, **more).prev_sample
    return x

def distance(points):                                 # sliced Wasserstein: seen from 24 sides, sorted, rank by rank
    ranks, x = (np.arange(points.shape[1]) + 0.5) / points.shape[1], torch.linspace(-6, 6, 100_001)
    ways = []
    for angle in torch.pi * torch.arange(24) / 24:
        side = torch.stack([angle.cos(), angle.sin()])
        below = (shares * torch.distributions.Normal((side @ means), deviations).cdf(x)).sum(0)     # of the world
        ways.append(np.abs((side @ points).sort().values.numpy() - np.interp(ranks, below.numpy(), x.numpy())).mean())
    return np.mean(ways)

${own.map(({sampler, eta, steps: count}) => `print(distance(end(${[scheduler(sampler), count, ...(eta ? [eta] : [])].join(", ")})))`).join("\n")}`
  };
};

/** The live line: one prompt's error by calls. The finest solution costs 999 calls. */
export const convergenceCode = (
  {prompt, negative, seed, arms}: Pick<Asked, "prompt" | "negative" | "seed" | "arms">,
  sampler: string
): Codes => ({
  engine: `// engine, drawn: as in the first figure's code
import {rmsDistance} from "./src/index.js";

const asked = {prompt: ${jsText(prompt)}, ${negative ? `negative: ${jsText(negative)}, ` : ""}seed: ${seed}, guidance: ${arms[0].guidance}};
const last = async (sampler, steps) => (await drawn({...asked, sampler, steps})).at(-1);
const finest = await last("ddim", 999);               // minutes: every timestep of training from 999 to 1
for (const steps of [5, 10, 20, 40]) {
  const {x0, numSteps} = await last("${sampler}", steps);
  console.log(numSteps, rmsDistance(x0.data, finest.x0.data));     // UNet calls, and the error of the last x0
}`,
  python: `# config, draw: as in the first figure's Python, for the same prompt and seed
rms = lambda one, other: (one - other).square().mean().sqrt().item()
_, finest, _ = draw(diffusers.DDIMScheduler.from_config(config), 999, ${arms[0].guidance})
for steps in [5, 10, 20, 40]:
    _, expected, times = draw(${scheduler(sampler)}, steps, ${arms[0].guidance})
    print(len(times), rms(expected[-1], finest[-1]))                               # UNet calls, and the error of the last x0`
});

/** The judge is a program of the training's; the page has its verdicts alone. */
export const judgeCode = (): Codes => ({
  engine: `const {judged} = await (await fetch("docs/recorded/samplers.json")).json();     // recorded: the judge runs in Python alone
for (const {sampler, eta, calls, right} of judged.lines)
  console.log(sampler, eta, calls, (100 * right) / judged.count);                // per cent named right
console.log(50 / Math.sqrt(judged.count));                                       // at most so uncertain: one standard error`,
  python: `import sys

sys.path += ["data", "scripts/record"]
from samplers import Drawer, prompts_of
from training.config import load_run
from training.judge import trained_judge, verdicts

run = load_run("tiny")
drawer, (judge, names) = Drawer(run), trained_judge(run)
prompts, things = prompts_of(run, 24)
x0, calls = drawer.last(prompts, list(range(24)), "dpm++2m-sde", 5)
said = verdicts(judge, drawer.pipeline.decode(x0))["objects"].argmax(dim=1)
right = sum(names[i] == thing for i, thing in zip(said.tolist(), things))
print(calls, 100 * right / 24)                                                     # per cent named right; all lines: scripts/record/samplers.py --only judged`
});

/** DDPM respaced. The engine takes the shipped spacing, which 1,000 steps would lead beyond the last timestep. */
export const ddpmCode = ({prompt, seed, guidance}: {prompt: string; seed: number; guidance: number}): Codes => ({
  engine: `// engine, drawn: as in the first figure's code
for (const steps of [30, 100]) {
  const expected = await drawn({prompt: ${jsText(prompt)}, seed: ${seed}, guidance: ${guidance}, sampler: "ddpm", steps});
  const eight = Array.from({length: 8}, (_, i) => expected[Math.round((i * (steps - 1)) / 7)]);
  for (const {timestep, x0} of eight) console.log(steps, timestep, x0.data.slice(0, 3));    // await engine.decode(x0) is the picture
}`,
  python: `# config, draw: as in the first figure's Python, for ${pyText(prompt)} and seed ${seed}
for steps in [30, 100, 1000]:                     # 1,000 of the shipped spacing would begin at t = 1000, which is none
    spacing = {"steps_offset": 0} if steps == 1000 else {}
    _, expected, times = draw(diffusers.DDPMScheduler.from_config({**config, **spacing}), steps, ${guidance})
    for i in (round(i * (steps - 1) / 7) for i in range(8)):
        print(steps, times[i], expected[i].flatten()[:3])`
});

/** Every card's weights, at the noise level shown. @param alphaCumprod of the step that the scrubber shows */
export const cardsCode = (steps: number, eta: number, alphaCumprod: number): Codes => {
  const own = drawingSamplers.map(({name}) => ({name, count: stepsOf(name, steps), eta: name === "ddim" ? eta : 0}));
  const angle = Math.acos(Math.sqrt(alphaCumprod));
  return {
    engine: `import {sharesOfSteps} from "./docs/samplers/shares.js";
import {WORLD_SCHEDULE} from "./src/index.js";                                       // Stable Diffusion's schedule

const far = ({alphaCumprod}) => Math.abs(Math.acos(Math.sqrt(alphaCumprod)) - ${angle.toFixed(6)});  // from the noise level shown
for (const [name, steps] of [${own.map(({name, count}) => `["${name}", ${count}]`).join(", ")}]) {
  const all = sharesOfSteps(name, WORLD_SCHEDULE, steps, name === "ddim" ? ${eta} : 0);        // a run on a single 0
  const nearest = all.reduce((best, step) => (far(step) <= far(best) + 1e-9 ? step : best));
  console.log(name, nearest.timestep, nearest.coefficients, nearest.remembered.map(({of, share}) => [of, share]));
}`,
    python: `import inspect, json, numpy as np, torch, diffusers

config = json.load(open("data/models/tiny/scheduler/scheduler_config.json"))
${PY_SHARES}
def nearest(scheduler, steps, **more):
    rows = shares_of(scheduler, steps, **more)
    sigmas = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).sqrt().numpy()
    far = [abs(np.arctan(np.interp(t, np.arange(len(sigmas)), sigmas)) - ${angle.toFixed(6)}) for t, *_ in rows]
    return rows[max(i for i in range(len(far)) if far[i] <= min(far) + 1e-6)]

${own
  .map(({name, count, eta: part}) => {
    const given = [scheduler(name), count, ...(part ? [`eta=${part}`] : []), keepsSample(name)].filter(Boolean);
    return `print("${name}", *nearest(${given.join(", ")}))`;
  })
  .join("\n")}`
  };
};

/** As many steps as a sampler can do. */
function stepsOf(sampler: string, steps: number): number {
  const [least, most] = stepRange(sampler);
  return Math.min(most, Math.max(least, steps));
}

const short = (value: number): number => Number(value.toFixed(4));
