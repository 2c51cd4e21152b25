// Projection guidance: at each step the predicted clean sample is decoded, what is known of the picture replaces what was
// drawn, and the result is encoded again. Wang et al. 2022, arXiv:2212.00490 (DDNM), equation 13, in latent space.
import {pipeline, type DrawOptions} from "../pipeline.js";
import {averaged, withLowFrequencies, withLuminance} from "../pictures.js";
import type {Tensor} from "../tensor.js";
import type {PictureModel} from "./picture.js";

export interface ProjectionOptions extends DrawOptions {
  /** What is known: [1, 3, H, W] in [-1, 1]; for low frequencies a small picture will do, [1, 3, H / n, W / n]. */
  readonly image: Tensor;
  /** "luminance" draws the colours of a grey picture, "low-frequencies" the details of a coarse one. */
  readonly keep: "luminance" | "low-frequencies";
  /** Side of the squares whose mean is kept of a full-size picture, in pixels. Default 8. */
  readonly blockSize?: number;
}

/** Colorization and super-resolution: draw what a given picture leaves open. */
export const projection = pipeline<ProjectionOptions, PictureModel>(({model, run}) => {
  const known = knownOf(run);
  return {project: async (x0) => model.encode(known(await model.decode(x0)))};
});

/** Picture as drawn -> with what is known put in its place. */
function knownOf({image, keep, blockSize = 8}: ProjectionOptions): (drawn: Tensor) => Tensor {
  switch (keep) {
    case "luminance":
      return (drawn) => withLuminance(drawn, image);
    case "low-frequencies":
      return (drawn) => withLowFrequencies(drawn, image.dims[3] < drawn.dims[3] ? image : averaged(image, blockSize));
    default:
      throw new Error(`unknown projection: ${keep as string}; one of luminance, low-frequencies`);
  }
}
