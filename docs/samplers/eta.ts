import {Generator} from "../src/random.js";
import {combine} from "../src/tensor.js";
import type {Step} from "../page/film.js";
import type {ArmRun} from "./state.js";

/**
 * The strength of the noise that a step from ᾱ to the next ᾱ′ throws. Song and others 2021, equation 16:
 * sigma = eta sqrt((1 - ᾱ′) / (1 - ᾱ)) sqrt(1 - ᾱ / ᾱ′). With eta 1 it is DDPM's.
 */
export const stepSigma = ({alphaCumprod, prevAlphaCumprod}: Step, eta: number): number =>
  eta * Math.sqrt((1 - prevAlphaCumprod) / (1 - alphaCumprod)) * Math.sqrt(1 - alphaCumprod / prevAlphaCumprod);

/** DDIM's step with another eta, without a UNet call (the same paper, equation 12). Where the step threw no noise, some is thrown here. */
export function withEta(step: Step, eta: number): Step {
  const {x0, eps, prevAlphaCumprod} = step;
  const sigma = stepSigma(step, eta);
  const coefficients = {
    x0: Math.sqrt(prevAlphaCumprod),
    eps: Math.sqrt(Math.max(0, 1 - prevAlphaCumprod - sigma ** 2)),
    noise: sigma
  };
  const noise = sigma > 0 ? (step.noise ?? new Generator(step.index).randn(x0.dims)) : null;
  const prev = combine([coefficients.x0, x0], [coefficients.eps, eps], [sigma, noise]);
  return {...step, coefficients, noise, prev, prevXt: prev};
}

const made = new WeakMap<Step, {eta: number; tried: Step}>();

/** A call of an arm as the page shows it: where the arm is DDIM and another eta is tried, with that. */
export function shownStep({steps, settings}: ArmRun, call: number, triedEta: number | null): Step | undefined {
  const step: Step | undefined = steps[call];
  if (!step || triedEta === null || settings.sampler !== "ddim" || triedEta === settings.eta) return step;
  const known = made.get(step);
  if (known?.eta === triedEta) return known.tried;
  const tried = withEta(step, triedEta);
  made.set(step, {eta: triedEta, tried});
  return tried;
}
