import type {ProgressData} from "../components/progressBar.js";
import type {Store} from "./store.js";

/** Work that a press starts, that tells how long it will take, and that can be stopped. */
export interface Job {
  run(): Promise<void>;
  cancel(): void;
}

/** Tells how much is done of how much, with the work's name. */
export type Report = (done: number, total: number, label: string) => void;

/** What a store keeps of a job. */
export interface JobState {
  work: ProgressData | null;
  error: string | null;
}

/** A job over a store's `work` and `error`. A second press while it runs starts it anew. */
export function createJob<S extends JobState>(
  store: Store<S>,
  work: (signal: AbortSignal, report: Report) => Promise<void>,
  {now = () => performance.now()}: {now?: () => number} = {}
): Job {
  let current: {stop: AbortController; ended: Promise<void>} | null = null;
  const set = (change: Partial<JobState>) => store.set(change as Partial<S>);

  async function start(signal: AbortSignal): Promise<void> {
    set({error: null, work: {label: "Getting the model ready", done: 0, total: 0}});
    let began: number | null = null;
    const report: Report = (done, total, label) => {
      if (signal.aborted) return;
      began ??= now();
      set({work: {label: `${label}: ${done} of ${total}${timeLeft(now() - began, done, total)}`, done, total}});
    };
    try {
      await work(signal, report);
    } catch (error) {
      if (!signal.aborted) set({error: error instanceof Error ? error.message : String(error)});
    }
  }

  return {
    async run() {
      const before = current;
      before?.stop.abort();
      const stop = new AbortController();
      const ended = (async () => {
        await before?.ended;
        if (!stop.signal.aborted) await start(stop.signal);
      })();
      const mine = {stop, ended};
      current = mine;
      await ended;
      if (current !== mine) return;
      current = null;
      set({work: null});
    },
    cancel: () => current?.stop.abort()
  };
}

/** ", about 12 s left", from the pace so far; nothing before the first part is done. */
export function timeLeft(elapsed: number, done: number, total: number): string {
  if (done === 0 || done >= total) return "";
  const seconds = ((elapsed / done) * (total - done)) / 1000;
  return seconds < 90
    ? `, about ${Math.max(1, Math.round(seconds))} s left`
    : `, about ${Math.round(seconds / 60)} min left`;
}
