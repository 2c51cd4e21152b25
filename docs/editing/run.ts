import type {StripFrame} from "../components/filmStrip.js";
import {keyFrames} from "../components/keyFrames.js";
import type {Pixels} from "../components/pixels.js";
import type {StepRecord} from "../src/stepRecord.js";
import type {Tensor} from "../src/tensor.js";

/** What the figures read of a step; a live one is a whole record. */
export type Frame = Pick<StepRecord, "index" | "timestep" | "alphaCumprod" | "xt" | "x0"> & Partial<StepRecord>;

/** A run as a figure shows it. A recorded one keeps some of its steps only. */
export interface PictureRun {
  readonly source: "recorded" | "live";
  /** The step that it begins with. */
  readonly first: number;
  /** Of the whole loop. */
  readonly numSteps: number;
  readonly frames: readonly Frame[];
  /** The finished latents, null until they are. */
  readonly result: Tensor | null;
}

/** A live run that has not begun. */
export const begun = (first: number, numSteps: number): PictureRun => ({
  ...{source: "live", first, numSteps},
  ...{frames: [], result: null}
});

/** A run with one more step. */
export function grown(run: PictureRun, record: StepRecord): PictureRun {
  const ended = record.index === record.numSteps - 1;
  return {...run, numSteps: record.numSteps, frames: [...run.frames, record], result: ended ? record.prev : null};
}

/** The kept step at or nearest before `index`. */
export function frameAt({frames}: Pick<PictureRun, "frames">, index: number): Frame | null {
  return frames.findLast((frame) => frame.index <= index) ?? frames[0] ?? null;
}

/** Whether `index` is the end of a finished run. */
export const isEnd = ({result, numSteps}: PictureRun, index: number): boolean =>
  result !== null && index >= numSteps - 1;

/** The step that a strip stands at: the one asked for, counted from 1, or the newest. */
export function standing(run: PictureRun, asked: number | null): number {
  const newest = run.result ? run.numSteps - 1 : (run.frames.at(-1)?.index ?? run.first);
  return asked === null ? newest : Math.max(run.first, Math.min(asked - 1, newest));
}

/** How a strip's position is kept: counted from 1, null at the end. */
export const keptStep = (run: PictureRun, index: number): number | null => (isEnd(run, index) ? null : index + 1);

/** What stands for a step: the guess at its end, and at the end of the run the result. */
export function shownAt(run: PictureRun, index: number): Tensor | null {
  return isEnd(run, index) ? run.result : (frameAt(run, index)?.x0 ?? null);
}

/** At most `count` frames of the strip: those kept, or evenly spaced ones of the steps that are made; the rest is still to come. */
export function stripOf(run: PictureRun, look: (latents: Tensor) => Pixels, count = 6): StripFrame[] {
  const indices =
    run.source === "recorded"
      ? run.frames.map(({index}) => index)
      : keyFrames(run.numSteps - run.first, count).map((i) => run.first + i);
  return indices.map((index) => {
    const frame = run.frames.find((own) => own.index === index);
    if (!frame) return {index, timestep: null, xt: null, x0: null};
    const x0 = shownAt(run, index) ?? frame.x0;
    return {index, timestep: frame.timestep, xt: look(frame.xt), x0: look(x0)};
  });
}
