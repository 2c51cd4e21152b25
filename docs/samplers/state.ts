import type {ArmSettings} from "../components/armSettings.js";
import type {LinearPreview} from "../components/pixels.js";
import type {ProgressData} from "../components/progressBar.js";
import type {Step} from "../page/film.js";

/** One arm's run: what was asked, and a record for each UNet call so far. */
export interface ArmRun {
  readonly source: "recorded" | "live";
  readonly prompt: string;
  readonly seed: number;
  /** null: the seed's own generator goes on. */
  readonly noiseSeed: number | null;
  readonly settings: ArmSettings;
  readonly steps: Step[];
  /** UNet calls of the whole run. */
  numSteps: number;
  finished: boolean;
}

export type Pair<T> = readonly [T, T];

/** What the page shows. */
export interface SamplersState {
  prompt: string;
  negative: string;
  seed: number;
  noiseSeed: number | null;
  arms: Pair<ArmSettings>;
  runs: Pair<ArmRun>;
  /** The finished runs before these, to compare with. */
  before: Pair<ArmRun> | null;
  /** Position in the longer run. */
  step: number;
  /** An eta that is tried on the step shown of the arms that are DDIM; null: as drawn. */
  triedEta: number | null;
  /** Whose line of errors is added at a press. */
  liveSampler: string;
  playing: boolean;
  work: ProgressData | null;
  error: string | null;
  modelName: string;
  preview: LinearPreview;
  /** Counts decoded pictures: a change tells the views to look again. */
  decoded: number;
}

export const ARM_NAMES = ["A", "B"] as const;

/** The two arms' colours, as custom properties of samplers.css. */
export const TONES: Pair<string> = ["var(--arm-a)", "var(--arm-b)"];
