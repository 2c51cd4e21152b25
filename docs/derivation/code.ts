import type {Codes} from "../page/codes.js";
import {stepOf, type DerivationState} from "./state.js";

/** What the figures below the first one begin from. */
const BEGUN = "// step, alphasCumprod: as in the first figure's code";
const PY_BEGUN = "# scheduler, a_t, a_s, alpha, beta, x0, xt, mean, precision: as in the first figure's Python";

/** The posterior of the numbers on screen, with this site's engine. */
export function engineCode(state: DerivationState): string {
  const {s} = stepOf(state);
  return `import {likelihood, makeSchedule, posterior, posteriorWeights, prior} from "./src/index.js";

const {alphasCumprod} = makeSchedule({beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012});
const step = {alphaCumprod: alphasCumprod[${state.t}], prevAlphaCumprod: alphasCumprod[${s}]};
console.log(prior(${state.x0}, step), likelihood(${state.xt}, step));
console.log(posterior({x0: ${state.x0}, xt: ${state.xt}}, step));    // prior times likelihood: {mean, variance}`;
}

/** The same from diffusers' table; one timestep back, its own step() gives the same mean. */
export function pythonCode(state: DerivationState): string {
  const {s} = stepOf(state);
  return `import torch
from diffusers import DDPMScheduler

scheduler = DDPMScheduler.from_pretrained("data/models/tiny/scheduler")
a_t, a_s = scheduler.alphas_cumprod[${state.t}].double(), scheduler.alphas_cumprod[${s}].double()
alpha, beta = a_t / a_s, 1 - a_t / a_s                         # of the whole step from ${s} to ${state.t}
x0, xt = ${state.x0}, ${state.xt}

prior = torch.distributions.Normal(a_s.sqrt() * x0, (1 - a_s).sqrt())
likelihood = torch.distributions.Normal(xt / alpha.sqrt(), (beta / alpha).sqrt())
precision = 1 / prior.variance + 1 / likelihood.variance
mean = (prior.mean / prior.variance + likelihood.mean / likelihood.variance) / precision
print(prior.mean.item(), prior.variance.item(), likelihood.mean.item(), likelihood.variance.item())
print(mean.item(), (1 / precision).item())                    # the posterior's mean and variance`;
}

export const bayesCode = (state: DerivationState): Codes => ({engine: engineCode(state), python: pythonCode(state)});

/** The posterior's mean as a weighted sum, and from the noise. */
export const meanCode = ({x0, xt}: DerivationState): Codes => ({
  engine: `${BEGUN}
import {meanFromNoise, noiseIn} from "./src/index.js";

const weights = posteriorWeights(step);                    // Ho et al. 2020, eq. 7
console.log(weights, weights.x0 * ${x0} + weights.xt * ${xt});
const eps = noiseIn({x0: ${x0}, xt: ${xt}}, step);
console.log(eps, meanFromNoise({xt: ${xt}, eps}, step));         // eq. 11`,
  python: `${PY_BEGUN}
of_x0, of_xt = a_s.sqrt() * beta / (1 - a_t), alpha.sqrt() * (1 - a_s) / (1 - a_t)     # Ho et al. 2020, eq. 7
print(of_x0.item(), of_xt.item(), (of_x0 * x0 + of_xt * xt).item())
eps = (xt - a_t.sqrt() * x0) / (1 - a_t).sqrt()
print(eps.item(), ((xt - beta / (1 - a_t).sqrt() * eps) / alpha.sqrt()).item())        # eq. 11`
});

/** One draw from the posterior. */
export const drawCode = ({x0, xt, z}: DerivationState): Codes => ({
  engine: `${BEGUN}
const {mean, variance} = posterior({x0: ${x0}, xt: ${xt}}, step);
console.log(mean, Math.sqrt(variance), mean + Math.sqrt(variance) * ${z});`,
  python: `${PY_BEGUN}
sigma = precision.rsqrt()
print(mean.item(), sigma.item(), (mean + sigma * ${z}).item())`
});

