/** The page's side of the engine: the only thing pages use. */
import type {PartName} from "../models/folder.js";
import type {ModelInfo} from "../models/model.js";
import type {DrawOptions, SavedStep, StepRecord} from "../pipeline.js";
import type {PipelineName, PipelineOptions} from "../pipelines/registry.js";
import type {EngineModel} from "../sources/open.js";
import {CALLS, type Calls, type Sendable} from "./protocol.js";
import {createSupervisor, type EngineStatus, type Supervisor, type WorkerLike} from "./supervisor.js";

export type {EngineStatus, WorkerLike} from "./supervisor.js";

/**
 * Beside what is named here, the model's own calls (decode, tokenize, inside ...: see Model). Each fetches and opens the
 * graphs that it needs when it first needs them. Whatever is under way when the worker dies is asked of another one.
 */
export interface Engine extends Calls {
  readonly status: EngineStatus;
  /** Hear of every change of status; returns a function that stops it. */
  onStatus(listener: (status: EngineStatus) => void): () => void;
  /** Read what the model is, and fetch, open and check these of its parts beforehand, and those that could not be had before. */
  load(parts?: readonly PartName[]): Promise<ModelInfo>;
  /** Text to image, a record a step. Leaving the loop, or aborting `signal`, stops the worker within one step. */
  draw(options: DrawOptions): AsyncGenerator<StepRecord>;
  /** The same with any pipeline. Guidance and controls of each step are lists here: functions do not travel. */
  run<Name extends PipelineName>(pipeline: Name, options: PipelineOptions<Name>): AsyncGenerator<StepRecord>;
  /** Stop the worker; whatever is under way fails. */
  dispose(): void;
}

export interface EngineOptions {
  readonly worker?: () => WorkerLike;
  /** Without: what the reader chose on the model page, else the shipped model. */
  readonly model?: EngineModel;
  readonly locks?: Pick<LockManager, "request">;
  /** Factor of the times after which a worker that does not answer is given up. */
  readonly patience?: number;
}

const siteWorker = (): WorkerLike => new Worker(import.meta.resolve("./worker.js"), {type: "module"});
const chosenOrShipped = (): EngineModel => ({
  kind: "chosen",
  otherwise: new URL("_file/models/tiny/", document.baseURI).href
});

export function createEngine({
  worker: startWorker = siteWorker,
  model,
  locks = globalThis.navigator?.locks,
  patience
}: EngineOptions = {}): Engine {
  let status: EngineStatus = {state: "idle"};
  let info: ModelInfo | null = null; // one object, however often it is told
  const listeners = new Set<(status: EngineStatus) => void>();

  function onStatus(next: EngineStatus): void {
    status = next.state === "ready" ? {...next, info: (info ??= next.info)} : next;
    for (const listener of listeners) listener(status);
  }

  const supervisor = createSupervisor({
    startWorker,
    model: () => model ?? chosenOrShipped(),
    locks,
    patience,
    onStatus
  });
  const calls = CALLS.map((method) => {
    const call = async (...args: unknown[]): Promise<unknown> =>
      supervisor.ask(() => ({type: "call", method, args})).result;
    return [method, call] as const;
  });

  const engine: Engine = {
    ...(Object.fromEntries(calls) as unknown as Calls),
    get status() {
      return status;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load(parts = []) {
      const told = await supervisor.ask<ModelInfo>(() => ({type: "load", parts})).result;
      return (info ??= told);
    },
    draw: (options) => engine.run("textToImage", options),
    run: (pipeline, {signal, ...options}) => records(supervisor, pipeline, options, signal),
    dispose() {
      supervisor.stop(new Error("the engine was closed"));
      listeners.clear();
    }
  };
  return engine;
}

/** The records of a run as they come. Where the worker was replaced, the last record is made again to go on from, and not told twice. */
async function* records(
  supervisor: Supervisor,
  pipeline: PipelineName,
  given: Sendable<PipelineName>,
  signal: AbortSignal | undefined
): AsyncGenerator<StepRecord> {
  signal?.throwIfAborted();
  let last = given.from && savedOf(given.from);
  let told = -1;
  let wake = (): void => {};
  let ended = false;
  const steps: StepRecord[] = [];
  const {result, cancel} = supervisor.ask<null>(
    () => ({type: "draw", pipeline, options: {...given, from: last}}),
    (record) => {
      if (record.index <= told) return;
      told = record.index;
      last = savedOf(record);
      steps.push(record);
      wake();
    }
  );
  const finish = (): void => {
    ended = true;
    wake();
  };
  result.then(finish, finish);
  const abort = (): void => cancel(signal?.reason as Error);
  signal?.addEventListener("abort", abort, {once: true});
  try {
    while (!ended || steps.length) {
      signal?.throwIfAborted();
      const step = steps.shift();
      if (step) yield step;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    await result;
  } finally {
    signal?.removeEventListener("abort", abort);
    cancel(new DOMException("nobody waits for the drawing any more", "AbortError"));
  }
}

/** What a run goes on from, without the rest of the record: a record may hold megabytes of maps. */
const savedOf = ({index, saved}: SavedStep): SavedStep => ({index, saved});
