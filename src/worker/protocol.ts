/** What the page and the worker say to each other. Every question has an id; a drawing is answered many times. */
import type {PartName} from "../models/folder.js";
import type {Model, ModelInfo} from "../models/model.js";
import type {Work} from "../models/runtime.js";
import type {Progress} from "../models/tally.js";
import type {PipelineName, PipelineOptions} from "../pipelines/registry.js";
import type {EngineModel} from "../sources/open.js";
import type {StepRecord} from "../stepRecord.js";

export type Backend = "webgpu" | "wasm";

/** The first thing that a worker hears. */
export interface Start {
  readonly type: "start";
  readonly model: EngineModel;
  /** Backends that have failed here before. */
  readonly avoid: readonly Backend[];
  /** A name to hold a lock under for as long as the worker lives: how a page learns of a death without a word. */
  readonly life: string;
}

/** Options of a pipeline as they travel to a worker: guidance and controls of each step are lists, for functions cannot. */
export type Sendable<Name extends PipelineName> = Omit<PipelineOptions<Name>, "signal">;

/** What a page may ask of the model at any time, by the names that Model gives it; answered between two steps of a drawing. */
export const CALLS = [
  "tokenize",
  "encodeText",
  "predict",
  "decode",
  "encode",
  "attentionLayers",
  "roles",
  "weights",
  "inside",
  "readText",
  "encodeDistribution",
  "clipInfo",
  "embedTexts",
  "embedImages",
  "timings"
] as const;

export type CallName = (typeof CALLS)[number];
export type Answer<C extends CallName> = Awaited<ReturnType<Model[C]>>;
/** The same calls over a worker: all of them wait. */
export type Calls = {readonly [C in CallName]: (...args: Parameters<Model[C]>) => Promise<Answer<C>>};

/** All may be asked again of another worker: none changes anything. */
export type Question =
  | {readonly type: "load"; readonly parts: readonly PartName[]}
  | {readonly type: "draw"; readonly pipeline: PipelineName; readonly options: Sendable<PipelineName>}
  | {readonly type: "call"; readonly method: CallName; readonly args: readonly unknown[]};

export type Request = Start | (Question & {readonly id: number}) | {readonly type: "cancel"; readonly id: number};

/**
 * How far the model is. Ready: what is asked next may still have to fetch its own part, and says so. Error: something that
 * was needed could not be had; what is there works, and `load` tries again.
 */
export type WorkerStatus =
  | ({readonly state: "loading"} & Progress)
  | {
      readonly state: "ready";
      readonly backend: Backend;
      readonly threads: number;
      /** How long the latest loading took, from its first byte to its last self-test. */
      readonly seconds: number;
      readonly info: ModelInfo;
    }
  | {readonly state: "error"; readonly message: string};

export type Result = ModelInfo | Answer<CallName> | null;

export type Response =
  | {readonly type: "alive"}
  /** What the thread is given away to, and null when it is back: between the two no message may be heard. */
  | {readonly type: "work"; readonly work: Work | null; readonly backend: Backend}
  /** The thread is free, although a graph is being opened: what it needs is still being fetched. */
  | {readonly type: "beat"}
  | {readonly type: "status"; readonly status: WorkerStatus}
  /** Nothing that this worker has opened can be trusted any more. `unfit`: this backend cannot do it, another may. */
  | {readonly type: "broken"; readonly message: string; readonly backend: Backend; readonly unfit: boolean}
  | {readonly type: "step"; readonly id: number; readonly record: StepRecord}
  | {readonly type: "done"; readonly id: number; readonly result: Result}
  | {readonly type: "failed"; readonly id: number; readonly message: string; readonly aborted: boolean};
