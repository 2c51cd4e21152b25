/**
 * The sampling loop, with classifier-free guidance: one record a step, startable from any step, several runs in one batch
 * where they keep step. Each pipeline is this loop and its own few hooks; text to image has none.
 */
import {controlsAt, controlsOfItems, together, type ControlPlan, type Controls} from "./controls.js";
import {guidanceAt, guided, type Guidance} from "./guidance.js";
import {Generator} from "./random.js";
import {createSampler} from "./samplers/registry.js";
import {outputOf, predictionOf} from "./samplers/prediction.js";
import type {Sampler} from "./samplers/sampler.js";
import type {SchedulerConfig} from "./schedulerConfig.js";
import {inOneScale, type SavedState, type SavedStep, type StepRecord} from "./stepRecord.js";
import {batchItem, combine, concat, split, withChannels, type Tensor} from "./tensor.js";

export type {SavedState, SavedStep, StepRecord} from "./stepRecord.js";

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
   * sample [B, 4, h, w], states [B, K, E] -> the UNet's raw output [B, 4, h, w], and the inner tensors asked for by
   * role (see trace/roles). Controls are one for each of the B items. @throws when they need what the model lacks
   */
  predict(
    sample: Tensor,
    timestep: number,
    encoderHiddenStates: Tensor,
    roles?: readonly string[],
    controls?: readonly (Controls | null)[]
  ): Promise<{output: Tensor; inside: Readonly<Record<string, Tensor>>}>;
}

export interface DrawOptions {
  readonly prompt: string;
  readonly negative?: string;
  /** [1, K, E], in place of the prompt's and of the negative prompt's. */
  readonly promptEmbeds?: Tensor;
  readonly negativePromptEmbeds?: Tensor;
  /** 0 ... 2^32 - 1, as torch.Generator("cpu").manual_seed(seed). */
  readonly seed: number;
  /** Unit normal noise [1, 4, h, w], in place of the seed's. */
  readonly latents?: Tensor;
  /** Feeds the noise that stochastic samplers add; without it the first generator goes on. */
  readonly noiseSeed?: number;
  readonly sampler?: string;
  /** 1 ... 1000 */
  readonly steps?: number;
  /** Classifier-free guidance scale w: u + w (c - u). 1 is none. */
  readonly guidance?: Guidance;
  /** 0 ... 1: how far guided predictions get back the spread they had without guidance. */
  readonly guidanceRescale?: number;
  /** DDIM's eta, 0 ... 1. */
  readonly eta?: number;
  /** Fork: run the rest from this step on, with whatever else these options change. */
  readonly from?: SavedStep;
  /** Inner tensors of the UNet that every record shall hold, by role: "attn2", "mid_block" (see trace/roles). */
  readonly trace?: readonly string[];
  /** What the run does to the UNet's inside. Probabilities traced beside are still each layer's own. */
  readonly controls?: ControlPlan;
  readonly signal?: AbortSignal;
}

export const DEFAULTS = {negative: "", sampler: "ddim", steps: 30, guidance: 4, guidanceRescale: 0, eta: 0} as const;

/** Options, with the defaults of what was left out. */
export type Run<O = unknown> = O & DrawOptions & Required<Pick<DrawOptions, keyof typeof DEFAULTS>>;

/** What a pipeline does otherwise than text to image. All tensors are [1, 4, h, w] unless said. */
export interface Hooks {
  /** The call that the run begins with; 0 without. */
  readonly first?: number;
  /** What the sampler begins with; without: the noise in the sampler's scale. Not asked for by a fork. */
  begin?(): Promise<Tensor>;
  /** [1, K, E], in place of the prompt's. */
  readonly promptEmbeds?: Tensor;
  /** Further channels that the UNet reads beside xt, [1, C, h, w]. */
  readonly beside?: Tensor;
  /** What the call at `index` does to the UNet's inside; goes before what the run's own controls say of the same part. */
  controls?(index: number): Promise<Controls>;
  /** The clean sample of a step -> what the sampler shall take for it. */
  project?(x0: Tensor): Promise<Tensor>;
  /** The result of the step at `index`, in the sampler's scale -> what goes on. */
  replace?(prev: Tensor, index: number): Tensor;
}

