/** Owns onnxruntime: one model, one queue, nothing heavy on the page's own thread. */
import {openRemoteFolder, type Network} from "../models/download.js";
import {neededForDrawing, type Manifest, type ModelFolder} from "../models/folder.js";
import {loadModel, selfTest, type Model} from "../models/model.js";
import type {Pipeline} from "../pipeline.js";
import {PIPELINES} from "../pipelines/registry.js";
import {hasRealAdapter, openBackend} from "./backend.js";
import {CALLS, type Addresses, type Backend, type Ready, type Request, type Response} from "./protocol.js";
import {buffersOf} from "./transfer.js";

/** @param given what the worker needs no more: its buffers move to the page, uncopied */
const post = (response: Response, given: unknown = null): void => postMessage(response, {transfer: buffersOf(given)});

const network: Network = {
  fetch: (url, init) => fetch(url, init),
  caches: "caches" in globalThis ? caches : undefined,
  digest: globalThis.crypto?.subtle
    ? (bytes) => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)
    : undefined
};

let loading: Promise<{model: Model; ready: Ready}> | null = null;
const drawings = new Map<number, AbortController>();

/** Load once; a failed load may be tried again. */
function load(id: number, addresses: Addresses): Promise<{model: Model; ready: Ready}> {
  loading ??= open(id, addresses).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function open(id: number, addresses: Addresses): Promise<{model: Model; ready: Ready}> {
  const began = performance.now();
  const onProgress = (progress: Parameters<NonNullable<Parameters<typeof openRemoteFolder>[2]>>[0]): void =>
    post({type: "progress", id, progress});
  const wanted: Backend = (await hasRealAdapter()) ? "webgpu" : "wasm";
  const {manifest, folder} = await openRemoteFolder(addresses.model, network, onProgress);
  const runtime = openBackend(wanted);
  runtime.catch(() => {}); // awaited below; a failed download must not leave it unhandled
  await Promise.all(manifest.files.filter(neededForDrawing).map(({path}) => folder.bytes(path)));
  const {model, backend, threads} = await start(wanted, runtime, folder, manifest);
  return {model, ready: {info: model.info, backend, threads, seconds: (performance.now() - began) / 1000}};
}

/** A backend that cannot run the model, or fails the self-test, is replaced by wasm. */
async function start(
  wanted: Backend,
  runtime: ReturnType<typeof openBackend>,
  folder: ModelFolder,
  manifest: Manifest
): Promise<{model: Model; backend: Backend; threads: number}> {
  const {ort, options, backend, threads} = await runtime;
  try {
    const model = await loadModel(ort, folder, manifest, options);
    await selfTest(model, folder);
    return {model, backend, threads};
  } catch (error) {
    if (wanted === "wasm") throw error;
    console.info(`webgpu is not used: ${messageOf(error)}`);
    return start("wasm", openBackend("wasm"), folder, manifest);
  }
}

async function loaded(): Promise<Model> {
  if (!loading) throw new Error("the model is not loaded: call load() first");
  return (await loading).model;
}

async function draw({id, pipeline, options}: Extract<Request, {type: "draw"}>): Promise<null> {
  const controller = new AbortController();
  drawings.set(id, controller);
  try {
    const run = PIPELINES[pipeline] as Pipeline<object, Model>; // the client pairs each name with its own options
    for await (const record of run(await loaded(), {...options, signal: controller.signal})) {
      post({type: "step", id, record}, record.inside);
      await messages();
    }
    return null;
  } finally {
    drawings.delete(id);
  }
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

async function call({method, args}: Extract<Request, {type: "call"}>): Promise<Result> {
  if (!CALLS.includes(method)) throw new Error(`the engine has no call ${String(method)}`);
  const model = await loaded();
  return Reflect.apply(model[method], model, args) as Result | Promise<Result>;
}

type Result = Extract<Response, {type: "done"}>["result"];

async function answer(request: Request): Promise<Result> {
  switch (request.type) {
    case "load":
      return (await load(request.id, request.addresses)).ready;
    case "draw":
      return draw(request);
    case "call":
      return call(request);
    case "cancel":
      drawings.get(request.id)?.abort();
      return null;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

addEventListener("message", async ({data: request}: MessageEvent<Request>) => {
  const {id} = request;
  try {
    const result = await answer(request);
    if (request.type !== "cancel") post({type: "done", id, result}, result);
  } catch (error) {
    const aborted = error instanceof Error && error.name === "AbortError";
    post({type: "failed", id, message: messageOf(error), aborted});
  }
});
