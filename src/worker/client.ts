/** The page's side of the engine: the only thing pages use. It starts the worker, and starts it again once if it dies. */
import type {ModelInfo} from "../models/model.js";
import type {DrawOptions, StepRecord} from "../pipeline.js";
import type {PipelineName, PipelineOptions} from "../pipelines/registry.js";
import {CALLS, type Backend, type Calls, type Ready, type Request, type Response} from "./protocol.js";

export type EngineStatus =
  | {readonly state: "idle"}
  | {readonly state: "loading"; readonly loadedBytes: number; readonly totalBytes: number; readonly file: string}
  | {
      readonly state: "ready";
      readonly backend: Backend;
      readonly threads: number;
      readonly seconds: number;
      readonly info: ModelInfo;
    }
  | {readonly state: "error"; readonly message: string};

/** Beside what is named here, the model's own calls (decode, tokenize, inside ...: see Model), which load it if need be. */
export interface Engine extends Calls {
  readonly status: EngineStatus;
  /** Hear of every change of status; returns a function that stops it. */
  onStatus(listener: (status: EngineStatus) => void): () => void;
  /** Fetch and check the model. Calls share one load; after a failure the next call tries again. */
  load(): Promise<ModelInfo>;
  /** Text to image, a record a step. Leaving the loop, or aborting `signal`, stops the worker within one step. */
  draw(options: DrawOptions): AsyncGenerator<StepRecord>;
  /** The same with any pipeline. Guidance that changes from step to step is a list here: functions do not travel. */
  run<Name extends PipelineName>(pipeline: Name, options: PipelineOptions<Name>): AsyncGenerator<StepRecord>;
  /** Stop the worker; whatever is under way fails. */
  dispose(): void;
}

/** The part of a Worker that is used: tests pass their own. */
export type WorkerLike = Pick<Worker, "postMessage" | "terminate" | "addEventListener">;

export interface EngineOptions {
  readonly worker?: () => WorkerLike;
  /** Address of the model folder, ending in a slash. */
  readonly modelUrl?: string;
}

interface Waiting {
  onStep?(record: StepRecord): void;
  onProgress?(progress: {loadedBytes: number; totalBytes: number; file: string}): void;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const DIED = "the engine stopped without a word: the device may be out of memory; close other tabs and try again";

const NOT_STARTED = "the engine cannot start: its program did not load; look at the connection and reload the page";

const siteWorker = (): WorkerLike => new Worker(import.meta.resolve("./worker.js"), {type: "module"});
const siteModel = (): string => new URL("_file/models/tiny/", document.baseURI).href;

export function createEngine({worker: startWorker = siteWorker, modelUrl}: EngineOptions = {}): Engine {
  let status: EngineStatus = {state: "idle"};
  let worker: WorkerLike | null = null;
  let loading: Promise<ModelInfo> | null = null;
  let nextId = 1;
  const listeners = new Set<(status: EngineStatus) => void>();
  const waiting = new Map<number, Waiting>();

  function setStatus(next: EngineStatus): void {
    status = next;
    for (const listener of listeners) listener(next);
  }

  function start(): WorkerLike {
    const started = startWorker();
    let spoke = false;
    started.addEventListener("message", (event) => {
      spoke = true;
      receive((event as MessageEvent<Response>).data);
    });
    started.addEventListener("error", () => stop(new Error(spoke ? DIED : NOT_STARTED)));
    return started;
  }

  /** End the worker and all that waits for it; the next call starts afresh. */
  function stop(error: Error): void {
    worker?.terminate();
    worker = null;
    loading = null;
    const failed = [...waiting.values()];
    waiting.clear();
    for (const {reject} of failed) reject(error);
    if (status.state !== "idle") setStatus({state: "error", message: error.message});
  }

  function receive(response: Response): void {
    const request = waiting.get(response.id);
    if (!request) return;
    if (response.type === "step") return request.onStep?.(response.record);
    if (response.type === "progress") return request.onProgress?.(response.progress);
    waiting.delete(response.id);
    if (response.type === "done") request.resolve(response.result);
    else
      request.reject(response.aborted ? new DOMException(response.message, "AbortError") : new Error(response.message));
  }

  type Body<R> = R extends {id: number} ? Omit<R, "id"> : never;

  function ask<T>(
    body: Body<Request>,
    hooks: Pick<Waiting, "onStep" | "onProgress"> = {}
  ): {id: number; result: Promise<T>} {
    const id = nextId++;
    worker ??= start();
    const result = new Promise<T>((resolve, reject) => {
      waiting.set(id, {...hooks, resolve: resolve as (value: unknown) => void, reject});
    });
    worker.postMessage({...body, id} as Request);
    return {id, result};
  }

  async function open(): Promise<ModelInfo> {
    setStatus({state: "loading", loadedBytes: 0, totalBytes: 0, file: ""});
    const addresses = {model: modelUrl ?? siteModel()};
    const onProgress: Waiting["onProgress"] = (progress) => setStatus({state: "loading", ...progress});
    const ready = await ask<Ready>({type: "load", addresses}, {onProgress}).result;
    setStatus({state: "ready", ...ready});
    return ready.info;
  }

  const call = async (method: keyof Calls, args: readonly unknown[]): Promise<unknown> => {
    await engine.load();
    return ask({type: "call", method, args}).result;
  };
  const calls = CALLS.map((method) => [method, (...args: unknown[]) => call(method, args)] as const);

  const engine: Engine = {
    ...(Object.fromEntries(calls) as unknown as Calls),
    get status() {
      return status;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load() {
      loading ??= open().catch((error: Error) => {
        loading = null;
        setStatus({state: "error", message: error.message});
        throw error;
      });
      return loading;
    },
    draw: (options) => engine.run("textToImage", options),
    async *run(pipeline, {signal, ...options}) {
      await engine.load();
      signal?.throwIfAborted();
      const steps: StepRecord[] = [];
      let wake = (): void => {};
      const {id, result} = ask<null>(
        {type: "draw", pipeline, options},
        {onStep: (record) => (steps.push(record), wake())}
      );
      const cancel = (): void => worker?.postMessage({type: "cancel", id} satisfies Request);
      let ended = false;
      const end = result.finally(() => {
        ended = true;
        wake();
      });
      end.catch(() => {}); // thrown below, when the steps before it are handed out
      signal?.addEventListener("abort", cancel, {once: true});
      try {
        while (!ended || steps.length) {
          if (signal?.aborted) break;
          const step = steps.shift();
          if (step) yield step;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
        await end;
        signal?.throwIfAborted();
      } finally {
        signal?.removeEventListener("abort", cancel);
        if (!ended) cancel();
      }
    },
    dispose() {
      stop(new Error("the engine was closed"));
      listeners.clear();
      setStatus({state: "idle"});
    }
  };
  return engine;
}