/** The step back without x0, in the world of two blobs. */
export const humpsCode = ({xt, apart}: DerivationState): Codes => ({
  engine: `${BEGUN}
import {divergenceFromMixture, humps, nearestGaussian, posteriorOfMixture} from "./src/index.js";

const world = [-${apart}, ${apart}].map((mean) => ({mean, variance: 0.15 ** 2, share: 0.5}));
const mixture = posteriorOfMixture(world, ${xt}, step);      // q(x at the earlier t, given xt)
console.log(humps(mixture, {from: -3.5, to: 3.5}), mixture.map(({share}) => share));
console.log(divergenceFromMixture(mixture, nearestGaussian(mixture)));`,
  python: `${PY_BEGUN}
Normal = torch.distributions.Normal
blobs, deviation = torch.tensor([-${apart}, ${apart}]).double(), 0.15
before = a_s * deviation**2 + 1 - a_s                                  # variance of each blob at the earlier t
seen = Normal(a_t.sqrt() * blobs, (alpha * before + beta).sqrt())      # and of what it looks like at the later t
shares = torch.softmax(seen.log_prob(torch.tensor(xt).double()), 0)
spread = 1 / (1 / before + alpha / beta)
centres = spread * (a_s.sqrt() * blobs / before + alpha.sqrt() * xt / beta)
x = torch.linspace(-8, 8, 16001).double()
density = (shares * Normal(centres, spread.sqrt()).log_prob(x[:, None]).exp()).sum(1)
middle = (shares * centres).sum()
best = Normal(middle, (spread + (shares * (centres - middle) ** 2).sum()).sqrt())
kl = density * (density.log() - best.log_prob(x))
print(shares.tolist(), torch.trapezoid(kl[density > 0], x[density > 0]).item())
print(((density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])).sum().item(), "humps")`
});

/** KL of the true step and the network's, down to the squared error of the noise. */
export const klCode = ({x0, xt, miss}: DerivationState): Codes => ({
  engine: `${BEGUN}
import {boundWeight, divergence, meanFromNoise, noiseIn} from "./src/index.js";

const truth = posterior({x0: ${x0}, xt: ${xt}}, step);
const eps = noiseIn({x0: ${x0}, xt: ${xt}}, step);
const guess = {mean: meanFromNoise({xt: ${xt}, eps: eps + ${miss}}, step), variance: truth.variance};
console.log(divergence(truth, guess), boundWeight(step, truth.variance) * ${miss} ** 2);    // the same`,
  python: `${PY_BEGUN}
eps = (xt - a_t.sqrt() * x0) / (1 - a_t).sqrt()
guess = (xt - beta / (1 - a_t).sqrt() * (eps + ${miss})) / alpha.sqrt()
truth, network = (torch.distributions.Normal(middle, precision.rsqrt()) for middle in (mean, guess))
weight = beta**2 * precision / (2 * alpha * (1 - a_t))
print(torch.distributions.kl_divergence(truth, network).item(), (weight * ${miss}**2).item())    # the same`
});

/** What each loss emphasises: the share of all weight below t = 100, and the weights at t. */
export const weightsCode = ({t}: DerivationState): Codes => ({
  engine: `// alphasCumprod: as in the first figure's code
import {boundWeight, minSnrWeight} from "./src/index.js";

const steps = Array.from({length: 999}, (_, i) => i + 1);
const bound = (t) => boundWeight({alphaCumprod: alphasCumprod[t], prevAlphaCumprod: alphasCumprod[t - 1]});
for (const weight of [bound, () => 1, (t) => minSnrWeight(alphasCumprod[t])]) {
  const sum = (list) => list.reduce((total, t) => total + weight(t), 0);
  console.log((weight(${t}) * 999) / sum(steps), sum(steps.slice(0, 99)) / sum(steps));    // at t = ${t}; below t = 100
}`,
  python: `${PY_BEGUN}
a = scheduler.alphas_cumprod.double()
before, now = a[:-1], a[1:]                                                   # at t - 1 and t, of t = 1 ... 999
alphas = now / before
variance = (1 - before) / (1 - now) * (1 - alphas)
bound = (1 - alphas) ** 2 / (2 * variance * alphas * (1 - now))
min_snr = (now / (1 - now)).clamp(max=5) / (now / (1 - now))                  # Hang et al. 2023, gamma = 5
for weight in (bound, torch.ones(999), min_snr):
    print((weight[${t - 1}] / weight.mean()).item(), (weight[:99].sum() / weight.sum()).item())    # at t = ${t}; below t = 100`
});
