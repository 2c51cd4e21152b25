import {textToImage} from "../pipeline.js";
import {imageToImage} from "./imageToImage.js";
import {inpainting} from "./inpainting.js";
import {interpolation} from "./interpolation.js";
import {inversion} from "./inversion.js";
import {projection} from "./projection.js";
import {promptToPrompt} from "./promptToPrompt.js";

/** Every pipeline by its name; a new one is one file and one entry here. */
export const PIPELINES = {
  ...{textToImage, imageToImage, inpainting, projection, inversion, interpolation},
  promptToPrompt
} as const;

export type PipelineName = keyof typeof PIPELINES;

/** What a pipeline is asked for. */
export type PipelineOptions<Name extends PipelineName> = Parameters<(typeof PIPELINES)[Name]>[1];
