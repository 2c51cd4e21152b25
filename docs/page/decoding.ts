import {imagePixels, type Pixels} from "../components/pixels.js";
import type {Tensor} from "../src/tensor.js";
import {isReadable} from "./recordedLatents.js";

/** What the queue needs: the decoder, whether it should wait (a drawing is running), and whom to tell of a new picture. */
export interface DecodingOptions {
  decode(latents: Tensor): Promise<Tensor>;
  busy(): boolean;
  onDecoded(): void;
}

/** Decoded pictures, made on demand. */
export interface Decoding {
  /** The picture of these latents where it is known. */
  get(latents: Tensor): Pixels | null;
  /** A picture known from elsewhere (a recording). */
  put(latents: Tensor, pixels: Pixels): void;
  /** Wants this one next; a newer wish replaces an older one that has not begun. */
  want(latents: Tensor): void;
  /** Wants these when nothing else is to do; a newer list replaces an older one. */
  later(list: readonly Tensor[]): void;
  /** Looks for work: to be called when a drawing has ended or a decoder has come. */
  wake(): void;
}

/** One decode costs as much as a UNet step, so: one at a time, the newest wish first, the rest while the engine rests. */
export function createDecoding({decode, busy, onDecoded}: DecodingOptions): Decoding {
  const known = new WeakMap<Float32Array, Pixels>();
  const failed = new WeakSet<Float32Array>();
  let wanted: Tensor | null = null;
  let waiting: Tensor[] = [];
  let running = false;

  const open = (latents: Tensor) => !known.has(latents.data) && !failed.has(latents.data) && isReadable(latents);

  function next(): Tensor | undefined {
    const urgent = wanted;
    wanted = null;
    if (urgent && open(urgent)) return urgent;
    while (waiting.length) {
      const latents = waiting.shift()!;
      if (open(latents)) return latents;
    }
    return undefined;
  }

  async function wake(): Promise<void> {
    if (running || busy()) return;
    const latents = next();
    if (!latents) return;
    running = true;
    try {
      known.set(latents.data, imagePixels(await decode(latents)));
      onDecoded();
    } catch {
      failed.add(latents.data); // the preview stays; the engine reports what is wrong by its status
    } finally {
      running = false;
    }
    void wake();
  }

  return {
    get: ({data}) => known.get(data) ?? null,
    put: ({data}, pixels) => void known.set(data, pixels),
    want(latents) {
      wanted = latents;
      void wake();
    },
    later(list) {
      waiting = [...list];
      void wake();
    },
    wake: () => void wake()
  };
}
