import {jsText, pyText, type Codes} from "../page/codes.js";
import type {Plane} from "./experiments.js";

/** A point's three expectations, and particles under guidance. @param curve the scales of the curve */
export function worldCode({world, label, guidance, timestep, point}: Plane, curve: readonly number[]): Codes {
  const [x, y] = point.map(short);
  const clouds = [[guidance, 1500], ...curve.map((scale) => [scale, 600])];
  return {
    engine: `import {givenLabel, makeSchedule, textToImage, worldModel, WORLD_SCHEDULE} from "./src/index.js";
import {expectations, measureCloud} from "./docs/guidance/worldGuidance.js";

const world = [
${world.map(({mean, deviation, weight, label: word}) => `  {mean: [${mean.map(short).join(", ")}], deviation: ${short(deviation)}, weight: ${weight}, label: ${jsText(word)}}`).join(",\n")}
];
const {alphasCumprod} = makeSchedule(WORLD_SCHEDULE);
console.log(expectations(world, ${jsText(label)}, [${x}, ${y}], alphasCumprod[${timestep}], ${guidance}));      // without a word, with it, guided
for (const [guidance, particles] of ${JSON.stringify(clouds).replaceAll(",", ", ")}) {
  const model = worldModel(world, {particles});                                   // its "UNet" is the exact prediction
  let end;
  for await (const {prevXt} of textToImage(model, {prompt: ${jsText(label)}, guidance, seed: 7, steps: 30})) end = prevXt;
  console.log(guidance, measureCloud(end, givenLabel(world, ${jsText(label)})));
}`,
    python: `import numpy as np, torch
from diffusers import DDIMScheduler

scheduler = DDIMScheduler.from_pretrained("data/models/tiny/scheduler")           # Stable Diffusion's schedule
world = torch.tensor([${world.map(({mean, deviation, weight}) => `[${[...mean, deviation, weight].map(short).join(", ")}]`).join(", ")}]).double()    # x, y, deviation, weight
asked = world[[${world.flatMap((blob, i) => (blob.label === label ? [i] : [])).join(", ")}]]                                                               # ${pyText(label)}

def expected(blobs, xt, a):                                                       # E[x0 | xt] of points [2, N]
    means, deviations, weights = blobs[:, :2, None], blobs[:, 2, None], blobs[:, 3, None]
    variances = a * deviations**2 + 1 - a
    gaps = xt - a**0.5 * means                                                     # [blobs, 2, N]
    shares = torch.softmax(weights.log() - variances.log() - gaps.square().sum(1) / (2 * variances), dim=0)
    return (shares[:, None] * (means + (a**0.5 * deviations**2 / variances)[:, None] * gaps)).sum(0)

a = scheduler.alphas_cumprod[${timestep}].double()
u, c = (expected(blobs, torch.tensor([[${x}], [${y}]]).double(), a) for blobs in (world, asked))
print(u.flatten().tolist(), c.flatten().tolist(), (u + ${guidance} * (c - u)).flatten().tolist())

def distance(x):                                      # sliced Wasserstein: seen from 24 sides, sorted, rank by rank
    means, deviations, weights = asked.numpy()[:, :2], asked.numpy()[:, 2:3], asked.numpy()[:, 3:]
    ranks = (np.arange(max(x.shape[1], 1000)) + 0.5) / max(x.shape[1], 1000)
    places, ways = np.linspace(-8, 8, 100_001), []
    for angle in np.pi * np.arange(24) / 24:
        side = np.array([np.cos(angle), np.sin(angle)])
        density = (weights / deviations * np.exp(-0.5 * ((places - (means @ side)[:, None]) / deviations) ** 2)).sum(0)
        sorted_points = np.sort(side @ x.numpy())[(ranks * x.shape[1]).astype(int)]
        ways.append(np.abs(sorted_points - np.interp(ranks, np.cumsum(density) / density.sum(), places)).mean())
    return np.mean(ways)

for w, particles in [${clouds.map(([scale, n]) => `(${scale}, ${n})`).join(", ")}]:
    x = torch.randn((2, particles), generator=torch.Generator("cpu").manual_seed(7)).double()
    scheduler.set_timesteps(30)
    for t in scheduler.timesteps:
        a = scheduler.alphas_cumprod[t].double()
        u, c = expected(world, x, a), expected(asked, x, a)
        x = scheduler.step((x - a.sqrt() * (u + w * (c - u))) / (1 - a).sqrt(), t, x).prev_sample
    nearest = ((x[None] - asked[:, :2, None]).square().sum(1).sqrt() / asked[:, 2, None]).argmin(0)
    groups = [(x[:, nearest == k], blob) for k, blob in enumerate(asked) if (nearest == k).sum() > 1]
    spread = np.mean([(g.var(dim=1, correction=0).mean().sqrt() / blob[2]).item() for g, blob in groups])
    overshoot = sum(g.shape[1] / particles * (g.mean(1) - blob[:2]).norm().item() for g, blob in groups)
    apart = torch.pdist(x[:, :300].T).mean().item()                                # two samples
    print(w, spread, overshoot, apart, distance(x))`
  };
}

const short = (value: number): number => Number(value.toFixed(3));
