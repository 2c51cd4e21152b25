/** The sampling loop: text to image with classifier-free guidance, one record a step, startable from any step. */
import {Generator, type GeneratorState} from "./random.js";
import {createSampler, samplerNamed} from "./samplers/registry.js";
import {predictionOf} from "./samplers/prediction.js";
import type {Coefficients, Sampler, StepOutput} from "./samplers/sampler.js";
import type {SchedulerConfig} from "./schedulerConfig.js";
import {batchItem, combine, concat, type Tensor} from "./tensor.js";

/** The part of a model that the loop needs. */
export interface DiffusionModel {
  readonly schedulerConfig: SchedulerConfig;
  /** [4, h, w] */
  readonly latentShape: readonly number[];
  /** Of the UNet: those of the latents, or more where it was made for inpainting. Left out: those of the latents. */
  readonly inChannels?: number;
  /** Texts -> encoderHiddenStates [B, K, E]. */
  encodeText(texts: readonly string[]): Promise<Tensor>;
  /**
   * sample [B, 4, h, w], states [B, K, E] -> the UNet's raw output [B, 4, h, w], and the inner tensors asked for by the
   * names they have in its graph.
   */
  predict(
    sample: Tensor,
    timestep: number,
    encoderHiddenStates: Tensor,
    tensors?: readonly string[]
  ): Promise<{output: Tensor; inside: Readonly<Record<string, Tensor>>}>;
}

/** All that a run needs to start again at a step. Structured-cloneable. */
export interface SavedState {
  /** Short name: another sampler can take over the latents, not the state. */
  readonly sampler: string;
  readonly latents: Tensor;
  /** The same in variance-preserving scale. */
  readonly xt: Tensor;
  readonly samplerState: unknown;
  /** The generator that step noise comes from, before this step. */
  readonly generator: GeneratorState;
  /** The step-noise seed that generator was made with, if any. */
  readonly noiseSeed: number | null;
}

/** One step of a run. All tensors are [1, 4, h, w]. */
export interface StepRecord {
  /** Counts up from 0. */
  readonly index: number;
  /** UNet calls of the whole run, one record each: more than the steps asked for where a sampler makes several a step. */
  readonly numSteps: number;
  /** Counts down; `prevTimestep` is where the step leads, -1 at the end. */
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
  /** After guidance. */
  readonly eps: Tensor;
  /** The clean sample as this step predicts it. */
  readonly x0: Tensor;
  /** What the sampler carries after this step. */
  readonly prev: Tensor;
  /** The same in variance-preserving scale. */
  readonly prevXt: Tensor;
  /** The fresh noise of this step, null where the sampler adds none. */
  readonly noise: Tensor | null;
  /** prevXt = x0 * x0 + eps * eps + noise * noise + earlier. */
  readonly coefficients: Coefficients;
  /** What earlier predictions add, null where the sampler keeps none. */
  readonly earlier: Tensor | null;
  readonly guidanceScale: number;
  /** The inner tensors that `trace` asked for, by name; their batch is [unconditional, conditional], without guidance [conditional]. */
  readonly inside: Readonly<Record<string, Tensor>>;
  /** Time of the UNet call, in seconds. */
  readonly seconds: number;
  readonly saved: SavedState;
}

export interface DrawOptions {
  readonly prompt: string;
  readonly negative?: string;
  /** 0 ... 2^32 - 1, as torch.Generator("cpu").manual_seed(seed). */
  readonly seed: number;
  /** Feeds the noise that stochastic samplers add; without it the first generator goes on. */
  readonly noiseSeed?: number;
  readonly sampler?: string;
  /** 1 ... 1000 */
  readonly steps?: number;
  /** Classifier-free guidance scale w: u + w (c - u). 1 is none. */
  readonly guidance?: number;
  /** DDIM's eta, 0 ... 1. */
  readonly eta?: number;
  /** Fork: run the rest from this step on, with whatever else these options change. */
  readonly from?: Pick<StepRecord, "index" | "saved">;
  /** Names of the UNet's inner tensors that every record shall hold (see trace/attention). */
  readonly trace?: readonly string[];
  readonly signal?: AbortSignal;
}

export const DEFAULTS = {negative: "", sampler: "ddim", steps: 30, guidance: 4, eta: 0} as const;

/**
 * Draw: yields one record after each step, as soon as it is made.
 * @throws when the prompt is empty, an option is out of range, or the signal aborts (AbortError)
 */
