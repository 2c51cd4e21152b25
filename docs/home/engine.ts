import type {Token} from "../components/tokenRow.js";
import type {DrawOptions, StepRecord} from "../src/pipeline.js";
import type {Tensor} from "../src/tensor.js";

/** Where the engine stands. */
export type EngineStatus =
  {state: "idle" | "ready"} | {state: "loading"; loaded: number; total: number} | {state: "error"; message: string};

/** What the page needs of the engine. */
export interface Engine {
  readonly status: EngineStatus;
  onStatus(listener: (status: EngineStatus) => void): () => void;
  load(): Promise<unknown>;
  draw(options: DrawOptions): AsyncIterable<StepRecord>;
  decode(latents: Tensor): Promise<Tensor>;
  tokenize(text: string): Promise<readonly Token[]>;
}

/** A stand-in until the engine is there: it never becomes ready. */
export function startEngine(): Engine {
  const never = () => new Promise<never>(() => {});
  const draw = async function* (): AsyncGenerator<StepRecord> {};
  return {status: {state: "idle"}, onStatus: () => () => {}, load: never, draw, decode: never, tokenize: never};
}
