/** Work on the engine, one piece at a time. The latest wish wins: what is under way is told to stop, and waited for. */
export interface Turns {
  only(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  cancel(): void;
  busy(): boolean;
}

/** @param onRest hears when a piece of work has ended and none has taken its place */
export function createTurns(onRest: () => void): Turns {
  let current: {stop: AbortController; ended: Promise<void>} | null = null;
  return {
    async only(work) {
      const before = current;
      before?.stop.abort();
      const stop = new AbortController();
      const ended = (async () => {
        await before?.ended;
        if (!stop.signal.aborted) await work(stop.signal);
      })();
      const mine = {stop, ended};
      current = mine;
      await ended;
      if (current !== mine) return;
      current = null;
      onRest();
    },
    cancel: () => current?.stop.abort(),
    busy: () => current !== null
  };
}

/** Fails as soon as the signal aborts: to race against what cannot be stopped. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), {once: true}));
}
