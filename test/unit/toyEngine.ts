// The engine without a browser: the page's side and the worker's, a model folder in memory, and an onnxruntime of a few lines.
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import type {Network} from "../../src/models/download.js";
import {PARTS, type PartName} from "../../src/models/folder.js";
import type {OrtRuntime} from "../../src/models/runtime.js";
import {readGraph, withOutputs} from "../../src/trace/graph.js";
import type {Backend, Request, Response} from "../../src/worker/protocol.js";
import type {OpenRuntime} from "../../src/worker/backend.js";
import {createHost, type HostParts} from "../../src/worker/host.js";
import type {WorkerLike} from "../../src/worker/client.js";

export const BASE = "https://site.test/model/";
const TINY = "data/models/tiny/";
const JSONS = [
  "tokenizer/tokenizer.json",
  "tokenizer/tokenizer_config.json",
  "scheduler/scheduler_config.json",
  "unet/config.json",
  "vae_decoder/config.json",
  "clip/tokenizer.json",
  "clip/tokenizer_config.json",
  "clip/config.json",
  "clip/preprocessor_config.json"
];

export interface ToyNetwork extends Network {
  /** Paths, in the order in which they were fetched. */
  readonly fetched: string[];
  /** What the server gives in place of a file, until it is deleted. */
  readonly spoilt: Map<string, () => Response | globalThis.Response>;
}

/** The shipped model's own small files, graphs that are their own names, and the toy's right answers. */
export function toyNetwork(): ToyNetwork {
  const files = new Map<string, Uint8Array>(JSONS.map((path) => [path, readFileSync(TINY + path)]));
  for (const path of Object.values(PARTS)) files.set(path, toyGraph(path));
  files.set("self_test.json", new TextEncoder().encode(JSON.stringify(toyAnswers())));
  const manifest = {
    ...{name: "toy", version: 1, recommended: {guidance: 4, steps: 4, sampler: "ddim"}},
    preview: {factors: [], bias: []},
    files: [...files].map(([path, bytes]) => ({path, size: bytes.length, sha256: sha256(bytes)}))
  };
  const fetched: string[] = [];
  const spoilt: ToyNetwork["spoilt"] = new Map();
  return {
    ...{fetched, spoilt},
    async fetch(url) {
      const path = url.slice(BASE.length);
      fetched.push(path);
      if (path === "manifest.json") return globalThis.Response.json(manifest);
      const given = spoilt.get(path)?.();
      return (given ?? new globalThis.Response(files.get(path) as Uint8Array<ArrayBuffer>)) as globalThis.Response;
    },
    digest: async (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()).buffer
  };
}

/** A file of an output alone, which has the file's own name. */
export const toyGraph = (path: string): Uint8Array => withOutputs(new Uint8Array(), [path]);

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What the toy's graphs give for the shipped model's stored question. */
function toyAnswers(): object {
  const stored = JSON.parse(readFileSync(`${TINY}self_test.json`, "utf8")) as {input_ids: number[]};
  const hidden_states = stored.input_ids.slice(0, 16).map((id) => id / 1000);
  return {...stored, hidden_states, out_sample: [], image: [], tolerance: 1e-4};
}

type Data = Float32Array | BigInt64Array;

class ToyTensor {
  constructor(
    readonly type: string,
    readonly data: Data,
    readonly dims: readonly number[]
  ) {}
}

interface Signature {
  readonly inputs: readonly string[];
  readonly output: string;
  run(feeds: Readonly<Record<string, ToyTensor>>): ToyTensor;
}

const float = (values: Iterable<number>, dims: readonly number[]): ToyTensor =>
  new ToyTensor("float32", Float32Array.from(values), dims);

const types: Readonly<Record<string, string>> = {input_ids: "int64"};

/** Each value depends on all that it would in a real graph. */
const GRAPHS: Partial<Record<PartName, Signature>> = {
  text_encoder: {
    inputs: ["input_ids"],
    output: "last_hidden_state",
    run: ({input_ids: {data, dims}}) =>
      float(
        Array.from(data as BigInt64Array, (id) => Number(id) / 1000),
        [...dims, 1]
      )
  },
  unet: {
    inputs: ["sample", "timestep", "encoder_hidden_states"],
    output: "out_sample",
    run({sample, timestep, encoder_hidden_states: {data: states, dims}}) {
      const size = sample.data.length / sample.dims[0];
      const values = Array.from(sample.data as Float32Array, (value, i) => {
        const text = states[Math.floor(i / size) * dims[1] + 2] as number; // the second word: the first is "a"
        return Math.sin(value + Number(timestep.data[0]) / 300 + text);
      });
      return float(values, sample.dims);
    }
  },
  vae_decoder: {
    inputs: ["latent_sample"],
    output: "sample",
    run: ({latent_sample: {data, dims}}) => float((data as Float32Array).slice(0, 12 * dims[0]), [dims[0], 3, 2, 2])
  }
};

