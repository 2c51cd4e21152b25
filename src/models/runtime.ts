import type * as Ort from "onnxruntime-web";
import {withOutputs} from "../trace/graph.js";
import type {Tensor} from "../tensor.js";
import {type ModelFolder} from "./folder.js";

/** The parts of onnxruntime-web that the engine uses: passed in, so that only the worker and Node import it. */
export type OrtRuntime = Pick<typeof Ort, "InferenceSession" | "Tensor">;
export type SessionOptions = Ort.InferenceSession.SessionOptions;

export interface Graph {
  readonly inputNames: readonly string[];
  /** Of the file and its weights. */
  readonly bytes: number;
  readonly outputNames: readonly string[];
  /** Run with float32 or int64 inputs; returns the named outputs as float32. */
  run(
    feeds: Readonly<Record<string, Tensor | Int64Tensor>>,
    outputs: readonly string[]
  ): Promise<Record<string, Tensor>>;
  /** Element type of an input, as the graph declares it. */
  inputType(name: string): string;
  release(): Promise<void>;
}

export interface Int64Tensor {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
}

/**
 * One thing at a time: onnxruntime's WebGPU backend hangs on overlapping runs, and a create beside a run throws.
 * Calls queue up, so that a decode asked for during a drawing runs between two of its steps.
 */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch(() => {});
    return result;
  }
}

/**
 * Open `<path>` of a model folder, with the weights beside it (`<path>_data`) where there are some.
 * @param exposed names of inner tensors that may be asked for as outputs too
 */
export async function openGraph(
  ort: OrtRuntime,
  folder: ModelFolder,
  path: string,
  options: SessionOptions,
  queue: Queue,
  exposed: readonly string[] = []
): Promise<Graph> {
  const dataPath = `${path}_data`;
  const weights = folder.has(dataPath) ? await folder.bytes(dataPath) : null;
  const externalData = weights ? [{path: dataPath.split("/").pop() ?? dataPath, data: weights}] : undefined;
  const model = withOutputs(await folder.bytes(path), exposed);
  const session = await queue.run(() => ort.InferenceSession.create(model, {...options, externalData}));
  return {
    inputNames: session.inputNames,
    bytes: model.length + (weights?.length ?? 0),
    outputNames: session.outputNames,
    inputType(name) {
      const input = session.inputMetadata.find((candidate) => candidate.name === name);
      return input?.isTensor ? input.type : "float32";
    },
    async run(feeds, outputs) {
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([name, {data, dims}]) => [
          name,
          data instanceof BigInt64Array ? new ort.Tensor("int64", data, dims) : new ort.Tensor("float32", data, dims)
        ])
      );
      const results = await queue.run(() => session.run(inputs, [...outputs]));
      return Object.fromEntries(
        outputs.map((name) => {
          const {data, dims} = results[name];
          return [name, {data: float32(data), dims}];
        })
      );
    },
    release: () => queue.run(() => session.release())
  };
}

/** What onnxruntime hands out is the caller's own, so that float32 needs no copy. */
function float32(data: Ort.Tensor.DataType): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number | bigint>, Number);
}
