import type {LinearPreview, Pixels} from "../components/pixels.js";
import {halfToFloat} from "../page/recorded.js";
import {markRecorded} from "../page/recordedLatents.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";
import type {Tensor} from "../src/tensor.js";
import type {PictureRun} from "./run.js";

/** What scripts/record/editing.ts writes beside the numbers and the pictures. */
export interface EditingRecording {
  readonly command: string;
  readonly model: string;
  readonly preview: LinearPreview;
  readonly scheduler: SchedulerConfig;
  /** Names of the objects that the model knows: scenes hold no others. */
  readonly objects: readonly string[];
  readonly dims: readonly number[];
  readonly scene: number;
  readonly caption: string;
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  /** Latents kept in half precision, by name. */
  readonly latents: readonly string[];
  /** Runs of which some steps are kept, xt and x̂0 of each as bytes; a run's result is among the latents by its name. */
  readonly runs: readonly RecordedRun[];
  /** Pictures of the sheet by name, left to right. */
  readonly sheet: readonly string[];
  readonly inpainting: {readonly prompt: string; readonly mask: string};
  readonly projection: Readonly<Record<"luminance" | "low-frequencies", ProjectionFigures>>;
  readonly inversion: InversionFigures;
  readonly brush: {
    readonly prompt: string;
    readonly steps: readonly number[];
    readonly mask: string;
    readonly color: string;
  };
  /** Latents of pictures of one colour, four numbers each. */
  readonly colors: Readonly<Record<string, readonly number[]>>;
}

export interface RecordedRun {
  readonly name: string;
  readonly first: number;
  /** Of the kept steps. */
  readonly indices: readonly number[];
}

/** Root mean square errors in levels of 255, against what was given. */
export interface Fidelity {
  readonly luminance: number;
  readonly low: number;
}

/** Of a drawing held to the picture, of one that was not, and of the autoencoder alone; what CLIP takes each drawing for. */
export interface ProjectionFigures {
  readonly held: Fidelity;
  readonly free: Fidelity;
  readonly coded: Fidelity;
}

/** There and back: how far the result is from the picture's latents (root mean square), and its PSNR against the picture. */
export interface WayBack {
  readonly guidance: number;
  readonly error: number;
  readonly psnr: number;
}

export interface InversionFigures {
  /** Of the noise that was found. */
  readonly deviation: number;
  /** PSNR of the autoencoder alone, in dB. */
  readonly coded: number;
  /** Inverted without guidance, drawn back with each scale. */
  readonly back: readonly WayBack[];
  /** Error by the number of steps, without guidance both ways. */
  readonly bySteps: readonly {readonly steps: number; readonly error: number}[];
}

/** One byte of a kept step stands for this much. */
export const BYTE = 0.04;

export const toByte = (value: number): number => Math.max(-127, Math.min(127, Math.round(value / BYTE)));

export interface Recorded {
  readonly latents: ReadonlyMap<string, Tensor>;
  readonly runs: ReadonlyMap<string, PictureRun>;
}

/** The numbers of a recording: its latents by name, its runs with their kept steps. */
export function recordedNumbers(
  recording: EditingRecording,
  numbers: ArrayBuffer,
  stops: readonly {timestep: number; alphaCumprod: number}[]
): Recorded {
  const {dims, latents: names, steps} = recording;
  const size = dims.reduce((a, b) => a * b);
  const halves = halfToFloat(new Uint16Array(numbers, 0, size * names.length));
  const bytes = new Int8Array(numbers, 2 * size * names.length);
  const marked = (data: Float32Array): Tensor => {
    markRecorded({data, dims}, recording.preview);
    return {data, dims};
  };
  const latents = new Map(names.map((name, i) => [name, marked(halves.slice(i * size, (i + 1) * size))]));
  let at = 0;
  const next = (): Tensor => {
    return marked(Float32Array.from(bytes.subarray(at, (at += size)), (byte) => byte * BYTE));
  };
  const runs = recording.runs.map(({name, first, indices}): [string, PictureRun] => {
    const frames = indices.map((index) => ({index, ...stops[index], xt: next(), x0: next()}));
    return [name, {source: "recorded", first, numSteps: steps, frames, result: latents.get(name) ?? null}];
  });
  return {latents, runs: new Map(runs)};
}

/** The sheet's pictures by name. */
export function namedSheet({sheet}: Pick<EditingRecording, "sheet">, pictures: readonly Pixels[]): Map<string, Pixels> {
  return new Map(sheet.map((name, i) => [name, pictures[i]]));
}

/** Figures over scenes that the model never saw; scripts/record/editing.py writes them. */
export interface JudgedProjection {
  readonly command: string;
  readonly prompts: readonly string[];
  readonly scenes: readonly number[];
  readonly steps: number;
  readonly guidance: number;
  /** Mean errors, those of each scene, how often the judge names the thing, and the prompts where it does not. */
  readonly rows: Readonly<
    Record<
      string,
      Fidelity & {readonly right: number; readonly each: readonly number[]; readonly wrong: readonly string[]}
    >
  >;
}

/** Walks of as many pictures as there are shares, lane by lane on a sheet of their own; scripts/record/editing.py draws them. */
export interface RecordedWalks {
  readonly command: string;
  readonly prompt: string;
  readonly toPrompt: string;
  readonly seed: number;
  readonly toSeed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly shares: readonly number[];
  readonly lanes: readonly string[];
}
