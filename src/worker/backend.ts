/** Which onnxruntime to use here: asked once, before 14 or 27 MB are fetched for it. */
import {messageOf} from "../messageOf.js";
import {RuntimeFault} from "../models/fault.js";
import type {OrtRuntime, SessionOptions} from "../models/runtime.js";
import {listenToLog, type Written} from "../models/written.js";
import type {Backend} from "./protocol.js";

export interface Runtime {
  readonly backend: Backend;
  readonly threads: number;
  readonly ort: OrtRuntime;
  readonly options: SessionOptions;
  /** Hears what onnxruntime writes. */
  readonly written?: Written;
}

/** @param onLost is told when the device is gone on which sessions are open */
export type OpenRuntime = (backend: Backend, onLost: (message: string) => void) => Promise<Runtime>;

interface Adapter {
  readonly info?: {readonly isFallbackAdapter?: boolean};
  readonly isFallbackAdapter?: boolean;
}

const MAX_THREADS = 4;

/** The backends of this device, the best first. WebGPU emulated on the processor is slower than wasm, and not among them. */
export async function backendsHere(): Promise<readonly Backend[]> {
  const gpu = (navigator as {gpu?: {requestAdapter(): Promise<Adapter | null>}}).gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  const real = adapter && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
  return real ? ["webgpu", "wasm"] : ["wasm"];
}

export const openRuntime: OpenRuntime = async (backend, onLost) => {
  try {
    const written = listenToLog(console);
    return {...(await (backend === "webgpu" ? openWebGpu(onLost) : openWasm())), written};
  } catch (error) {
    const why = messageOf(error);
    const message = `onnxruntime cannot be fetched: ${why}; look at the connection and try again`;
    throw new RuntimeFault(message, {replaceable: false, passing: true}); // a worker never asks for a module twice
  }
};

async function openWasm(): Promise<Runtime> {
  const ort = await import("onnxruntime-web/wasm");
  // Threads share memory, which only an isolated page may do.
  const threads = globalThis.crossOriginIsolated ? Math.min(MAX_THREADS, navigator.hardwareConcurrency || 1) : 1;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = {wasm: import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")};
  return {backend: "wasm", threads, ort, options: {executionProviders: ["wasm"]}};
}

async function openWebGpu(onLost: (message: string) => void): Promise<Runtime> {
  const ort = await import("onnxruntime-web/webgpu");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = {wasm: import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm")};
  // NCHW: in the default layout some convolutions are wrong (microsoft/onnxruntime#29651).
  const provider = {name: "webgpu", preferredLayout: "NCHW"} as const;
  const device = async (): Promise<Device | undefined> => ort.env.webgpu.device as Promise<Device | undefined>;
  const options = {executionProviders: [provider, "wasm"]};
  return {backend: "webgpu", threads: 1, ort: watchingDevice(ort, device, onLost), options};
}

/** The part of a GPUDevice that is watched. */
export interface Device {
  readonly lost: Promise<{readonly reason: string; readonly message: string}>;
  addEventListener(type: "uncapturederror", listener: (event: {readonly error: object}) => void): void;
}

/**
 * The runtime, with an eye on the device of each session: one that is lost may leave a run waiting for ever, and one that
 * is out of memory computes wrong numbers. Releasing the last session gives the device back, which is no loss.
 */
export function watchingDevice(
  ort: OrtRuntime,
  deviceInUse: () => Promise<Device | undefined>,
  onLost: (message: string) => void
): OrtRuntime {
  const watched = new WeakSet<Device>();
  let open = 0;

  function watch(device: Device | undefined): void {
    if (!device || watched.has(device)) return;
    watched.add(device);
    void device.lost.then(({reason, message}) => {
      if (open) onLost(`the graphics device was lost (${message || reason}); try again`);
    });
    device.addEventListener("uncapturederror", ({error}) => {
      if (error.constructor.name === "GPUOutOfMemoryError")
        onLost("the graphics device is out of memory; close other tabs and try again");
    });
  }

  const create = async (...given: Parameters<OrtRuntime["InferenceSession"]["create"]>) => {
    const session = await ort.InferenceSession.create(...given);
    open++;
    watch(await deviceInUse());
    const release = session.release.bind(session);
    session.release = () => {
      open--;
      return release();
    };
    return session;
  };
  return {Tensor: ort.Tensor, InferenceSession: {create} as OrtRuntime["InferenceSession"]};
}
