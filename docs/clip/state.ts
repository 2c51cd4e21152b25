import type {PairCell} from "../components/similarityTable.js";
import type {SourcePicture} from "../components/pictureSource.js";
import {contrastiveLoss, cosine, type ContrastiveLoss} from "../src/contrastive.js";
import type {Tensor} from "../src/tensor.js";
import type {Arrow} from "../../components/cosineArrows.js";
import {choice, number, readQuery, text, writeQuery, type Field} from "../page/query.js";
import {CAPTIONS, LABELS, RECORDED, SCENES, TEMPLATE} from "./defaults.js";
import type {Embeddings} from "../page/embeddings.js";

/** What the cells of the matrix show. */
export type View = "cosine" | "rows" | "columns" | "pull";

export const VIEWS: readonly View[] = ["cosine", "rows", "columns", "pull"];

/** How a label becomes a sentence. */
export const TEMPLATES = ["{}", "a {}", "a picture of a {}", "a {} on the beach"] as const;

/** What the page knows of its batch of pictures and captions. */
export interface ClipState {
  /** Scenes that are not made yet are null. */
  pictures: readonly (SourcePicture | null)[];
  captions: readonly string[];
  temperature: number;
  /** What the model learned to divide by. */
  learned: number;
  /** The name of the model that runs here. */
  model: string;
  view: View;
  cell: PairCell;
  /** The row whose picture is being chosen. */
  picking: number | null;
  /** Added to every cosine, to see that nothing changes. */
  shift: number;
  labels: readonly string[];
  template: string;
  /** The row whose picture is classified. */
  subject: number;
  /** Counts what was embedded: a change means that views may show it. */
  embedded: number;
  error: string | null;
}

/** What an address can ask of the page: of the batch first, then of the figures below it. */
export interface ClipQuery {
  prompt: string;
  captions: readonly string[];
  pictures: readonly number[];
  labels: readonly string[];
  tau: number;
  view: View;
  /** The selected pair: "2C" is picture 2 and caption C. */
  pair: PairCell;
  /** The picture that is classified, from 1. */
  subject: number;
  template: string;
  arrows: readonly [Arrow, Arrow];
  /** A checkpoint of the training, from 0. */
  checkpoint: number;
  /** The caption that a drawing is held against beside its own. */
  other: string;
  /** A step of the drawing, from 1. */
  step: number;
}

const list =
  (separator: string): Field<readonly string[]> =>
  (value) => {
    const parts = value.split(separator).map((part) => part.trim().slice(0, 300));
    return parts.some(Boolean) ? parts : undefined;
  };

const FIELDS: {[K in keyof ClipQuery]: Field<ClipQuery[K]>} = {
  prompt: text,
  captions: list("|"),
  pictures: (value) => {
    const numbers = value.split(",").map(Number);
    return numbers.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= 2 ** 32) ? numbers : undefined;
  },
  labels: list(","),
  tau: number(0.01, 1),
  view: choice(...VIEWS),
  pair: (value) =>
    /^[1-5][A-E]$/.test(value) ? {row: Number(value[0]) - 1, column: LETTERS.indexOf(value[1])} : undefined,
  subject: number(1, SCENES.length, {whole: true}),
  template: choice(...TEMPLATES),
  arrows: (value) => {
    const [a, p, b, q] = value.split(",").map(Number);
    const fits =
      [a, b].every((angle) => angle >= 0 && angle < 360) && [p, q].every((length) => length >= 0.3 && length <= 2);
    return fits
      ? [
          {angle: a, length: p},
          {angle: b, length: q}
        ]
      : undefined;
  },
  checkpoint: number(0, 999, {whole: true}),
  other: (value) => text(value)?.slice(0, 300),
  step: number(1, 1000, {whole: true})
};

const LETTERS = "ABCDE";

export function readAddress(query: string): Partial<ClipQuery> {
  return readQuery(query, FIELDS);
}

/** Five captions: those of the address first, then the usual ones; without any, its prompt is the first. */
export function captionsFor({captions, prompt}: Partial<ClipQuery>): string[] {
  const asked = captions ?? (prompt ? [prompt] : []);
  return CAPTIONS.map((usual, i) => asked[i] || usual);
}

/** The scenes of the address, filled up with the usual ones. */
export function scenesFor({pictures = []}: Partial<ClipQuery>): number[] {
  return SCENES.map((usual, i) => pictures[i] ?? usual);
}

/** What of the figures below the batch is in the address, and what it is on a plain visit. */
export interface Asked {
  prompt: string;
  seed: number;
  other: string;
  /** From 1; null: the last one. */
  step: number | null;
  checkpoint: number | null;
  arrows: readonly [Arrow, Arrow];
}

/** The query that brings a state back, as far as an address can: pictures that are no scenes stay in this browser. */
export function queryOf(state: Readonly<ClipState>, below: Asked, usual: Asked): string {
  const {pictures, captions, labels, temperature, learned, view, cell, subject, template} = state;
  const values = {
    ...{view, subject: subject + 1, template, pair: `${cell.row + 1}${LETTERS[cell.column]}`},
    ...told(below),
    captions: captions.join("|"),
    pictures: pictures.map((picture, i) => picture?.seed ?? SCENES[i]).join(","),
    labels: labels.join(","),
    tau: temperature === learned ? null : Number(temperature.toPrecision(3))
  };
  const plain = {captions: CAPTIONS.join("|"), pictures: SCENES.join(","), labels: LABELS.join(",")};
  return writeQuery(values, {...plain, view: "cosine", subject: 1, template: TEMPLATE, pair: "1A", ...told(usual)});
}

const told = ({prompt, seed, other, step, checkpoint, arrows}: Asked) => ({
  ...{prompt, seed, other, step, checkpoint},
  arrows: arrows.map(({angle, length}) => `${angle},${Number(length.toFixed(2))}`).join(",")
});

/** The batch's cosines, null where a picture or a caption is not embedded yet, and its loss where all are. */
export interface Batch {
  cells: readonly (number | null)[];
  cosines: Tensor | null;
  loss: ContrastiveLoss | null;
  live: boolean;
}

export function batchOf({pictures, captions, temperature, shift}: Readonly<ClipState>, embeddings: Embeddings): Batch {
  const pixels = pictures.map((picture) => picture?.pixels ?? null);
  const [rows, columns] = [pixels.map(embeddings.picture), captions.map(embeddings.text)];
  const cells = rows.flatMap((row) => columns.map((column) => (row && column ? cosine(row, column) + shift : null)));
  const known = cells.every((cell) => cell !== null);
  const cosines = known ? {data: Float32Array.from(cells), dims: [rows.length, columns.length]} : null;
  const live = embeddings.live(captions, pixels);
  return {cells, cosines, loss: cosines && contrastiveLoss(cosines, temperature), live};
}

/** The line below a figure of the batch: live or recorded, the model, and what the numbers are of. */
export function sourceLine({model}: Pick<ClipState, "model">, live: boolean, of: readonly string[]): string {
  return [live ? "live, in this browser" : "recorded", `${live ? model : RECORDED} model`, ...of].join(" · ");
}

/** The sentence of a label. */
export function sentenceOf(label: string, template: string): string {
  const vowel = /^[aeiou]/i.test(label);
  return template.replace(/\ba \{\}/, vowel ? "an {}" : "a {}").replace("{}", label);
}