export interface Preparation<O, M> {
  readonly model: M;
  readonly run: Run<O>;
  readonly sampler: Sampler;
  /** The run's unit normal noise, [1, 4, h, w]. */
  readonly noise: Tensor;
}

export interface Pipeline<O, M = DiffusionModel> {
  /** Yields one record after each step, as soon as it is made. @throws when an option is wrong, or the signal aborts (AbortError) */
  (model: M, options: O): AsyncGenerator<StepRecord>;
  /**
   * Several runs with one UNet call a step, each as it would be alone: yields a record for each run. They share sampler,
   * steps and start; what one traces all have, and any one's signal ends all.
   */
  batch(model: M, runs: readonly O[]): AsyncGenerator<StepRecord[]>;
}

/** The loop with a pipeline's hooks, made once for each run. @param defaults that are not text to image's */
export function pipeline<O extends Partial<DrawOptions>, M extends DiffusionModel = DiffusionModel>(
  prepare: (given: Preparation<O, M>) => Hooks | Promise<Hooks>,
  defaults: Partial<DrawOptions> = {}
): Pipeline<O, M> {
  async function* batch(model: M, runs: readonly O[]): AsyncGenerator<StepRecord[]> {
    const lanes: Lane[] = [];
    for (const options of runs) {
      const run = {...DEFAULTS, ...defaults, ...withoutUndefined(options)} as Run<O>;
      lanes.push(await laneOf(model, run, prepare));
    }
    yield* loop(model, lanes);
  }
  async function* single(model: M, options: O): AsyncGenerator<StepRecord> {
    for await (const [record] of batch(model, [options])) yield record;
  }
  return Object.assign(single, {batch});
}

/** Draw from noise. */
export const textToImage = pipeline<DrawOptions>(() => ({}));

/** One run of a batch, and where it is. */
interface Lane {
  readonly run: Run;
  readonly sampler: Sampler;
  readonly hooks: Hooks;
  /** Of the prompts: with guidance [unconditional, conditional], and [conditional] alone. Each [., K, E]. */
  readonly states: {readonly both: Tensor | null; readonly cond: Tensor};
  readonly first: number;
  readonly generator: Generator;
  latents: Tensor;
  samplerState: unknown;
}

async function laneOf<O, M extends DiffusionModel>(
  model: M,
  run: Run<O>,
  prepare: (given: Preparation<O, M>) => Hooks | Promise<Hooks>
): Promise<Lane> {
  validate(run, model);
  const sampler = createSampler(run.sampler, model.schedulerConfig, run.steps, {eta: run.eta});
  const seeded = new Generator(run.seed);
  const noise = run.latents ?? seeded.randn([1, ...model.latentShape]);
  const hooks = await prepare({model, run, sampler, noise});
  const begin = async () => (await hooks.begin?.()) ?? combine([sampler.initNoiseSigma, noise]);
  const start = run.from
    ? takenOver(run.from, sampler)
    : {first: hooks.first ?? 0, latents: await begin(), samplerState: null};
  const states = await statesOf(model, run, hooks);
  return {run, sampler, hooks, states, generator: stepGenerator(seeded, run), ...start};
}

async function statesOf(model: DiffusionModel, run: Run, hooks: Hooks): Promise<Lane["states"]> {
  const given = {uncond: run.negativePromptEmbeds, cond: hooks.promptEmbeds ?? run.promptEmbeds};
  const guides = run.guidance !== 1;
  const texts = [...(guides && !given.uncond ? [run.negative] : []), ...(given.cond ? [] : [run.prompt])];
  const encoded = texts.length ? await model.encodeText(texts) : null;
  const row = (index: number): Tensor | null => encoded && batchItem(encoded, index);
  const cond = (given.cond ?? row(texts.length - 1))!;
  const uncond = guides ? (given.uncond ?? row(0)) : null;
  return {cond, both: uncond && concat([uncond, cond])};
}

