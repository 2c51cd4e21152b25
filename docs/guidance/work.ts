import {imagePixels, type Pixels} from "../components/pixels.js";
import type {Decoding} from "../page/decoding.js";
import {timeLeft, type JobState, type Report} from "../page/job.js";
import {loadTelling} from "../page/loading.js";
import type {Store} from "../page/store.js";
import {createTurns} from "../page/turns.js";
import {messageOf} from "../src/messageOf.js";
import {DRAWING} from "../src/models/folder.js";
import type {DrawOptions, StepRecord} from "../src/pipeline.js";
import type {Tensor} from "../src/tensor.js";
import type {Engine} from "../src/worker/client.js";

/** A piece of live work; `report` tells how far it is. */
export type Piece = (signal: AbortSignal, report: Report) => Promise<void>;

/** All drawing of the page: one piece at a time, whatever figure asked for it. */
export interface Work {
  /** Does a piece for a figure, which is told of progress and errors through its store. What is under way elsewhere gives way. */
  only<S extends JobState>(figure: Store<S>, piece: Piece): Promise<void>;
  cancel(): void;
  busy(): boolean;
  /** Draws one run to its end. */
  run(options: DrawOptions, signal: AbortSignal, onStep?: (record: StepRecord) => void): Promise<Drawn>;
}

/** The end of a run. */
export interface Drawn {
  readonly latents: Tensor;
  readonly pixels: Pixels;
}

export interface WorkOptions {
  readonly engine: Engine;
  readonly decoding: () => Decoding;
}

export function createWork({engine, decoding}: WorkOptions): Work {
  const turns = createTurns(() => decoding().wake());

  async function load(set: (change: Partial<JobState>) => void, signal: AbortSignal): Promise<void> {
    await loadTelling(engine, DRAWING, signal, (work) => set({work}));
  }

  return {
    async only(figure, piece) {
      const set = (change: Partial<JobState>) => figure.set(change as Partial<typeof figure.state>);
      const finished = turns.only(async (signal) => {
        set({error: null, work: {label: "Getting ready", done: 0, total: 0}});
        let began: number | null = null;
        const report: Report = (done, total, label) => {
          if (signal.aborted) return;
          began ??= performance.now();
          const left = timeLeft(performance.now() - began, done, total);
          set({work: {label: `${label}: ${done} of ${total} UNet calls${left}`, done, total}});
        };
        try {
          await load(set, signal);
          if (!signal.aborted) await piece(signal, report);
        } catch (error) {
          if (!signal.aborted) set({error: messageOf(error)});
        } finally {
          set({work: null});
        }
      });
      await finished;
    },
    cancel: turns.cancel,
    busy: turns.busy,
    async run(options, signal, onStep) {
      let last: StepRecord | null = null;
      for await (const record of engine.draw({...options, signal})) {
        last = record;
        onStep?.(record);
      }
      const {prevXt} = last!;
      const pixels = imagePixels(await engine.decode(prevXt));
      decoding().put(prevXt, pixels);
      signal.throwIfAborted();
      return {latents: prevXt, pixels};
    }
  };
}
