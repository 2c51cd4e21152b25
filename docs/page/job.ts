import type {ProgressData} from "../components/progressBar.js";
import {messageOf} from "../src/messageOf.js";
import type {Store} from "./store.js";
import {createTurns} from "./turns.js";

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
  const set = (change: Partial<JobState>) => store.set(change as Partial<S>);
  const turns = createTurns(() => set({work: null}));

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
      if (!signal.aborted) set({error: messageOf(error)});
    }
  }

  return {run: () => turns.only(start), cancel: turns.cancel};
}

/** ", about 12 s left", from the pace so far; nothing before the first part is done. */
export function timeLeft(elapsed: number, done: number, total: number): string {
  if (done === 0 || done >= total) return "";
  const seconds = ((elapsed / done) * (total - done)) / 1000;
  return seconds < 90
    ? `, about ${Math.max(1, Math.round(seconds))} s left`
    : `, about ${Math.round(seconds / 60)} min left`;
}
