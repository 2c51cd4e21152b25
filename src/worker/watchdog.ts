/**
 * Notices a worker that no longer answers. A want of memory can leave onnxruntime waiting for ever for a lock of its own,
 * with the whole thread: no error comes, and no later message is heard. So the worker says beforehand what it gives its
 * thread away to, and this side counts the seconds.
 */
import type {Work} from "../models/runtime.js";

export interface Watchdog {
  /** The worker begins a piece of work, or (null) has done it. */
  work(work: Work | null): void;
  /** The worker lives: the count begins anew. */
  heard(): void;
  end(): void;
}

export interface WatchdogOptions {
  readonly onStuck: () => void;
  /** Factor of all limits. */
  readonly patience: number;
}

/** Of a graph that is not large: bytes. Stable Diffusion's are ten times larger, and take minutes where these take a second. */
const SMALL = 50e6;
/** Seconds without a word: opening a graph, during which words come while the thread is free; and the first run of it. */
const OPENING = {small: 20, large: 600};
const FIRST_RUN = {small: 45, large: 1200};
/** A later run may take so much longer than the longest before, and at least so many seconds. */
const LONGER = 20;
const LEAST = 30;

/**
 * The page's timer counts, and not the clock: it stands still with the worker while the device sleeps, and in a tab that is
 * slowed down it counts slowly.
 */
export function createWatchdog({onStuck, patience}: WatchdogOptions): Watchdog {
  const longest = new Map<string, number>(); // seconds of the runs of each graph
  let current: Work | null = null;
  let began = 0;
  let silent = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  function limit({kind, path, bytes}: Work): number {
    const size = bytes < SMALL ? "small" : "large";
    if (kind === "open") return OPENING[size];
    const known = longest.get(path);
    return known === undefined ? FIRST_RUN[size] : Math.max(LEAST, LONGER * known);
  }

  function end(): void {
    clearInterval(timer);
    timer = undefined;
    current = null;
  }

  function work(next: Work | null): void {
    if (current?.kind === "run" && !next) {
      const seconds = (performance.now() - began) / 1000;
      longest.set(current.path, Math.max(seconds, longest.get(current.path) ?? 0));
    }
    end();
    if (!next) return;
    current = next;
    began = performance.now();
    silent = 0;
    const most = patience * limit(next);
    timer = setInterval(() => {
      if (++silent <= most) return;
      end();
      onStuck();
    }, 1000);
  }

  return {work, end, heard: () => void (silent = 0)};
}
