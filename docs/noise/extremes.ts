import type {DrawOptions, StepRecord} from "../src/pipeline.js";
import type {ImageToImageOptions} from "../src/pipelines/imageToImage.js";
import type {Tensor} from "../src/tensor.js";
import {brightnessOf} from "./measure.js";

/** Prompts for pictures far from middle grey, and the scenes that they describe. */
export const EXTREMES = [
  {prompt: "a rocket on a black background", name: "rocket", color: "black"},
  {prompt: "a rocket on a white background", name: "rocket", color: "white"}
] as const;

/** How they are drawn: without guidance, so that nothing but the start differs from training. */
export const EXTREME_RUN = {sampler: "ddim", steps: 20, guidance: 1} as const;

/** The part of an engine, or of a model in Node, that draws. */
export interface Drawer {
  textToImage(options: DrawOptions): AsyncIterable<StepRecord>;
  imageToImage(options: ImageToImageOptions): AsyncIterable<StepRecord>;
  decode(latents: Tensor): Promise<Tensor>;
}

/** A drawn picture, [1, 3, H, W], and how bright it is. */
export interface Drawn {
  readonly image: Tensor;
  readonly brightness: number;
}

/**
 * One drawing, from noise alone, or from noise that holds the trace of a picture as training had it.
 * @param trace a picture of the right brightness [1, 3, H, W], or null
 * @param onStep hears how many steps are done
 */
export async function drawExtreme(
  {textToImage, imageToImage, decode}: Drawer,
  {prompt, seed, trace, signal}: {prompt: string; seed: number; trace: Tensor | null; signal?: AbortSignal},
  onStep: (record: StepRecord) => void = () => {}
): Promise<Drawn> {
  const options = {...EXTREME_RUN, prompt, seed, signal};
  const steps = trace ? imageToImage({...options, image: trace, strength: 1}) : textToImage(options);
  let last: StepRecord | null = null;
  for await (const record of steps) {
    last = record;
    onStep(record);
  }
  if (!last) throw new Error("the drawing ended before its first step");
  const image = await decode(last.prev);
  return {image, brightness: brightnessOf(image)};
}

/** A picture of one colour: that of another's upper left corner. */
export function plainOf({data, dims}: Tensor): Tensor {
  const size = dims[2] * dims[3];
  return {data: data.map((_, i) => data[Math.floor(i / size) * size]), dims};
}
