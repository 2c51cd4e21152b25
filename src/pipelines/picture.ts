/** What pipelines that begin with a picture share. */
import type {DiffusionModel} from "../pipeline.js";
import {samplerNamed} from "../samplers/registry.js";
import type {Sampler} from "../samplers/sampler.js";
import type {Tensor} from "../tensor.js";

/** A model whose autoencoder is at hand. */
export interface PictureModel extends DiffusionModel {
  /** Pictures [B, 3, H, W] in [-1, 1] -> latents as the UNet sees them [B, 4, h, w]. */
  encode(pictures: Tensor): Promise<Tensor>;
  /** The other way. */
  decode(latents: Tensor): Promise<Tensor>;
}

/**
 * Latents [1, 4, h, w] of a picture [1, 3, H, W] in [-1, 1]; what is latents already stays, as in diffusers.
 * @throws when it has another size than the model's pictures
 */
export async function latentsOf(model: PictureModel, image: Tensor): Promise<Tensor> {
  const latents = image.dims[1] === 3 ? await model.encode(image) : image;
  const [given, wanted] = [latents.dims, [1, ...model.latentShape]].map((dims) => dims.join(", "));
  if (given !== wanted) throw new Error(`the picture's latents are [${given}], this model's [${wanted}]: resize it`);
  return latents;
}

/**
 * The call that a run begins with where it makes only a share `strength` of its steps, the last ones: diffusers'
 * `get_timesteps`.
 * @throws when no step is left, or the sampler runs the other way
 */
export function firstCall({name}: Sampler, steps: number, strength: number): number {
  if (!(strength >= 0 && strength <= 1)) throw new Error(`strength ${strength}: give a number of 0 to 1`);
  if (name === "ddim-inverse")
    throw new Error("ddim-inverse makes noise of a picture: choose another sampler, or inversion");
  const made = Math.trunc(steps * strength);
  if (made < 1) throw new Error(`strength ${strength} leaves none of ${steps} steps: give ${1 / steps} or more`);
  return (steps - made) * samplerNamed(name).callsPerStep;
}
