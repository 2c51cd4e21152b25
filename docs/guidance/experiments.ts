import {choice, number, readQuery, text, type Field} from "../page/query.js";
import {exampleWorld, labelsOf, type Point, type World} from "../src/world/world.js";
import type {RecordedParts} from "./recording.js";
import {MOST} from "./state.js";

/** What the plane shows: its blobs, the word that is asked for, the scale, and a noised point at a timestep. */
export interface Plane {
  readonly world: World;
  readonly label: string;
  readonly guidance: number;
  readonly timestep: number;
  readonly point: Point;
}

/** What the reader sets in the figures, beside the page's one run; the address keeps it all. */
export interface Experiments {
  /** What the arrows of the first figure are, and whose spread is drawn by step. */
  readonly arrows: "noise" | "picture";
  readonly spread: "x0" | "xt";
  /** Guidance in a part of the steps, both counted from 1. */
  readonly partFrom: number;
  readonly partTo: number;
  readonly partScale: number;
  /** The pair with and without a negative prompt. */
  readonly pairPrompt: string;
  readonly pairMinus: string;
  readonly pairScale: number;
  readonly plane: Plane;
}

export const PLANE: Plane = {world: exampleWorld, label: "teal", guidance: 4, timestep: 400, point: [0.5, 0.1]};

/** What the pair begins with; it is recorded, from this seed. */
export const PAIR = {pairScale: 4, pairMinus: "by day"};
export const PAIR_SEED = 1;

/** The last guided step of the recorded picture "first third": its run has more steps than those of the table. */
export function shownEnd({lines, steps, shownSteps}: RecordedParts): number {
  return Math.ceil((lines.find(({part}) => part === "first third")!.to * shownSteps) / steps);
}

const step = number(1, 1000, {whole: true});
const scale = number(0, MOST);
const fields = {
  ...{arrows: choice("noise", "picture"), spread: choice("x0", "xt")},
  ...{partFrom: step, partTo: step, partScale: scale, pairPrompt: text, pairMinus: text, pairScale: scale},
  ...{word: choice(...labelsOf(exampleWorld)), planeScale: scale, planeT: number(0, 999, {whole: true})},
  ...{point: numbersOf(2), blobs: numbersOf(3 * exampleWorld.length)}
};

/** `count` numbers with commas between them. */
function numbersOf(count: number): Field<number[]> {
  return (value) => {
    const list = value.split(",").map(Number);
    return list.length === count && list.every((one) => Math.abs(one) <= 3) ? list : undefined;
  };
}

/** The experiments as the address has them, else as a plain visit has them. @param steps of the run with guidance in a part */
export function askedExperiments(query: string, plain: Experiments, steps: number): Experiments {
  const {word, planeScale, planeT, point, blobs, ...asked} = readQuery(query, fields);
  const [partFrom, partTo] = [asked.partFrom ?? plain.partFrom, asked.partTo ?? plain.partTo].map((at) =>
    Math.min(at, steps)
  );
  const plane: Plane = {
    world: blobs ? exampleWorld.map((blob, i) => ({...blob, ...blobAt(blobs, i)})) : PLANE.world,
    label: word ?? PLANE.label,
    guidance: planeScale ?? PLANE.guidance,
    timestep: planeT ?? PLANE.timestep,
    point: point ? [point[0], point[1]] : PLANE.point
  };
  return {...plain, ...asked, partFrom, partTo: Math.max(partFrom, partTo), plane};
}

/** @param numbers middle, across and up, and deviation of each blob */
function blobAt(numbers: readonly number[], index: number): Pick<World[number], "mean" | "deviation"> {
  const [x, y, deviation] = numbers.slice(3 * index);
  return {mean: [x, y], deviation: Math.max(0.05, deviation)};
}

/** The experiments in the address's names. */
export function valuesOf({plane, ...flat}: Experiments) {
  const {world, label, guidance, timestep, point} = plane;
  const short = (value: number): number => Number(value.toFixed(2));
  return {
    ...{...flat, word: label, planeScale: guidance, planeT: timestep, point: point.map(short).join()},
    blobs: world.flatMap(({mean, deviation}) => [...mean, deviation].map(short)).join()
  };
}