async function* loop(model: DiffusionModel, lanes: readonly Lane[]): AsyncGenerator<StepRecord[]> {
  const {timesteps} = keepingStep(lanes);
  const trace = [...new Set(lanes.flatMap(({run}) => run.trace ?? []))];
  for (let index = lanes[0].first; index < timesteps.length; index++) {
    throwIfAborted(lanes);
    const questions: Question[] = [];
    for (const lane of lanes) questions.push(await questionOf(lane, index));
    const answers = await answersTo(questions, timesteps[index], model, trace);
    const records: StepRecord[] = [];
    for (const [i, lane] of lanes.entries()) {
      throwIfAborted(lanes);
      records.push(await stepOf(lane, index, questions[i], answers[i], model));
    }
    throwIfAborted(lanes);
    yield records;
    lanes.forEach((lane, i) => (lane.latents = records[i].prev));
  }
}

function throwIfAborted(lanes: readonly Lane[]): void {
  for (const {run} of lanes) run.signal?.throwIfAborted();
}

/** @throws when the runs cannot share UNet calls */
function keepingStep(lanes: readonly Lane[]): Sampler {
  if (!lanes.length) throw new Error("a batch of no runs: give at least one");
  const [{sampler, first}] = lanes;
  const alike = (lane: Lane): boolean =>
    lane.first === first && lane.sampler.timesteps.join() === sampler.timesteps.join();
  if (!lanes.every(alike)) {
    throw new Error("the runs of a batch do not keep step: give all one sampler, number of steps and start");
  }
  return sampler;
}

/** What one run asks of the UNet. */
interface Question {
  readonly xt: Tensor;
  readonly scale: number;
  /** [1 or 2, C, h, w] and [1 or 2, K, E] */
  readonly input: Tensor;
  readonly states: Tensor;
  /** One for each item. */
  readonly controls: readonly (Controls | null)[];
  readonly saved: SavedState;
}

async function questionOf(lane: Lane, index: number): Promise<Question> {
  const {run, sampler, hooks, states, generator, latents, samplerState} = lane;
  const {timesteps} = sampler;
  const xt = sampler.scaleModelInput(latents, index);
  const step = {index, numSteps: timesteps.length, timestep: timesteps[index]};
  const scale = guidanceAt(run.guidance, step);
  const seen = hooks.beside ? withChannels(xt, hooks.beside) : xt;
  const both = scale === 1 ? null : states.both;
  const noiseSeed = run.noiseSeed ?? run.from?.saved.noiseSeed ?? null;
  const {alpha: alphaCumprod} = sampler.alphas(index);
  const state = {sampler: sampler.name, latents, xt, alphaCumprod, samplerState};
  const saved = {...state, generator: generator.getState(), noiseSeed};
  const controls = controlsOfItems(
    together(controlsAt(run.controls, step), await hooks.controls?.(index)),
    both ? 2 : 1
  );
  return {xt, scale, input: both ? concat([seen, seen]) : seen, states: both ?? states.cond, controls, saved};
}

/** What the UNet answers one run: its part of the output and of the inner tensors. */
interface Answer {
  readonly output: Tensor;
  readonly inside: Readonly<Record<string, Tensor>>;
  readonly seconds: number;
}

async function answersTo(
  questions: readonly Question[],
  timestep: number,
  model: DiffusionModel,
  trace: readonly string[]
): Promise<Answer[]> {
  const alone = questions.length === 1;
  const input = alone ? questions[0].input : concat(questions.map((question) => question.input));
  const states = alone ? questions[0].states : concat(questions.map((question) => question.states));
  const controls = questions.flatMap((question) => question.controls);
  const began = performance.now();
  const {output, inside} = await model.predict(input, timestep, states, trace, controls);
  const seconds = (performance.now() - began) / 1000;
  if (alone) return [{output, inside, seconds}];
  const items = questions.map((question) => question.input.dims[0]);
  const outputs = split(output, items);
  const insides = Object.entries(inside).map(([name, tensor]) => [name, split(tensor, items)] as const);
  return questions.map((_, i) => ({
    output: outputs[i],
    inside: Object.fromEntries(insides.map(([name, parts]) => [name, parts[i]])),
    seconds
  }));
}

