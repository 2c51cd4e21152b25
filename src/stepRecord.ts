/** What one step of a run was: everything that a page shows is a view of a record, and a run can go on from each. */
import type {GeneratorState} from "./random.js";
import {predictionOf} from "./samplers/prediction.js";
import {samplerNamed} from "./samplers/registry.js";
import type {Coefficients, Remembered, Sampler, StepOutput} from "./samplers/sampler.js";
import {combine, type Tensor} from "./tensor.js";

/** All that a run needs to start again at a step. Structured-cloneable. */
export interface SavedState {
  /** Short name: another sampler can take over the latents, not the state. null: edited by hand, `xt` alone counts. */
  readonly sampler: string | null;
  readonly latents: Tensor;
  /** The same in variance-preserving scale. */
  readonly xt: Tensor;
  /** Its level, by which another sampler finds its own call. */
  readonly alphaCumprod: number;
  readonly samplerState: unknown;
  /** The generator that step noise comes from, before this step. */
  readonly generator: GeneratorState;
  /** The step-noise seed that generator was made with, if any. */
  readonly noiseSeed: number | null;
}

/** A step to go on from: a record is one. */
export type SavedStep = Pick<StepRecord, "index" | "saved">;

/** One step of a run. All tensors are [1, 4, h, w]. */
export interface StepRecord {
  /** Position in the sampler's timesteps: counts up, from 0 where the run begins in noise. */
  readonly index: number;
  /** UNet calls of the whole run, one record each: more than the steps asked for where a sampler makes several a step. */
  readonly numSteps: number;
  /** Counts down; `prevTimestep` is where the step leads, -1 at the end. Inversion counts up, and is asked where it leads. */
  readonly timestep: number;
  readonly prevTimestep: number;
  readonly alphaCumprod: number;
  readonly prevAlphaCumprod: number;
  /** What the sampler carries, before this step. */
  readonly latents: Tensor;
  /** The same in variance-preserving scale. */
  readonly xt: Tensor;
  readonly epsUncond: Tensor;
  readonly epsCond: Tensor;
  /** After guidance, and after projection where there is one. */
  readonly eps: Tensor;
  /** The clean sample as this step predicts it. */
  readonly x0: Tensor;
  /** What goes on after this step. */
  readonly prev: Tensor;
  /** The same in variance-preserving scale. */
  readonly prevXt: Tensor;
  /** The fresh noise of this step, null where the sampler adds none. */
  readonly noise: Tensor | null;
  /** prevXt = x0 * x0 + eps * eps + noise * noise + earlier + replaced. */
  readonly coefficients: Coefficients;
  /** What earlier predictions add, null where the sampler keeps none. */
  readonly earlier: Tensor | null;
  /** The same, one by one: earlier = the sum of share times value. Empty where nothing is remembered, or it cannot be told apart. */
  readonly remembered: readonly Remembered[];
  /** What the pipeline changed after the sampler's step (inpainting: the kept region), null where nothing. */
  readonly replaced: Tensor | null;
  readonly guidanceScale: number;
  /** The inner tensors that `trace` asked for, by role; their batch is [unconditional, conditional], without guidance [conditional]. */
  readonly inside: Readonly<Record<string, Tensor>>;
  /** Time of the UNet call, in seconds; of the whole batch, where several runs share it. */
  readonly seconds: number;
  readonly saved: SavedState;
}

/** A step with its latents edited: `xt` in variance-preserving scale. The sampler goes on from there without memory. */
export function edited({index, saved}: SavedStep, xt: Tensor): SavedStep {
  return {index, saved: {...saved, sampler: null, latents: xt, xt, samplerState: null}};
}

/** What happened in a step. */
export interface Made {
  readonly index: number;
  readonly xt: Tensor;
  /** Raw outputs of the model: without the prompt, with it, and as the sampler got it. */
  readonly uncond: Tensor;
  readonly cond: Tensor;
  readonly modelOutput: Tensor;
  readonly noise: Tensor | null;
  readonly step: StepOutput;
  /** What goes on: the step's own result, or what the pipeline made of it. */
  readonly prev: Tensor;
}

/** The step in variance-preserving scale and as noise, whatever the sampler carries and the model predicts. */
export function inOneScale(sampler: Sampler, predictionType: string | undefined, made: Made) {
  const {index, xt, noise, step, prev} = made;
  const {alpha, prevAlpha} = sampler.alphas(index);
  const epsOf = (raw: Tensor): Tensor => predictionOf(raw, xt, alpha, predictionType).eps;
  const eps = epsOf(made.modelOutput);
  const scale = sampler.space === "sigma" ? Math.sqrt(prevAlpha) : 1;
  const scaled = (carried: Tensor): Tensor => (scale === 1 ? carried : combine([scale, carried]));
  const [own, prevXt] = [scaled(step.prev), scaled(prev)];
  const {x0, eps: ofEps, noise: ofNoise} = step.coefficients;
  const share = {x0: scale * x0, eps: scale * ofEps, noise: scale * ofNoise};
  const remembers = samplerNamed(sampler.name).weights.length > 1;
  const rest = () => combine([1, own], [-share.x0, step.x0], [-share.eps, eps], [-share.noise, noise]);
  return {
    alphaCumprod: alpha,
    prevAlphaCumprod: prevAlpha,
    epsUncond: epsOf(made.uncond),
    epsCond: epsOf(made.cond),
    eps,
    x0: step.x0,
    prev,
    prevXt,
    noise,
    coefficients: share,
    earlier: remembers ? rest() : null,
    remembered: (step.remembered ?? []).map((term) => ({...term, share: scale * term.share})),
    replaced: prev === step.prev ? null : combine([1, prevXt], [-1, own])
  };
}
