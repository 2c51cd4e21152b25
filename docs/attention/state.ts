import type {LinearPreview} from "../components/pixels.js";
import type {Overlay} from "../components/mapOverPicture.js";
import type {ProgressData} from "../components/progressBar.js";
import type {RunSettings} from "../components/runSettings.js";
import {choice, number, readQuery, seed, text, writeQuery} from "../page/query.js";
import type {Decoding} from "../page/decoding.js";
import type {Store} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import type {Drawing} from "./drawing.js";
import type {Look} from "./maps.js";
import type {Player} from "./playing.js";
import type {AttentionRun} from "./run.js";
import type {AttentionRecording} from "./recordings.js";
import type {Pictures} from "./pictures.js";

/** A place in the 16 x 16 grid. */
export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

/** What the experiments draw: kept in the address, drawn when a button is pressed. */
export interface Experiments {
  /** The prompt of the negative prompt's figure, and what it shall not show. */
  readonly wanted: string;
  readonly unwanted: string;
  /** Two things of which the maps may leak into each other. */
  readonly pair: string;
  /** The prompt whose attention is frozen, and the one that is drawn with it. */
  readonly first: string;
  readonly second: string;
  /** A word of the page's prompt, and the factor on what it gives. */
  readonly weighted: string;
  readonly weight: number;
}

/** What the page shows. */
export interface AttentionState extends Look, Experiments {
  prompt: string;
  settings: RunSettings;
  run: AttentionRun;
  step: number;
  playing: boolean;
  /** The pressed word: its place in the row of items. */
  chosen: number;
  /** The word under the pointer or in focus. */
  hovered: number | null;
  scale: "own" | "share";
  overlay: Overlay;
  place: GridPlace;
  /** The reader is at the picture: the words show what the marked place takes of them. */
  asking: boolean;
  /** Of the attention that is computed by hand, both from 1. */
  handLayer: number;
  handHead: number;
  work: ProgressData | null;
  error: string | null;
  modelName: string;
  preview: LinearPreview;
  /** Counts decoded pictures: a change tells the views to look again. */
  decoded: number;
}

/** Everything that the page's figures draw on. */
export interface Parts {
  readonly store: Store<AttentionState>;
  readonly engine: Engine;
  readonly drawing: Drawing;
  readonly decoding: Decoding;
  readonly player: Player;
  readonly recording: AttentionRecording;
  readonly bytes: ArrayBuffer;
  /** The sheet of recorded pictures, once it is here. */
  readonly pictures: Pictures;
}

/** The word that is pointed at, or else the pressed one. */
export const shownItem = ({hovered, chosen, run}: Readonly<AttentionState>): number =>
  Math.min(hovered ?? chosen, run.items.cond.length - 1);

const FIELDS = {
  ...{prompt: text, negative: text, seed, step: number(1, 1000, {whole: true})},
  ...{steps: number(5, 100, {whole: true}), guidance: number(1, 12), word: text},
  ...{layer: text, head: number(0, 32, {whole: true}), average: choice("one", "all"), scale: choice("own", "share")},
  ...{smooth: choice("yes", "no"), overlay: choice("heat", "light", "none"), place: text},
  ...{handLayer: number(1, 64, {whole: true}), handHead: number(1, 32, {whole: true})},
  ...{wanted: text, unwanted: text, pair: text, first: text, second: text, weighted: text, weight: number(0, 4)}
};

export type Address = ReturnType<typeof readAddress>;

/** What an address asks for. `step` counts from 1, as the ruler does; `place` is "row,column" from 0; `word` a word of the prompt. */
export function readAddress(query: string) {
  const {place, layer, ...asked} = readQuery(query, FIELDS);
  const at = /^(\d{1,2}),(\d{1,2})$/.exec(place ?? "");
  const inGrid = at && Number(at[1]) < 16 && Number(at[2]) < 16;
  return {
    ...asked,
    layer: layer && /^(all|16|8|4|layer \d{1,2})$/.test(layer) ? layer : undefined,
    place: inGrid ? {row: Number(at[1]), column: Number(at[2])} : undefined
  };
}

/** The query of a state: only what differs from the defaults. */
export function addressOf(state: Readonly<AttentionState>, plain: Readonly<AttentionState>): string {
  return writeQuery(valuesOf(state), {...valuesOf(plain), step: null});
}

function valuesOf(state: Readonly<AttentionState>) {
  const {prompt, settings, run, step, playing, work, layer, head, steps, scale, smooth, overlay, place} = state;
  const {wanted, unwanted, pair, first, second, weighted, weight} = state;
  const {seed: start, negative, steps: count, guidance} = settings;
  const still = run.finished && !playing && !work && step < run.numSteps - 1;
  return {
    ...{prompt, negative, seed: start, steps: count, guidance, step: still ? step + 1 : null},
    word: run.items.cond[state.chosen]?.name ?? null,
    ...{layer, head, average: steps, scale, smooth: smooth ? "yes" : "no", overlay},
    place: `${place.row},${place.column}`,
    ...{handLayer: state.handLayer, handHead: state.handHead},
    ...{wanted, unwanted, pair, first, second, weighted, weight}
  };
}
