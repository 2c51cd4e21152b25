import type {Change} from "../components/forkForm.js";
import type {LinearPreview, Pixels} from "../components/pixels.js";
import type {ProgressData} from "../components/progressBar.js";
import type {FieldName, Wish} from "../components/runFields.js";
import type {Vocabulary} from "../components/vocabulary.js";
import type {Step} from "../page/film.js";

/** Where a run left another, and what was changed from there on. `step` counts from 0. */
export interface Fork {
  readonly step: number;
  readonly change: Change;
}

/** A fork in the tree of forks. `parent`: the position of the run that it left; 0 is the trunk, 1 the first fork, and so on. */
export interface Branch extends Fork {
  readonly parent: number;
}

/** One run: what was asked at its start, what was changed on the way, and a record for each UNet call so far. */
export interface Run {
  readonly source: "recorded" | "live";
  readonly wish: Wish;
  readonly forks: readonly Fork[];
  readonly steps: Step[];
  numSteps: number;
  finished: boolean;
  /** Of a recorded run: the model that drew it, whatever runs here. */
  readonly model?: string;
}

/** A run in the tree of forks: the position of the run that it left, null for the trunk. */
export interface Twig {
  readonly run: Run;
  readonly parent: number | null;
  readonly label: string;
}

/** One seed's run in the grid. */
export interface Sown {
  readonly seed: number;
  readonly run: Run | null;
  readonly pixels: Pixels | null;
  /** Cosine of picture and words, where CLIP was asked. */
  readonly score: number | null;
}

/** What the engine is busy with. */
export type Task = "arms" | "fork" | "seeds" | "rank" | "film";

export interface PlayState {
  /** What arm A asks for. */
  wish: Wish;
  /** What arm B has of its own; with nothing there is no arm B. */
  other: Partial<Wish>;
  runs: readonly [Run, Run | null];
  /** Position in the longer run. */
  step: number;
  playing: boolean;
  tree: readonly Twig[];
  sown: readonly Sown[];
  /** The wish of the grid's runs, without their seeds. */
  sownOf: Wish | null;
  /** The words by which CLIP puts the grid in order; empty: the prompt. */
  rankWords: string;
  /** The words that the scores belong to. */
  rankedBy: string | null;
  /** Whether every change is drawn as soon as the reader rests. */
  typing: boolean;
  task: Task | null;
  work: ProgressData | null;
  error: string | null;
  notice: string | null;
  modelName: string;
  preview: LinearPreview;
  vocabulary: Vocabulary | null;
  /** Counts decoded pictures: a change tells the views to look again. */
  decoded: number;
}

export const SEEDS = 8;

/** Arm B's wish; null where it has nothing of its own. */
export function otherWish({wish, other}: Pick<PlayState, "wish" | "other">): Wish | null {
  return Object.keys(other).length ? {...wish, ...other} : null;
}

/** Two wishes alike: drawn alike. */
export function alike(a: Wish | null, b: Wish | null): boolean {
  if (a === null || b === null) return a === b;
  return (Object.keys(a) as FieldName[]).every((name) => a[name] === b[name]);
}

/** The prompt that a run ends with. */
export function promptOf({wish, forks}: Pick<Run, "wish" | "forks">): string {
  const changes = forks.map(({change}) => change).filter((change) => change.kind === "prompt");
  return changes.length ? changes[changes.length - 1].prompt : wish.prompt;
}

/** A run's own forks as branches: each left the one before. */
export const chained = (forks: readonly Fork[]): Branch[] => forks.map((fork, parent) => ({...fork, parent}));

/** What a run asks for at its end: its wish with all changes. */
export function endWish({wish, forks}: Pick<Run, "wish" | "forks">): Wish {
  return forks.reduce<Wish>((all, {change}) => ({...all, ...without(change)}), wish);
}

function without(change: Change): Partial<Wish> {
  if (change.kind === "prompt") return {prompt: change.prompt};
  return change.kind === "guidance" ? {guidance: change.guidance} : {noiseSeed: change.noiseSeed};
}

export const emptyGrid = (seed: number): Sown[] =>
  Array.from({length: SEEDS}, (_, i) => ({seed: seed + i, run: null, pixels: null, score: null}));
