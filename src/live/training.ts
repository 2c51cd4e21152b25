/** The page's side of live training: a worker that learns until it is told to stop. Leaving the page frees all of it. */
import type {Tensor} from "../tensor.js";
import type {WorkerLike} from "../worker/client.js";
import type {DenoiserSettings} from "./denoiser.js";
import type {Lesson} from "./lesson.js";
import type {DrawingOptions, FieldOptions, TrainingProgress, TrainingRequest, TrainingResponse} from "./protocol.js";

export interface Training {
  /** A fresh network for this lesson; it waits for `run`. */
  begin(lesson: Lesson, settings: DenoiserSettings): void;
  run(): void;
  pause(): void;
  /** Particles [1, 2, N, 1] by a sampler of the engine, from the network as it is now. */
  draw(options: DrawingOptions): Promise<Tensor>;
  /** The network's raw output at points. */
  field(options: FieldOptions): Promise<Tensor>;
  dispose(): void;
}

export interface TrainingHooks {
  onProgress(progress: TrainingProgress): void;
  onError(message: string): void;
  readonly worker?: () => WorkerLike;
}

const liveWorker = (): WorkerLike => new Worker(import.meta.resolve("./worker.js"), {type: "module"});

export function startTraining({onProgress, onError, worker: start = liveWorker}: TrainingHooks): Training {
  let worker: WorkerLike | null = null;
  let nextId = 1;
  const waiting = new Map<number, {resolve(result: Tensor): void; reject(error: Error): void}>();

  function started(): WorkerLike {
    const made = start();
    made.addEventListener("message", (event) => receive((event as MessageEvent<TrainingResponse>).data));
    made.addEventListener("error", () => {
      stop("the worker that trains has stopped");
      onError("the small network's worker has stopped; press Begin again");
    });
    return made;
  }

  function receive(response: TrainingResponse): void {
    if (response.type === "progress") return onProgress(response.progress);
    const request = response.id === null ? undefined : waiting.get(response.id);
    if (response.id !== null) waiting.delete(response.id);
    if (response.type === "done") return request?.resolve(response.result);
    if (request) request.reject(new Error(response.message));
    else onError(response.message);
  }

  function stop(message: string): void {
    worker?.terminate();
    worker = null;
    for (const {reject} of waiting.values()) reject(new Error(message));
    waiting.clear();
  }

  const tell = (request: TrainingRequest): void => (worker ??= started()).postMessage(request);

  function ask(
    request: {type: "draw"; options: DrawingOptions} | {type: "field"; options: FieldOptions}
  ): Promise<Tensor> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, {resolve, reject});
      tell({...request, id});
    });
  }

  return {
    begin: (lesson, settings) => tell({type: "begin", lesson, settings}),
    run: () => tell({type: "run"}),
    pause: () => tell({type: "pause"}),
    draw: (options) => ask({type: "draw", options}),
    field: (options) => ask({type: "field", options}),
    dispose: () => stop("the training was closed")
  };
}
