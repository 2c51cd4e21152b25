/** What this browser offers a model, asked without loading anything. */

export interface Gpu {
  /** As the browser describes it, "" where it does not. */
  readonly description: string;
  readonly shaderF16: boolean;
  /** Bytes. */
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
}

export interface Device {
  /** Null where there is no WebGPU, or only one that is emulated on the processor. */
  readonly gpu: Gpu | null;
  /** Of wasm. */
  readonly threads: number;
  /** Rounded, and at most 8, as the browser tells it; null where it does not. */
  readonly memoryGB: number | null;
  /** Bytes that this site may still keep; null where the browser does not tell. */
  readonly storage: number | null;
}

interface Adapter {
  readonly info?: {readonly description?: string; readonly vendor?: string; readonly isFallbackAdapter?: boolean};
  readonly isFallbackAdapter?: boolean;
  readonly features: {has(name: string): boolean};
  readonly limits: {readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number};
}

/** The parts of `navigator` that are asked. */
export interface Asked {
  readonly gpu?: {requestAdapter(): Promise<Adapter | null>};
  readonly hardwareConcurrency?: number;
  readonly deviceMemory?: number;
  readonly storage?: {estimate(): Promise<{quota?: number; usage?: number}>};
}

const MOST_THREADS = 4;

/** @param isolated whether the page is cross-origin isolated, without which wasm has one thread */
export async function inspectDevice(navigator: Asked, isolated: boolean): Promise<Device> {
  const [adapter, estimate] = await Promise.all([
    navigator.gpu?.requestAdapter().catch(() => null),
    navigator.storage?.estimate().catch(() => null)
  ]);
  const emulated = adapter?.info?.isFallbackAdapter ?? adapter?.isFallbackAdapter;
  return {
    gpu: adapter && !emulated ? gpuOf(adapter) : null,
    threads: isolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency ?? 1) : 1,
    memoryGB: navigator.deviceMemory ?? null,
    storage: estimate?.quota === undefined ? null : estimate.quota - (estimate.usage ?? 0)
  };
}

function gpuOf({info, features, limits}: Adapter): Gpu {
  return {
    description: info?.description || info?.vendor || "",
    shaderF16: features.has("shader-f16"),
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize
  };
}
