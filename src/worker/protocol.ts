/** What the page and the worker say to each other. Every request has an id; a drawing answers many times. */
import type {ModelInfo} from "../models/model.js";
import type {Progress} from "../models/download.js";
import type {Tokenized} from "../models/tokenizer.js";
import type {DrawOptions, StepRecord} from "../pipeline.js";
import type {Tensor} from "../tensor.js";

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

export type DrawRequest = Omit<DrawOptions, "signal">;

export type Request =
  | {readonly type: "load"; readonly id: number; readonly addresses: Addresses}
  | {readonly type: "draw"; readonly id: number; readonly options: DrawRequest}
  | {readonly type: "decode"; readonly id: number; readonly latents: Tensor}
  | {readonly type: "tokenize"; readonly id: number; readonly text: string}
  | {readonly type: "cancel"; readonly id: number};

export type Response =
  | {readonly type: "progress"; readonly id: number; readonly progress: Progress}
  | {readonly type: "step"; readonly id: number; readonly record: StepRecord}
  | {readonly type: "done"; readonly id: number; readonly result: Ready | Tensor | Tokenized | null}
  | {readonly type: "failed"; readonly id: number; readonly message: string; readonly aborted: boolean};
