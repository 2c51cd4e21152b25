import type {PairCell} from "../components/similarityTable.js";
import type {SourcePicture} from "../components/pictureSource.js";
import {contrastiveLoss, cosine, type ContrastiveLoss} from "../src/contrastive.js";
import type {Tensor} from "../src/tensor.js";
import {choice, number, readQuery, text, writeQuery, type Field} from "../page/query.js";
import {CAPTIONS, LABELS, SCENES} from "./defaults.js";
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

/** What an address can ask of the batch. */
export interface ClipQuery {
  prompt: string;
  captions: readonly string[];
  pictures: readonly number[];
  labels: readonly string[];
  tau: number;
  view: View;
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
  view: choice(...VIEWS)
};

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

/** What of a drawing is in the address, and what it is on a plain visit. */
export interface Asked {
  prompt: string;
  seed: number;
}

/** The query that brings a state back, as far as an address can: pictures that are no scenes stay in this browser. */
export function queryOf(state: Readonly<ClipState>, {prompt, seed}: Asked, usual: Asked): string {
  const {pictures, captions, labels, temperature, learned, view} = state;
  const values = {
    ...{prompt, seed, view},
    captions: captions.join("|"),
    pictures: pictures.map((picture, i) => picture?.seed ?? SCENES[i]).join(","),
    labels: labels.join(","),
    tau: temperature === learned ? null : Number(temperature.toPrecision(3))
  };
  const plain = {captions: CAPTIONS.join("|"), pictures: SCENES.join(","), labels: LABELS.join(","), view: "cosine"};
  return writeQuery(values, {...plain, prompt: usual.prompt, seed: usual.seed});
}

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

/** The sentence of a label. */
export function sentenceOf(label: string, template: string): string {
  const vowel = /^[aeiou]/i.test(label);
  return template.replace(/\ba \{\}/, vowel ? "an {}" : "a {}").replace("{}", label);
}
