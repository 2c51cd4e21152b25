/** Which onnxruntime to use here: asked once, before 14 or 27 MB are fetched for it. */
import type {OrtRuntime, SessionOptions} from "../models/runtime.js";
import type {Backend} from "./protocol.js";

export interface Runtime {
  readonly backend: Backend;
  readonly threads: number;
  readonly ort: OrtRuntime;
  readonly options: SessionOptions;
}

interface Adapter {
  readonly info?: {readonly isFallbackAdapter?: boolean};
  readonly isFallbackAdapter?: boolean;
}

const MAX_THREADS = 4;

/** Whether there is a real WebGPU adapter: one that is emulated on the processor is slower than wasm. */
export async function hasRealAdapter(): Promise<boolean> {
  const gpu = (navigator as {gpu?: {requestAdapter(): Promise<Adapter | null>}}).gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter));
}

export async function openBackend(backend: Backend): Promise<Runtime> {
  return backend === "webgpu" ? openWebGpu() : openWasm();
}

async function openWasm(): Promise<Runtime> {
  const ort = await import("onnxruntime-web/wasm");
  // Threads share memory, which only an isolated page may do.
  const threads = globalThis.crossOriginIsolated ? Math.min(MAX_THREADS, navigator.hardwareConcurrency || 1) : 1;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = {wasm: import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")};
  return {backend: "wasm", threads, ort, options: {executionProviders: ["wasm"]}};
}

async function openWebGpu(): Promise<Runtime> {
  const ort = await import("onnxruntime-web/webgpu");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = {wasm: import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm")};
  // NCHW: in the default layout some convolutions are wrong (microsoft/onnxruntime#29651).
  const provider = {name: "webgpu", preferredLayout: "NCHW"} as const;
  return {backend: "webgpu", threads: 1, ort, options: {executionProviders: [provider, "wasm"]}};
}
