/** What scripts/record/guidance.py has recorded, part by part; each names the command that made it. */
export interface GuidanceRecording {
  readonly runs?: RecordedRuns;
  readonly grid?: RecordedGrid;
  readonly negative?: RecordedNegative;
  readonly judged?: RecordedJudgement;
  readonly parts?: RecordedParts;
}

/** Standard deviations (n - 1) of a run: of xt before each step and of the result, and of x̂0 at each step. */
export interface Spreads {
  readonly xt: readonly number[];
  readonly x0: readonly number[];
}

export interface RecordedRuns {
  readonly model: string;
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  /** Steps whose x̂0 is on the sheet, run by run; the last is the result. */
  readonly frames: readonly number[];
  readonly timesteps: readonly number[];
  readonly runs: readonly (Spreads & {
    readonly scale: number;
    readonly rescale: number;
    readonly saturation: number;
    readonly clipped: number;
  })[];
}

export interface RecordedGrid {
  readonly model: string;
  readonly prompt: string;
  readonly steps: number;
  readonly scales: readonly number[];
  readonly seeds: readonly number[];
}

export interface RecordedNegative {
  readonly model: string;
  readonly prompt: string;
  readonly steps: number;
  /** Captions among which CLIP chose, and how often each, arm by arm. */
  readonly times: readonly string[];
  readonly count: number;
  /** Pictures on the sheet, of seeds from 0 on, of each arm. */
  readonly shown: number;
  readonly arms: readonly {readonly scale: number; readonly negative: string; readonly counts: readonly number[]}[];
}

/** What many pictures of one setting showed. */
export interface Judged {
  readonly count: number;
  /** Pictures in which the judge names the object, and the place. */
  readonly object: number;
  readonly place: number;
  /** Pairs of pictures of one prompt: mean of 1 - cosine in CLIP, and root mean square in pixels of -1 ... 1. */
  readonly pairs: number;
  readonly clipDistance: number;
  readonly pixelDistance: number;
  readonly latentStd: number;
  /** Mean saturation of HSV, and share of values within 1 % of the ends. */
  readonly saturation: number;
  readonly clipped: number;
}

export interface RecordedJudgement {
  readonly prompts: readonly string[];
  readonly seeds: number;
  readonly steps: number;
  readonly lines: readonly (Judged & {readonly scale: number; readonly rescale: number})[];
}

export interface RecordedParts {
  readonly model: string;
  readonly scale: number;
  readonly prompts: number;
  readonly seeds: number;
  readonly steps: number;
  /** Of the pictures on the sheet, one a part. */
  readonly prompt: string;
  readonly seed: number;
  readonly shownSteps: number;
  readonly lines: readonly (Judged & {readonly part: string; readonly from: number; readonly to: number})[];
}
