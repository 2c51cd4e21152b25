/** The worker's side: one model, one queue, and an answer to every question. What a worker is made of is passed in. */
import {messageOf} from "../messageOf.js";
import {RuntimeFault} from "../models/fault.js";
import {belongsTo, type ModelFolder, type PartName} from "../models/folder.js";
import {loadModel, type Model} from "../models/model.js";
import type {Work} from "../models/runtime.js";
import type {Pipeline} from "../pipeline.js";
import {PIPELINES} from "../pipelines/registry.js";
import {remembered} from "../remembered.js";
import {openModel, type Places} from "../sources/open.js";
import type {OpenRuntime} from "./backend.js";
import {createLoading} from "./loading.js";
import {CALLS, type Backend, type Question, type Request, type Response, type Result, type Start} from "./protocol.js";

export interface HostParts extends Places {
  /** @param given what is needed here no more: its buffers move to the page, uncopied */
  post(response: Response, given?: unknown): void;
  /** The backends of this device, the best first. */
  backends(): Promise<readonly Backend[]>;
  readonly openRuntime: OpenRuntime;
  /** Left out where there are none (an insecure address): a death without a word is then not noticed. */
  readonly locks?: Pick<LockManager, "request">;
  readonly now?: () => number;
}

interface Loaded {
  readonly model: Model;
  readonly backend: Backend;
  readonly threads: number;
  announce(parts: readonly PartName[]): void;
}

/** @returns what takes the page's messages */
export function createHost(parts: HostParts): (request: Request) => void {
  const {post, now = () => performance.now()} = parts;
  const drawings = new Map<number, AbortController>();
  const failed = new Set<PartName>(); // to be tried again
  let host: Start | null = null;
  let loaded: Loaded | null = null;
  let trouble = "";
  let backend: Backend = "wasm"; // until it is known
  let beating: ReturnType<typeof setInterval> | undefined;

  const loading = createLoading(
    {
      onProgress: (progress) => post({type: "status", status: {state: "loading", ...progress}}),
      onRest(seconds) {
        if (!loaded || failed.size) return post({type: "status", status: {state: "error", message: trouble}});
        const {model, backend, threads} = loaded;
        post({type: "status", status: {state: "ready", info: model.info, backend, threads, seconds}});
      }
    },
    now
  );

  /** What every page needs: the runtime, and what the folder says of itself. */
  const opened = remembered(() =>
    loading.during(async () => {
      try {
        return (loaded = await open());
      } catch (error) {
        trouble = messageOf(error);
        throw error;
      }
    })
  );

  async function open(): Promise<Loaded> {
    if (!host) throw new Error("the worker was not told where the model lies: start it first");
    const {model: wanted, avoid} = host;
    const backends = (await parts.backends()).filter((backend) => !avoid.includes(backend));
    backend = backends[0] ?? "wasm";
    const runtime = parts.openRuntime(backend, (message) => broken(message, backend, false));
    runtime.catch(() => {}); // awaited below; a failed download must not leave it unhandled
    const {manifest, folder: remote} = await openModel(wanted, parts, loading.count);
    const folder = told(remote);
    const announce = (names: readonly PartName[]): void => {
      const files = manifest.files.filter((file) => names.some((name) => belongsTo(name, file)));
      loading.announce(files.filter(({path}) => !folder.had(path)));
    };
    const {ort, options: session, threads, written} = await runtime;
    const model = await loadModel(ort, folder, manifest, {session, whileOpening, onWork, written});
    return {model, backend, threads, announce};
  }

  /** Tells the page what the thread is given away to, and beats while a graph is being opened and the thread is free. */
  function onWork(work: Work | null): void {
    post({type: "work", work, backend});
    clearInterval(beating);
    if (work?.kind === "open") beating = setInterval(() => post({type: "beat"}), 1000);
  }

  /** Opens a part, and keeps in mind that it could not be had; a fault is the next worker's. */
  function whileOpening<T>(part: PartName, task: () => Promise<T>): Promise<T> {
    return loading.during(async () => {
      try {
        const result = await task();
        failed.delete(part);
        return result;
      } catch (error) {
        trouble = messageOf(error);
        if (!faultOf(error)) failed.add(part);
        throw error;
      }
    });
  }

  /** The folder, telling the page when a file comes for the first time. */
  function told(folder: ModelFolder): ModelFolder & {had(path: string): boolean} {
    const had = new Set<string>();
    return {
      has: folder.has,
      had: (path) => had.has(path),
      async bytes(path) {
        if (had.has(path)) return folder.bytes(path);
        const bytes = await loading.during(() => folder.bytes(path));
        had.add(path);
        return bytes;
      }
    };
  }

  function load(names: readonly PartName[]): Promise<Result> {
    return loading.around(async () => {
      const {model, announce} = await opened.get();
      const wanted = [...new Set([...names, ...failed])];
      announce(wanted);
      await model.open(wanted);
      return model.info;
    });
  }

  async function draw(id: number, {pipeline, options}: Extract<Question, {type: "draw"}>): Promise<null> {
    const controller = new AbortController();
    drawings.set(id, controller);
    try {
      const {model} = await opened.get();
      const run = PIPELINES[pipeline] as Pipeline<object, Model>; // the client pairs each name with its own options
      await messages();
      controller.signal.throwIfAborted(); // cancelled while it waited: it costs nothing
      for await (const record of run(model, {...options, signal: controller.signal})) {
        post({type: "step", id, record}, record.inside);
        await messages();
      }
      return null;
    } finally {
      drawings.delete(id);
    }
  }

  async function call({method, args}: Extract<Question, {type: "call"}>): Promise<Result> {
    if (!CALLS.includes(method)) throw new Error(`the engine has no call ${String(method)}`);
    const {model} = await opened.get();
    return Reflect.apply(model[method], model, args) as Result | Promise<Result>;
  }

  async function answer(id: number, question: Question): Promise<void> {
    try {
      const result = await (question.type === "load"
        ? load(question.parts)
        : question.type === "draw"
          ? draw(id, question)
          : call(question));
      post({type: "done", id, result}, result);
    } catch (error) {
      fail(id, error);
    }
  }

  function fail(id: number, error: unknown): void {
    const message = messageOf(error);
    const fault = faultOf(error);
    if (fault) broken(message, fault.backend, fault.unfit);
    else post({type: "failed", id, message, aborted: error instanceof Error && error.name === "AbortError"});
  }

  /** What another worker, or another backend, may mend. */
  function faultOf(error: unknown): {backend: Backend; unfit: boolean} | null {
    if (!(error instanceof RuntimeFault)) return null;
    const unfit = error.kind.replaceable && backend !== "wasm";
    return unfit || error.kind.passing ? {backend, unfit} : null;
  }

  /** The page starts another worker, and asks it what this one still owes. */
  const broken = (message: string, backend: Backend, unfit: boolean): void =>
    post({type: "broken", message, backend, unfit});

  return (request) => {
    switch (request.type) {
      case "start":
        host = request;
        void parts.locks?.request(request.life, () => {
          post({type: "alive"});
          return new Promise<never>(() => {}); // held until death
        });
        return;
      case "cancel":
        return drawings.get(request.id)?.abort();
      default:
        return void answer(request.id, request);
    }
  };
}

/** Let waiting messages in (a cancel, a decode): wasm leaves the thread no other gap. */
function messages(): Promise<void> {
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
