import type * as Ort from "onnxruntime-web";
import {withOutputs} from "../trace/graph.js";
import {externalFiles} from "../trace/signature.js";
import type {Tensor} from "../tensor.js";
import {inCalls, ofCalls} from "./batches.js";
import {faultOfOpening, faultOfRun, RuntimeFault} from "./fault.js";
import {type ModelFolder} from "./folder.js";
import {float32, inputFor, isFixed} from "./values.js";

/** The parts of onnxruntime-web that the engine uses: passed in, so that only the worker and Node import it. */
export type OrtRuntime = Pick<typeof Ort, "InferenceSession" | "Tensor">;
export type SessionOptions = Ort.InferenceSession.SessionOptions;

export interface Graph {
  readonly inputNames: readonly string[];
  /** Of the file and its weights. */
  readonly bytes: number;
  readonly outputNames: readonly string[];
  /**
   * Run with float32 or int64 inputs, whatever type the graph declares; returns the named outputs as float32.
   * @throws a RuntimeFault after which nothing opened can be trusted, or an Error when the inputs do not fit
   */
  run(
    feeds: Readonly<Record<string, Tensor | Int64Tensor>>,
    outputs: readonly string[]
  ): Promise<Record<string, Tensor>>;
  /** Of a session with `enableProfiling`: writes its profile to the console. */
  endProfiling(): void;
  release(): Promise<void>;
}

export interface Int64Tensor {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
}

/** What onnxruntime is given the thread for. */
export interface Work {
  readonly kind: "open" | "run";
  readonly path: string;
  /** Of the file and its weights. */
  readonly bytes: number;
}

/**
 * One thing at a time: onnxruntime's WebGPU backend hangs on overlapping runs, and a create beside a run throws.
 * Calls queue up, so that a decode asked for during a drawing runs between two of its steps. After a fault that only a fresh
 * start may mend nothing is run any more: after a want of memory the next call may hang, before the fault itself is told.
 */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();
  private fault: RuntimeFault | null = null;

  /** @param onWork hears of each piece of work before it begins, and null when it is over */
  constructor(private readonly onWork: (work: Work | null) => void = () => {}) {}

  run<T>(task: () => Promise<T>, work?: Work): Promise<T> {
    const result = this.last.then(async () => {
      if (this.fault) throw this.fault;
      if (work) this.onWork(work);
      try {
        return await task();
      } catch (error) {
        if (error instanceof RuntimeFault && error.kind.passing) this.fault = error;
        throw error;
      } finally {
        if (work) this.onWork(null);
      }
    });
    this.last = result.catch(() => {});
    return result;
  }
}

/**
 * Open a graph of a model folder, with the weights that its file says lie beside it.
 * @param exposed names of inner tensors that may be asked for as outputs too
 * @throws a RuntimeFault when onnxruntime does not take it
 */
export async function openGraph(
  ort: OrtRuntime,
  folder: ModelFolder,
  path: string,
  options: SessionOptions,
  queue: Queue,
  exposed: readonly string[] = []
): Promise<Graph> {
  const bytes = await folder.bytes(path);
  const externalData = await weightsBeside(folder, path, bytes);
  const model = withOutputs(bytes, exposed);
  const size = externalData.reduce((sum, {data}) => sum + data.length, model.length);
  const session = await queue.run(
    () =>
      ort.InferenceSession.create(model, {...options, externalData}).catch((error: unknown) => {
        throw faultOfOpening(path, error);
      }),
    {kind: "open", path, bytes: size}
  );
  const declared = new Map(session.inputMetadata.map((input) => [input.name, input]));

  async function runOnce(
    feeds: Parameters<Graph["run"]>[0],
    outputs: readonly string[],
    batch: Parameters<typeof inputFor>[3]
  ): ReturnType<Graph["run"]> {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, value]) => [name, inputFor(ort, value, declared.get(name), batch)])
    );
    const results = await queue.run(
      () =>
        session.run(inputs, [...outputs]).catch((error: unknown) => {
          throw faultOfRun(path, error);
        }),
      {kind: "run", path, bytes: size}
    );
    return Object.fromEntries(outputs.map((name) => [name, {data: float32(results[name]), dims: results[name].dims}]));
  }

  return {
    inputNames: session.inputNames,
    bytes: size,
    outputNames: session.outputNames,
    async run(feeds, outputs) {
      const [[first, {dims}]] = Object.entries(feeds);
      const metadata = declared.get(first);
      const dim = metadata?.isTensor ? metadata.shape[0] : undefined;
      if (!isFixed(dim) || dim === dims[0]) return runOnce(feeds, outputs, {size: dims[0], dim});
      const results: Record<string, Tensor>[] = [];
      for (const call of inCalls(feeds, dims[0], dim)) results.push(await runOnce(call, outputs, {size: dim, dim}));
      return ofCalls(results, dims[0], dim);
    },
    endProfiling: () => session.endProfiling(),
    release: () => queue.run(() => session.release())
  };
}

/** The files of weights that a graph names, under the names it has for them; its own folder is where they lie. */
async function weightsBeside(
  folder: ModelFolder,
  path: string,
  model: Uint8Array
): Promise<{path: string; data: Uint8Array}[]> {
  const beside = path.slice(0, path.lastIndexOf("/") + 1);
  return Promise.all(externalFiles(model).map(async (name) => ({path: name, data: await folder.bytes(beside + name)})));
}