/** What can be done to a toy runtime; all may be changed while it works. */
export interface Mishaps {
  /** Throws, or waits, in place of a run of this part. */
  beforeRun?: (part: PartName) => void | Promise<void>;
  beforeCreate?: (part: PartName) => void;
  /** Added to every value that comes out. */
  off?: number;
}

export interface ToyRuntime {
  readonly ort: OrtRuntime;
  /** "open unet", "run unet", "release unet" ... */
  readonly log: string[];
}

export function toyOrt(mishaps: Mishaps = {}): ToyRuntime {
  const log: string[] = [];
  const create = async (bytes: Uint8Array) => {
    const [path] = readGraph(bytes).outputs;
    const part = (Object.keys(PARTS) as PartName[]).find((name) => PARTS[name] === path);
    const graph = part && GRAPHS[part];
    if (!graph) throw new Error(`Can't create a session. ERROR_CODE: 7, ERROR_MESSAGE: ${path} is no toy`);
    mishaps.beforeCreate?.(part);
    log.push(`open ${part}`);
    return {
      inputNames: graph.inputs,
      outputNames: [graph.output],
      inputMetadata: graph.inputs.map((name) => ({name, isTensor: true, type: types[name] ?? "float32", shape: []})),
      async run(feeds: Record<string, ToyTensor>) {
        await mishaps.beforeRun?.(part);
        log.push(`run ${part}`);
        const {data, dims} = graph.run(feeds);
        return {
          [graph.output]: float(
            [...data].map((value) => Number(value) + (mishaps.off ?? 0)),
            dims
          )
        };
      },
      release: async () => void log.push(`release ${part}`)
    };
  };
  return {ort: {InferenceSession: {create}, Tensor: ToyTensor} as unknown as OrtRuntime, log};
}

/** Locks as browsers have them, of this process alone. */
export class ToyLocks {
  private readonly queues = new Map<string, (() => void)[]>();

  readonly request = (async (name: string, ...rest: unknown[]): Promise<unknown> => {
    const task = rest.at(-1) as () => Promise<unknown>;
    const signal = (rest[0] as {signal?: AbortSignal}).signal;
    const queue = this.queues.get(name);
    if (queue) await new Promise<void>((resolve) => queue.push(resolve));
    else this.queues.set(name, []);
    signal?.throwIfAborted();
    return task();
  }) as LockManager["request"];

  /** Whoever holds a lock has died. */
  releaseAll(): void {
    for (const queue of this.queues.values()) queue.shift()?.();
  }
}

/** A worker in this very thread. Messages are copied, as they would be, and none comes through after its end. */
export class ToyWorker implements WorkerLike {
  readonly received: Request[] = [];
  ended = false;
  private readonly receive: (request: Request) => void;
  private readonly listeners = new Map<string, (event: Event) => void>();

  constructor(parts: Omit<HostParts, "post">) {
    this.receive = createHost({...parts, post: (response) => this.tell("message", response)});
  }

  addEventListener(type: string, listener: unknown): void {
    this.listeners.set(type, listener as (event: Event) => void);
  }

  postMessage(request: Request): void {
    this.received.push(request);
    const copy = structuredClone(request);
    setTimeout(() => this.ended || this.receive(copy));
  }

  terminate(): void {
    this.ended = true;
  }

  tell(type: "message" | "error", response?: Response): void {
    const event = {data: structuredClone(response)} as unknown as Event;
    if (!this.ended) setTimeout(() => this.ended || this.listeners.get(type)?.(event));
  }
}

/** A runtime for each backend: what `mishaps` says of it befalls it. */
export function toyRuntimes(mishaps: Partial<Record<Backend, Mishaps>> = {}): {
  openRuntime: OpenRuntime;
  /** Of all that were opened, in order. */
  readonly opened: (ToyRuntime & {backend: Backend; lose(): void})[];
} {
  const opened: (ToyRuntime & {backend: Backend; lose(): void})[] = [];
  return {
    opened,
    async openRuntime(backend, onLost) {
      const runtime = toyOrt(mishaps[backend]);
      opened.push({...runtime, backend, lose: () => onLost("the graphics device was lost (destroyed); try again")});
      return {backend, threads: 1, ort: runtime.ort, options: {}};
    }
  };
}
