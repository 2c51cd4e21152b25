/** Tells that something is being loaded, once it is, and the end of it, once. */
import {createTally, type Progress, type Tally} from "../models/tally.js";

export interface LoadingListener {
  onProgress(progress: Progress): void;
  /** Nothing is being loaded any more. @param seconds since it began */
  onRest(seconds: number): void;
}

export interface Loading extends Pick<Tally, "announce" | "count"> {
  /** While the task runs something is being loaded, and the page is told so at once. */
  during<T>(task: () => Promise<T>): Promise<T>;
  /** While the task runs there is no end of loading; that there is anything to load is not said by it. */
  around<T>(task: () => Promise<T>): Promise<T>;
}

export function createLoading({onProgress, onRest}: LoadingListener, now: () => number): Loading {
  const tally = createTally(onProgress);
  let tasks = 0;
  let began: number | null = null;

  async function around<T>(task: () => Promise<T>): Promise<T> {
    tasks++;
    try {
      return await task();
    } finally {
      tasks--;
      if (!tasks && began !== null) {
        const seconds = (now() - began) / 1000;
        began = null;
        tally.clear();
        onRest(seconds);
      }
    }
  }

  return {
    announce: tally.announce,
    count(file, bytes) {
      if (began !== null) tally.count(file, bytes);
    },
    around,
    during(task) {
      if (began === null) {
        began = now();
        onProgress({file: "", loadedBytes: 0, totalBytes: 0});
      }
      return around(task);
    }
  };
}
