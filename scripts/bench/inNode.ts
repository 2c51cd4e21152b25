/**
 * What costs the same in Node and in a browser: onnxruntime's wasm on one thread, and our own code around it. Times are of
 * the processor, so that they are those of a quiet machine, however busy this one is.
 */
import {spawnSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import * as ort from "onnxruntime-web";
import {loadModelFromFolder} from "../../src/node.js";
import type {Model} from "../../src/models/model.js";
import {Generator} from "../../src/random.js";
import {createSampler, SAMPLERS} from "../../src/samplers/registry.js";
import {concat, type Tensor} from "../../src/tensor.js";
import {stage} from "./progress.js";
import {median} from "../../src/median.js";
import {middle, type Row} from "./report.js";

const WHERE = "Node, 1 thread";
const TIMESTEP = 500;
const PYTHON = ".venv/bin/python";
/** Seconds for each part, however busy the machine. */
const LIMIT = 300;

export interface NodeOptions {
  readonly folder: string;
  readonly turns: number;
}

interface Call {
  readonly model: Model;
  /** Both halves of guidance: [2, 4, h, w] and [2, K, E]. */
  readonly sample: Tensor;
  readonly states: Tensor;
}

export async function inNode({folder, turns}: NodeOptions): Promise<Row[]> {
  const model = await loadModelFromFolder(folder, {threads: 1});
  const noise = new Generator(1).randn([1, ...model.latentShape]);
  const states = await model.encodeText(["", "a horse on the grass"]);
  const call = {model, states, sample: concat([noise, noise])};
  const {rows, seconds} = await stage("Node: UNet calls", LIMIT, () => besideBare(call, folder, turns));
  const traced = await stage("Node: traced steps", LIMIT, () => tracing(call, turns));
  const samplers = await stage("Node: samplers", LIMIT, async () => samplerRows(model, seconds));
  await model.release();
  const beside = await stage("Python: UNet calls", LIMIT, async () => native(folder, turns, seconds));
  return [...rows, ...traced, ...samplers, ...beside];
}

/** Our UNet call beside onnxruntime's own on the same file, and its seconds. */
async function besideBare({model, sample, states}: Call, folder: string, turns: number) {
  const file = (name: string): Uint8Array => readFileSync(join(folder, "unet", name));
  const weights = "model.onnx_data";
  const externalData = existsSync(join(folder, "unet", weights)) ? [{path: weights, data: file(weights)}] : [];
  const options = {executionProviders: ["wasm"], externalData};
  const session = await ort.InferenceSession.create(file("model.onnx"), options);
  const feeds = {
    sample: new ort.Tensor("float32", sample.data, sample.dims),
    timestep: new ort.Tensor("float32", Float32Array.of(TIMESTEP), [1]),
    encoder_hidden_states: new ort.Tensor("float32", states.data, states.dims)
  };
  const sides = await inTurns(turns, {
    ours: () => model.predict(sample, TIMESTEP, states),
    bare: () => session.run(feeds, ["out_sample"])
  });
  await session.release();
  const seconds = median(sides.ours);
  const detail = `${ms(seconds)} and ${ms(median(sides.bare))}`;
  const row = {what: "our UNet call over a bare run of the same file", where: WHERE, bar: 1.05, detail};
  return {seconds, rows: [{...row, ...middle(ratios(sides.ours, sides.bare)), unit: "times"} satisfies Row]};
}

/** A module whose output a page may show: those that hold arithmetic, and what is made of them. */
const MODULE =
  /^(time_proj|time_embedding|conv_in|conv_out|((down|up)_blocks\.\d+|mid_block)(\.(resnets|attentions|(down|up)samplers)\.\d+)?)$/;

/** A UNet call with insides beside one without. */
async function tracing({model, sample, states}: Call, turns: number): Promise<Row[]> {
  const roles = (await model.roles("unet")).filter(({module}) => MODULE.test(module)).map(({role}) => role);
  const sets: Record<string, readonly string[]> = {
    none: [],
    "cross-attention": ["attn2"],
    "all attention": ["attn1", "attn2"],
    "all attention, every block, resnet and transformer": ["attn1", "attn2", ...roles]
  };
  const sizes = new Map<string, string>();
  const tasks = Object.entries(sets).map(([name, asked]) => {
    const task = async (): Promise<void> => {
      const {inside} = await model.predict(sample, TIMESTEP, states, asked);
      const tensors = new Set(Object.values(inside).map(({data}) => data));
      const bytes = [...tensors].reduce((sum, {byteLength}) => sum + byteLength, 0);
      sizes.set(name, `${tensors.size} tensors, ${(bytes / 1e6).toFixed(1)} MB`);
    };
    return [name, task] as const;
  });
  const {none, ...traced} = await inTurns(turns, Object.fromEntries(tasks));
  return Object.entries(traced).map(([name, seconds], i, all) => ({
    ...{what: `a traced step over an untraced one: ${name}`, where: WHERE, detail: sizes.get(name)},
    ...{...middle(ratios(seconds, none)), unit: "times", ...(i === all.length - 1 ? {bar: 1.15} : {})}
  }));
}

/** Of each sampler a step's own arithmetic and noise, over one UNet call. */
function samplerRows(model: Model, unetSeconds: number): Row[] {
  const steps = 30;
  const rounds = 50;
  return SAMPLERS.map(({name}) => {
    const sampler = createSampler(name, model.schedulerConfig, steps, {});
    const generator = new Generator(2);
    const output = generator.randn([1, ...model.latentShape]);
    const draw = (): void => {
      let latents = generator.randn(output.dims);
      let state: unknown = null;
      sampler.timesteps.forEach((_, index) => {
        sampler.scaleModelInput(latents, index);
        const noise = sampler.needsNoise(index) ? generator.randn(latents.dims) : null;
        const step = sampler.step({modelOutput: output, index, sample: latents, noise, state});
        [latents, state] = [step.prev, step.state];
      });
    };
    draw(); // the first one is slower: it is not compiled yet
    const began = process.cpuUsage();
    for (let round = 0; round < rounds; round++) draw();
    const {user, system} = process.cpuUsage(began);
    const seconds = (user + system) / 1e6 / rounds / sampler.timesteps.length;
    const value = seconds / unetSeconds;
    const detail = `${(1e6 * seconds).toFixed(0)} µs a step`;
    return {
      what: `sampler ${name}: its own time a step over a UNet call`,
      where: WHERE,
      value,
      unit: "share",
      bar: 0.01,
      detail
    };
  });
}

/** onnxruntime for Python on the same file and as many threads; nothing where there is no Python. */
function native(folder: string, turns: number, seconds: number): Row[] {
  if (!existsSync(PYTHON)) return [];
  const {status, stdout, stderr} = spawnSync(PYTHON, ["scripts/bench/native.py", folder, String(turns)], {
    encoding: "utf8",
    timeout: 1000 * LIMIT
  });
  if (status !== 0)
    throw new Error(`scripts/bench/native.py fails: ${stderr.trim().split("\n").at(-1) || "it took too long"}`);
  const alone = Number(stdout);
  const detail = `${ms(seconds)} and ${ms(alone)}`;
  return [
    {
      what: "our UNet call over one of native onnxruntime in Python",
      where: WHERE,
      value: seconds / alone,
      unit: "times",
      detail
    }
  ];
}

/** Processor seconds of each task in every turn; the turn before the first opens what has to be opened. */
async function inTurns<Name extends string>(
  turns: number,
  tasks: Readonly<Record<Name, () => Promise<unknown>>>
): Promise<Record<Name, number[]>> {
  const names = Object.keys(tasks) as Name[];
  const seconds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let turn = -1; turn < turns; turn++) {
    for (const name of turn % 2 ? names.toReversed() : names) {
      const began = process.cpuUsage();
      await tasks[name]();
      const {user, system} = process.cpuUsage(began);
      if (turn >= 0) seconds[name].push((user + system) / 1e6);
    }
  }
  return seconds;
}

/** The ratios of all turns. */
const ratios = (above: readonly number[], below: readonly number[]): number[] =>
  above.map((value, i) => value / below[i]);

const ms = (seconds: number): string => `${(1000 * seconds).toFixed(0)} ms`;
