import {choice, number, seed, text, type Field} from "../page/query.js";
import type {Group} from "./recorded.js";

/** A part of the model that was trained by itself. */
export type Trained = "unet" | "vae" | "clip";

/** What the page's address holds. */
export interface ModelState {
  part: Trained;
  /** Index of the checkpoint on show. */
  checkpoint: number;
  playing: boolean;
  group: Group;
  /** Whether errors are those of the noise or of the guessed picture. */
  measure: "eps" | "x0";
  /** Index of the noise level that is told in numbers. */
  level: number;
  /** The scenes that are leafed through, and the first of them on show. */
  browse: Group;
  scene: number;
  /** Position on the sheet of the scene on show, and whether its mask lies over it. */
  picked: number;
  mask: "on" | "off";
  /** Index of the recorded picture whose neighbours are shown. */
  drawn: number;
  prompt: string;
  seed: number;
}

export const FIELDS: {[K in keyof Omit<ModelState, "playing">]: Field<ModelState[K]>} = {
  part: choice("unet", "vae", "clip"),
  checkpoint: number(0, 10, {whole: true}),
  group: choice("unseen", "pairs", "trained"),
  measure: choice("eps", "x0"),
  level: number(0, 12, {whole: true}),
  browse: choice("unseen", "pairs", "trained"),
  scene: number(0, 99_999, {whole: true}),
  picked: number(0, 11, {whole: true}),
  mask: choice("on", "off"),
  drawn: number(0, 11, {whole: true}),
  prompt: text,
  seed
};