/** One step of one run; its sampler's state and its generator go on. */
async function stepOf(
  lane: Lane,
  index: number,
  {xt, scale, saved}: Question,
  {output, inside, seconds}: Answer,
  {schedulerConfig: {prediction_type: type}}: DiffusionModel
): Promise<StepRecord> {
  const {run, sampler, hooks, latents} = lane;
  const {timesteps} = sampler;
  const uncond = batchItem(output, 0);
  const cond = output.dims[0] > 1 ? batchItem(output, 1) : uncond;
  const mixed = scale === 1 ? cond : guided(uncond, cond, scale, run.guidanceRescale);
  const {alpha, prevAlpha} = sampler.alphas(index);
  const modelOutput = hooks.project
    ? outputOf(await hooks.project(predictionOf(mixed, xt, alpha, type).x0), xt, alpha, type)
    : mixed;
  const noise = sampler.needsNoise(index) ? lane.generator.randn(latents.dims) : null;
  const step = sampler.step({modelOutput, index, sample: latents, noise, state: lane.samplerState});
  lane.samplerState = step.state;
  const prev = hooks.replace?.(step.prev, index) ?? step.prev;
  return {
    index,
    numSteps: timesteps.length,
    timestep: timesteps[index],
    prevTimestep: prevAlpha < alpha ? timesteps[index] : (timesteps[index + 1] ?? -1),
    ...{latents, xt},
    ...inOneScale(sampler, type, {index, xt, uncond, cond, modelOutput, noise, step, prev}),
    guidanceScale: scale,
    ...{inside, seconds, saved}
  };
}

/**
 * Where a fork goes on, and with what. Another sampler begins without memory, at the last of its calls that are nearest in
 * noise, and scales the latents its own way.
 */
function takenOver({index, saved}: SavedStep, sampler: Sampler): Pick<Lane, "first" | "latents" | "samplerState"> {
  const {sampler: name, latents, xt, alphaCumprod, samplerState} = saved;
  const {length} = sampler.timesteps;
  if (name === sampler.name) {
    if (index >= length) throw new Error(`cannot fork at step ${index} of a run of ${length} steps`);
    return {first: index, latents, samplerState};
  }
  const distances = sampler.timesteps.map((_, i) => Math.abs(angle(sampler.alphas(i).alpha) - angle(alphaCumprod)));
  const first = distances.lastIndexOf(Math.min(...distances));
  const scale = sampler.space === "sigma" ? 1 / Math.sqrt(sampler.alphas(first).alpha) : 1;
  return {first, latents: combine([scale, xt]), samplerState: null};
}

/** A noise level as an angle, 0 (clean) to pi / 2 (noise): the amplitudes of signal and noise are its cosine and sine. */
const angle = (alphaCumprod: number): number => Math.acos(Math.sqrt(alphaCumprod));

/** A step-noise seed begins its own generator; a fork that names no other one goes on with the trunk's. */
function stepGenerator(seeded: Generator, {from, noiseSeed}: Run): Generator {
  if (noiseSeed !== undefined && noiseSeed !== from?.saved.noiseSeed) return new Generator(noiseSeed);
  return from ? Generator.from(from.saved.generator) : seeded;
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** @throws one sentence that names the value and the remedy */
function validate(run: Run, {latentShape}: DiffusionModel): void {
  const {prompt, steps, guidance, guidanceRescale, eta, seed, noiseSeed, latents} = run;
  if (!prompt.trim()) throw new Error("the prompt is empty: write what to draw, for example a horse on the grass");
  if (!Number.isInteger(steps) || steps < 1 || steps > 1000)
    throw new Error(`${steps} steps: give a whole number of 1 to 1000`);
  if (typeof guidance === "number") guidanceAt(guidance, {index: 0, numSteps: steps, timestep: 0});
  if (!(guidanceRescale >= 0 && guidanceRescale <= 1))
    throw new Error(`guidance rescale ${guidanceRescale}: give a number of 0 to 1`);
  if (!(eta >= 0 && eta <= 1)) throw new Error(`eta ${eta}: give a number of 0 to 1`);
  for (const value of [seed, noiseSeed ?? 0]) {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`seed ${value}: give a whole number of 0 or more`);
  }
  const wanted = [1, ...latentShape].join(", ");
  if (latents && latents.dims.join(", ") !== wanted)
    throw new Error(`latents of shape [${latents.dims.join(", ")}]: this model's are [${wanted}]`);
}
