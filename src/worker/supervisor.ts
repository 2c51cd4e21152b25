/**
 * Keeps a worker at work: starts one when there is something to ask, and replaces one that died, or that says that nothing
 * it has opened can be trusted any more. The next worker is asked, once, what the last one still owed.
 */
import type {EngineModel} from "../sources/open.js";
import {createWatchdog} from "./watchdog.js";
import type {Backend, Question, Request, Response, WorkerStatus} from "./protocol.js";

/** The part of a Worker that is used: tests pass their own. */
export type WorkerLike = Pick<Worker, "postMessage" | "terminate" | "addEventListener">;

/** `notice`: what the reader should know, such as a backend that was replaced, or an engine that was started again. */
export type EngineStatus =
  | {readonly state: "idle"}
  | Exclude<WorkerStatus, {state: "ready"}>
  | (Extract<WorkerStatus, {state: "ready"}> & {readonly notice: string | null});

export interface SupervisorParts {
  readonly startWorker: () => WorkerLike;
  readonly model: () => EngineModel;
  /** The worker holds one of these for as long as it lives; without, a death without a word is not noticed. */
  readonly locks: Pick<LockManager, "request"> | undefined;
  /** Factor of the times after which a worker that does not answer is given up; 1 if left out. */
  readonly patience?: number;
  onStatus(status: EngineStatus): void;
}

export interface Asked<T> {
  readonly result: Promise<T>;
  /** The answer is wanted no more: `result` rejects with the reason, and a drawing stops within a step. */
  cancel(reason: Error): void;
}

export interface Supervisor {
  /** @param question made anew for another worker: a drawing goes on where it was */
  ask<T>(question: () => Question, onStep?: (record: StepOf) => void): Asked<T>;
  /** End the worker; whatever is under way fails with the reason. */
  stop(reason: Error): void;
}

type StepOf = Extract<Response, {type: "step"}>["record"];

interface Waiting {
  question(): Question;
  /** How many workers have been asked. */
  tries: number;
  onStep?(record: StepOf): void;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Running {
  readonly port: WorkerLike;
  readonly end: AbortController;
}

const TRIES = 2;

const DIED = "the engine stopped without a word: the device may be out of memory; close other tabs and try again";
const STUCK = "the engine does not answer any more: the device may be out of memory; close other tabs and try again";
const NOT_STARTED = "the engine cannot start: its program did not load; look at the connection and try again";

export function createSupervisor({startWorker, model, locks, patience = 1, onStatus}: SupervisorParts): Supervisor {
  const avoid = new Set<Backend>();
  const waiting = new Map<number, Waiting>(); // in the order in which they were asked
  let running: Running | null = null;
  let notice: string | null = null;
  let nextId = 1;

  function start(): Running {
    const started = {port: startWorker(), end: new AbortController()};
    const life = `diffusion-unrolled-${Math.random()}`;
    const dies = (message: string): void => {
      if (running === started) replace(message, restarted(message));
    };
    let backend: Backend = "wasm";
    const watchdog = createWatchdog({patience, onStuck: () => broken({message: STUCK, backend, unfit: false})});
    started.end.signal.addEventListener("abort", watchdog.end);
    let spoke = false;
    started.port.addEventListener("message", (event) => {
      if (running !== started) return;
      spoke = true;
      const response = (event as MessageEvent<Response>).data;
      if (response.type === "work") {
        ({backend} = response);
        return watchdog.work(response.work);
      }
      watchdog.heard();
      if (response.type === "beat") return;
      if (response.type !== "alive") return receive(response);
      // The lock falls to the page when the worker lets it go, which it does in dying alone.
      locks?.request(life, {signal: started.end.signal}, () => dies(DIED)).catch(() => {}); // ended by the page itself
    });
    started.port.addEventListener("error", () => dies(spoke ? DIED : NOT_STARTED));
    started.port.postMessage({type: "start", model: model(), avoid: [...avoid], life} satisfies Request);
    onStatus({state: "loading", loadedBytes: 0, totalBytes: 0, file: ""});
    return started;
  }

  function end(): void {
    running?.port.terminate();
    running?.end.abort();
    running = null;
  }

  function replace(message: string, told: string): void {
    end();
    notice = told;
    const lost = [...waiting].filter(([, {tries}]) => tries >= TRIES);
    for (const [id] of lost) settle(id)?.reject(new Error(message));
    if (waiting.size) for (const id of [...waiting.keys()]) send(id);
    else onStatus(lost.length ? {state: "error", message} : {state: "idle"});
  }

  function broken({message, backend, unfit}: Omit<Extract<Response, {type: "broken"}>, "type">): void {
    const again = [...waiting.values()].some(({tries}) => tries >= TRIES);
    if (backend === "wasm" || !(unfit || again)) return replace(message, restarted(message));
    avoid.add(backend);
    replace(message, `${backend} is not used here, but the next best backend: ${causeOf(message)}`);
  }

  function receive(response: Exclude<Response, {type: "alive" | "beat" | "work"}>): void {
    switch (response.type) {
      case "status":
        return onStatus(response.status.state === "ready" ? {...response.status, notice} : response.status);
      case "broken":
        return broken(response);
      case "step":
        return waiting.get(response.id)?.onStep?.(response.record);
      case "done":
        return settle(response.id)?.resolve(response.result);
      case "failed":
        return settle(response.id)?.reject(errorOf(response));
    }
  }

  function settle(id: number): Waiting | undefined {
    const request = waiting.get(id);
    waiting.delete(id);
    return request;
  }

  function send(id: number): void {
    const request = waiting.get(id);
    if (!request) return;
    request.tries++;
    running ??= start();
    running.port.postMessage({...request.question(), id} satisfies Request);
  }

  return {
    ask<T>(question: () => Question, onStep?: (record: StepOf) => void): Asked<T> {
      const id = nextId++;
      const result = new Promise<T>((resolve, reject) => {
        waiting.set(id, {question, tries: 0, onStep, resolve: resolve as (value: unknown) => void, reject});
      });
      send(id);
      const cancel = (reason: Error): void => {
        const request = settle(id);
        if (!request) return;
        running?.port.postMessage({type: "cancel", id} satisfies Request);
        request.reject(reason);
      };
      return {result, cancel};
    },
    stop(reason) {
      end();
      for (const id of [...waiting.keys()]) settle(id)?.reject(reason);
      onStatus({state: "idle"});
    }
  };
}

/** A fault's message is its cause, a semicolon, and the remedy, which is the reader's only where the restart did not help. */
const causeOf = (message: string): string => message.split(";")[0];

const restarted = (message: string): string => `the engine was started again and went on: ${causeOf(message)}`;

function errorOf({message, aborted}: Extract<Response, {type: "failed"}>): Error {
  return aborted ? new DOMException(message, "AbortError") : new Error(message);
}
