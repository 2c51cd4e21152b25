import {stepOf, type DerivationState} from "./state.js";

/** The posterior of the numbers on screen, with this site's engine. */
export function engineCode(state: DerivationState): string {
  const {s} = stepOf(state);
  return `import {makeSchedule} from "./src/schedule.js";
import {posterior, posteriorWeights} from "./src/posterior.js";

const {alphasCumprod} = makeSchedule({beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012});
const step = {alphaCumprod: alphasCumprod[${state.t}], prevAlphaCumprod: alphasCumprod[${s}]};
posteriorWeights(step);                                    // {x0, xt, variance}: Ho et al. 2020, eq. 7
posterior({x0: ${state.x0}, xt: ${state.xt}}, step);                 // prior times likelihood: {mean, variance}`;
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
print(mean.item(), (1 / precision).item())                    # the posterior's mean and variance`;
}
