// Inpainting with any UNet: after each step the region to keep is replaced by the picture, noised as far as the run is
// (Lugmayr et al. 2022, arXiv:2201.09865, equation 8, without its resampling). A UNet of 9 channels sees mask and masked
// picture beside the latents instead. Numbers agree with diffusers' StableDiffusionInpaintPipeline.
import {pipeline, type DrawOptions} from "../pipeline.js";
import {addNoise} from "../samplers/noising.js";
import {withChannels, type Tensor} from "../tensor.js";
import {firstCall, latentsOf, type PictureModel} from "./picture.js";

export interface InpaintingOptions extends DrawOptions {
  /** [1, 3, H, W] in [-1, 1], or its latents [1, 4, h, w] */
  readonly image: Tensor;
  /** Where to draw (0.5 and more) and where to keep: [1, 1, H, W], or [1, 1, h, w]. */
  readonly mask: Tensor;
  /** Share of the steps that are made, 0 ... 1. At 1, the default, the run begins in noise alone. */
  readonly strength?: number;
  /** What a 9-channel UNet sees of the picture, in place of the image with the masked region grey. As `image`. */
  readonly maskedImage?: Tensor;
}

/** Draw one region anew. */
export const inpainting = pipeline<InpaintingOptions, PictureModel>(async ({model, run, sampler, noise}) => {
  const {image, steps, strength = 1} = run;
  const first = firstCall(sampler, steps, strength);
  const mask = resized(run.mask, model.latentShape);
  const original = await latentsOf(model, image);
  const begin = strength < 1 ? async () => addNoise(sampler, original, noise, first) : undefined;
  const [channels] = model.latentShape;
  if ((model.inChannels ?? channels) !== channels)
    return {first, begin, beside: withChannels(mask, await maskedLatents(model, run))};
  const last = sampler.timesteps.length - 1;
  const kept = (index: number): Tensor => (index < last ? addNoise(sampler, original, noise, index + 1) : original);
  return {first, begin, replace: (prev, index) => masked(mask, prev, kept(index))};
});

/** What a UNet made for inpainting sees of the picture, [1, 4, h, w]. */
function maskedLatents(model: PictureModel, {image, mask, maskedImage}: InpaintingOptions): Promise<Tensor> {
  const [channels] = model.latentShape;
  if (model.inChannels !== 2 * channels + 1)
    throw new Error(`a UNet of ${model.inChannels} input channels cannot inpaint: it needs ${2 * channels + 1}`);
  if (!maskedImage && image.dims[1] !== 3)
    throw new Error("this UNet sees the masked picture: give the image as [1, 3, H, W], or maskedImage");
  return latentsOf(model, maskedImage ?? withoutMasked(image, mask));
}

/** Grey, 0, where the mask says to draw. */
const withoutMasked = (image: Tensor, mask: Tensor): Tensor => {
  const fitting = resized(mask, image.dims.slice(1));
  return masked(fitting, {data: new Float32Array(image.data.length), dims: image.dims}, image);
};

/** `drawn` where the mask is 1, `kept` where it is 0. [1, 1, h, w] and twice [1, C, h, w] */
function masked({data: mask}: Tensor, drawn: Tensor, kept: Tensor): Tensor {
  const choose = (value: number, i: number): number => (mask[i % mask.length] ? drawn.data[i] : value);
  return {data: kept.data.map(choose), dims: kept.dims};
}

/** The mask as 0 or 1, each cell with the value at its upper left corner (torch's "nearest"). [., ., h, w] */
function resized({data, dims}: Tensor, [, height, width]: readonly number[]): Tensor {
  const [rows, columns] = dims.slice(-2);
  if (data.length !== rows * columns) throw new Error(`a mask of shape [${dims.join(", ")}]: give [1, 1, H, W]`);
  const cells = Float32Array.from({length: height * width}, (_, i) => {
    const [y, x] = [Math.floor((Math.floor(i / width) * rows) / height), Math.floor(((i % width) * columns) / width)];
    return data[y * columns + x] >= 0.5 ? 1 : 0;
  });
  return {data: cells, dims: [1, 1, height, width]};
}
