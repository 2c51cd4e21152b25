import type {LinearPreview} from "../components/pixels.js";
import type {ProgressData} from "../components/progressBar.js";
import type {Film} from "../page/film.js";
import {number, seed, text, type Field} from "../page/query.js";

/** The scales that the page compares, and the most that its sliders give. */
export const SCALES = [0, 1, 2, 4, 7, 12] as const;
export const MOST = 12;

/** What the page shows of one run. `guidance` is the scale on the slider; the film was drawn at its own. */
export interface GuidanceState {
  prompt: string;
  negative: string;
  seed: number;
  guidance: number;
  /** 0 ... 1: how far the shown step's noise gets back the spread it has without guidance. */
  rescale: number;
  film: Film;
  /** Position in the film. */
  step: number;
  playing: boolean;
  work: ProgressData | null;
  error: string | null;
  modelName: string;
  preview: LinearPreview;
  /** Counts decoded pictures: a change means that views may show them. */
  decoded: number;
}

/** What an address may say; `step` counts from 1, as the ruler does. */
interface Asked {
  prompt: string;
  negative: string;
  seed: number;
  guidance: number;
  rescale: number;
  step: number;
}

export const fields: {[K in keyof Asked]: Field<Asked[K]>} = {
  ...{prompt: text, negative: text, seed, guidance: number(0, MOST), rescale: number(0, 1)},
  step: number(1, 1000, {whole: true})
};
