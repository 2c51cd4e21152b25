// DDIM inversion: from a picture to the noise that draws it again. Song et al. 2021, arXiv:2010.02502, section 4.3. Numbers
// agree with diffusers' DDIMInverseScheduler in the loop of its inversion pipelines.
import {pipeline, type DrawOptions} from "../pipeline.js";
import type {Tensor} from "../tensor.js";
import {latentsOf, type PictureModel} from "./picture.js";

export interface InversionOptions extends Omit<DrawOptions, "seed" | "noiseSeed" | "latents" | "sampler" | "eta"> {
  /** [1, 3, H, W] in [-1, 1], or its latents [1, 4, h, w] */
  readonly image: Tensor;
}

/**
 * Timesteps count up; the last record's `prev` is noise that `textToImage` takes as `latents`. The prompt says what the
 * picture shows. Guidance is 1, none, unless asked for: with it, the way back is another.
 */
export const inversion = pipeline<InversionOptions, PictureModel>(
  ({model, run, sampler}) => {
    if (sampler.name !== "ddim-inverse")
      throw new Error(`inversion runs ddim-inverse, not ${sampler.name}: leave the sampler out`);
    return {begin: () => latentsOf(model, run.image)};
  },
  {sampler: "ddim-inverse", guidance: 1, seed: 0}
);
