/** What the page and the worker say to each other. Every request has an id; a drawing answers many times. */
import type {Model, ModelInfo} from "../models/model.js";
import type {Progress} from "../models/download.js";
import type {PipelineName, PipelineOptions} from "../pipelines/registry.js";
import type {StepRecord} from "../stepRecord.js";

export type Backend = "webgpu" | "wasm";

export interface Addresses {
  /** Where the model folder lies; ends in a slash. */
  readonly model: string;
}

export interface Ready {
  readonly info: ModelInfo;
  readonly backend: Backend;
  readonly threads: number;
  /** From the request to the end of the self-test. */
  readonly seconds: number;
}

/** Options of a pipeline as they travel to a worker: guidance that changes from step to step is a list, for functions cannot. */
export type Sendable<Name extends PipelineName> = Omit<PipelineOptions<Name>, "signal">;

/** What a page may ask of the model at any time, by the names that Model gives it; answered between two steps of a drawing. */
export const CALLS = [
  "tokenize",
  "encodeText",
  "decode",
  "encode",
  "attentionLayers",
  "roles",
  "inside",
  "readText",
  "encodeDistribution",
  "clipInfo",
  "embedTexts",
  "embedImages"
] as const;

export type CallName = (typeof CALLS)[number];
export type Answer<C extends CallName> = Awaited<ReturnType<Model[C]>>;
/** The same calls over a worker: all of them wait. */
export type Calls = {readonly [C in CallName]: (...args: Parameters<Model[C]>) => Promise<Answer<C>>};

export type Request =
  | {readonly type: "load"; readonly id: number; readonly addresses: Addresses}
  | {
      readonly type: "draw";
      readonly id: number;
      readonly pipeline: PipelineName;
      readonly options: Sendable<PipelineName>;
    }
  | {readonly type: "call"; readonly id: number; readonly method: CallName; readonly args: readonly unknown[]}
  | {readonly type: "cancel"; readonly id: number};

export type Response =
  | {readonly type: "progress"; readonly id: number; readonly progress: Progress}
  | {readonly type: "step"; readonly id: number; readonly record: StepRecord}
  | {readonly type: "done"; readonly id: number; readonly result: Ready | Answer<CallName> | null}
  | {readonly type: "failed"; readonly id: number; readonly message: string; readonly aborted: boolean};