export async function* textToImage(model: DiffusionModel, options: DrawOptions): AsyncGenerator<StepRecord> {
  const run = {...DEFAULTS, ...withoutUndefined(options)};
  validate(run);
  const sampler = createSampler(run.sampler, model.schedulerConfig, run.steps, {eta: run.eta});
  const guided = run.guidance !== 1;
  const states = await model.encodeText(guided ? [run.negative, run.prompt] : [run.prompt]);
  const start = run.from ?? {index: 0, saved: beginning(model, run, sampler)};
  const numSteps = sampler.timesteps.length;
  if (start.index >= numSteps) throw new Error(`cannot fork at step ${start.index} of a run of ${numSteps} steps`);
  const generator = stepGenerator(start, run);
  let {latents, samplerState} = takenOver(start, sampler);

  for (let index = start.index; index < numSteps; index++) {
    run.signal?.throwIfAborted();
    const timestep = sampler.timesteps[index];
    const xt = sampler.scaleModelInput(latents, index);
    const state = {sampler: sampler.name, latents, xt, samplerState};
    const saved = {...state, generator: generator.getState(), noiseSeed: run.noiseSeed ?? null};
    const began = performance.now();
    const {output, inside} = await model.predict(guided ? concat([xt, xt]) : xt, timestep, states, run.trace);
    const seconds = (performance.now() - began) / 1000;
    run.signal?.throwIfAborted();

    const uncond = batchItem(output, 0);
    const cond = guided ? batchItem(output, 1) : uncond;
    const modelOutput = guided ? combine([1 - run.guidance, uncond], [run.guidance, cond]) : cond;
    const noise = sampler.needsNoise(index) ? generator.randn(latents.dims) : null;
    const step = sampler.step({modelOutput, index, sample: latents, noise, state: samplerState});
    const told = inOneScale(sampler, model.schedulerConfig.prediction_type, {
      index,
      xt,
      uncond,
      cond,
      modelOutput,
      noise,
      step
    });
    yield {
      index,
      numSteps,
      timestep,
      prevTimestep: sampler.timesteps[index + 1] ?? -1,
      ...{latents, xt, ...told, x0: step.x0, prev: step.prev, noise},
      guidanceScale: run.guidance,
      inside,
      seconds,
      saved
    };
    latents = step.prev;
    samplerState = step.state;
  }
}

/** Where a run begins: noise of the seed's generator, which then goes on to feed the steps. */
function beginning(model: DiffusionModel, {seed}: DrawOptions, sampler: Sampler): SavedState {
  const generator = new Generator(seed);
  const latents = combine([sampler.initNoiseSigma, generator.randn([1, ...model.latentShape])]);
  const xt = sampler.scaleModelInput(latents, 0);
  const from = {generator: generator.getState(), noiseSeed: null};
  return {sampler: sampler.name, latents, xt, samplerState: null, ...from};
}

/** Latents and state to go on with: another sampler scales the latents its own way, and begins without memory. */
function takenOver(
  {index, saved}: Pick<StepRecord, "index" | "saved">,
  sampler: Sampler
): Pick<SavedState, "latents" | "samplerState"> {
  if (saved.sampler === sampler.name) return saved;
  const scale = sampler.space === "sigma" ? 1 / Math.sqrt(sampler.alphas(index).alpha) : 1;
  return {latents: combine([scale, saved.xt]), samplerState: null};
}

interface Made {
  readonly index: number;
  readonly xt: Tensor;
  /** Raw outputs of the model: without the prompt, with it, and after guidance. */
  readonly uncond: Tensor;
  readonly cond: Tensor;
  readonly modelOutput: Tensor;
  readonly noise: Tensor | null;
  readonly step: StepOutput;
}

/** What a step did, in variance-preserving scale and as noise, whatever the sampler carries and the model predicts. */
function inOneScale(sampler: Sampler, predictionType: string | undefined, made: Made) {
  const {index, xt, noise, step} = made;
  const {alpha, prevAlpha} = sampler.alphas(index);
  const epsOf = (raw: Tensor): Tensor => predictionOf(raw, xt, alpha, predictionType).eps;
  const eps = epsOf(made.modelOutput);
  const scale = sampler.space === "sigma" ? Math.sqrt(prevAlpha) : 1;
  const prevXt = scale === 1 ? step.prev : combine([scale, step.prev]);
  const {x0, eps: ofEps, noise: ofNoise} = step.coefficients;
  const share = {x0: scale * x0, eps: scale * ofEps, noise: scale * ofNoise};
  const remembers = samplerNamed(sampler.name).weights.length > 1;
  const rest = () => combine([1, prevXt], [-share.x0, step.x0], [-share.eps, eps], [-share.noise, noise]);
  return {
    alphaCumprod: alpha,
    prevAlphaCumprod: prevAlpha,
    epsUncond: epsOf(made.uncond),
    epsCond: epsOf(made.cond),
    eps,
    prevXt,
    coefficients: share,
    earlier: remembers ? rest() : null
  };
}

/** A step-noise seed begins its own generator; a fork that names no other one goes on with the trunk's. */
function stepGenerator({saved}: {saved: SavedState}, {noiseSeed}: DrawOptions): Generator {
  const goesOn = noiseSeed === undefined || noiseSeed === saved.noiseSeed;
  return goesOn ? Generator.from(saved.generator) : new Generator(noiseSeed);
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** @throws one sentence that names the value and the remedy */
function validate({
  prompt,
  steps,
  guidance,
  eta,
  seed,
  noiseSeed
}: Required<Pick<DrawOptions, "steps" | "guidance" | "eta">> & DrawOptions): void {
  if (!prompt.trim()) throw new Error("the prompt is empty: write what to draw, for example a horse on the grass");
  if (!Number.isInteger(steps) || steps < 1 || steps > 1000)
    throw new Error(`${steps} steps: give a whole number of 1 to 1000`);
  if (!(guidance >= 0 && guidance <= 100)) throw new Error(`guidance scale ${guidance}: give a number of 0 to 100`);
  if (!(eta >= 0 && eta <= 1)) throw new Error(`eta ${eta}: give a number of 0 to 1`);
  for (const value of [seed, noiseSeed ?? 0]) {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`seed ${value}: give a whole number of 0 or more`);
  }
}
