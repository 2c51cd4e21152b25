import type {RunSettings} from "../components/runSettings.js";
import type {LinearPreview, Pixels} from "../components/pixels.js";
import type {Token} from "../components/tokenRow.js";
import {combine, type Tensor} from "../src/tensor.js";
import type {Film, Step} from "./film.js";
import {markRecorded} from "./recordedLatents.js";

/** Noise of a smaller share cannot be told from the rounding of 16-bit numbers: DDPM's last step has a share of 1e-10. */
const LEAST_NOISE = 1e-3;

/** The JSON beside a recorded run's numbers; scripts/record.ts writes both. */
export interface Recording {
  command: string;
  model: string;
  prompt: string;
  settings: RunSettings;
  dims: readonly number[];
  preview: LinearPreview;
  tokens: readonly Token[];
  secondsPerStep: number;
  /** Steps whose x̂0 was decoded, in the order of the picture sheet; the last entry of the sheet is the finished picture. */
  sheet: readonly number[];
  steps: readonly RecordedStep[];
}

export type RecordedStep = Pick<
  Step,
  "timestep" | "prevTimestep" | "alphaCumprod" | "prevAlphaCumprod" | "coefficients"
>;

/**
 * The film of a recording: `numbers` holds, as 16-bit floats, the latents before each step and after the last, then the predictions without
 * and with the prompt. x̂0 and eps follow from them.
 */
export function recordedFilm(recording: Recording, numbers: ArrayBuffer): Film {
  const {steps, dims, settings, prompt, tokens, secondsPerStep} = recording;
  const size = dims.reduce((a, b) => a * b);
  const values = halfToFloat(new Uint16Array(numbers));
  const at = (i: number): Tensor => ({data: values.subarray(i * size, (i + 1) * size), dims});
  const n = steps.length;
  const mark = (...tensors: Tensor[]) => tensors.forEach((tensor) => markRecorded(tensor, recording.preview));
  const records = steps.map((step, index) => {
    const [latents, prev] = [at(index), at(index + 1)];
    const [epsUncond, epsCond] = [at(n + 1 + index), at(2 * n + 1 + index)];
    const {eps, x0} = guided(latents, epsUncond, epsCond, settings.guidance, step.alphaCumprod);
    const {coefficients: share} = step;
    const left = combine([1, prev], [-share.x0, x0], [-share.eps, eps]);
    const noise = share.noise > LEAST_NOISE ? combine([1 / share.noise, left]) : null;
    const record: Step = {
      ...step,
      ...{index, numSteps: n, latents, xt: latents, epsUncond, epsCond, eps, x0, prev, prevXt: prev, noise},
      ...{earlier: null, remembered: [], replaced: null, inside: {}},
      ...{guidanceScale: settings.guidance, seconds: secondsPerStep}
    };
    mark(latents, prev, epsUncond, epsCond, eps, x0, ...(noise ? [noise] : []));
    return record;
  });
  return {
    source: "recorded",
    prompt,
    settings,
    tokens,
    steps: records,
    numSteps: n,
    finished: true,
    model: recording.model
  };
}

/** A picture file as it is. */
export async function wholePixels(blob: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(blob);
  const {width, height} = bitmap;
  const context = Object.assign(document.createElement("canvas"), {width, height}).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return {data: context.getImageData(0, 0, width, height).data as Pixels["data"], width, height};
}

/** The pictures of a recording's sheet, left to right. */
export async function sheetPixels(blob: Blob): Promise<Pixels[]> {
  const bitmap = await createImageBitmap(blob);
  const side = bitmap.height;
  const canvas = Object.assign(document.createElement("canvas"), {width: bitmap.width, height: side});
  const context = canvas.getContext("2d", {willReadFrequently: true})!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return Array.from({length: canvas.width / side}, (_, i) => {
    const {data} = context.getImageData(i * side, 0, side, side);
    return {data: data as Pixels["data"], width: side, height: side};
  });
}

function guided(xt: Tensor, u: Tensor, c: Tensor, scale: number, alpha: number): {eps: Tensor; x0: Tensor} {
  const eps = u.data.map((value, i) => value + scale * (c.data[i] - value));
  const x0 = eps.map((value, i) => (xt.data[i] - Math.sqrt(1 - alpha) * value) / Math.sqrt(alpha));
  return {eps: {data: eps, dims: xt.dims}, x0: {data: x0, dims: xt.dims}};
}

/** IEEE 754 half precision to single. */
export function halfToFloat(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** Single to the nearest half precision, for numbers of ordinary size. */
export function floatToHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const sign = value < 0 ? 0x8000 : 0;
    const size = Math.abs(value);
    if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
    const exponent = Math.min(15, Math.floor(Math.log2(size)));
    return sign | Math.min(0x7bff, ((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
  });
}
