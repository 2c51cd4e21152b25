// SDEdit, Meng et al. 2022, arXiv:2108.01073: noise a picture part of the way, and draw on from there. Numbers agree with
// diffusers' StableDiffusionImg2ImgPipeline, where the picture's latents are the mean of the VAE's distribution. Of PNDM
// only at strength 1: begun later, diffusers' repeats its second call all the same and is one step off from there on.
import {pipeline, type DrawOptions} from "../pipeline.js";
import {addNoise} from "../samplers/noising.js";
import type {Tensor} from "../tensor.js";
import {firstCall, latentsOf, type PictureModel} from "./picture.js";

export interface ImageToImageOptions extends DrawOptions {
  /** [1, 3, H, W] in [-1, 1], or its latents [1, 4, h, w] */
  readonly image: Tensor;
  /** Share of the steps that are made, 0 ... 1: near 0 the picture stays, at 1 little of it does. Default 0.8. */
  readonly strength?: number;
}

/** Draw a picture anew. Records count from the step that the run begins with. */
export const imageToImage = pipeline<ImageToImageOptions, PictureModel>(({model, run, sampler, noise}) => {
  const {image, steps, strength = 0.8} = run;
  const first = firstCall(sampler, steps, strength);
  return {first, begin: async () => addNoise(sampler, await latentsOf(model, image), noise, first)};
});
