import {noiseMosaic, sizeByPlace} from "../components/noiseMosaic.js";
import {matrixPixels} from "../components/heatmap.js";
import type {Pixels} from "../components/pixels.js";
import {divergingScale, greyScale, sequentialScale} from "../components/scales.js";
import {rescaled} from "../page/rescale.js";
import type {Step} from "../page/film.js";
import {guidancePlane, type GuidancePlane} from "../src/guidancePlane.js";
import {combine, type Tensor} from "../src/tensor.js";

/** Everything about one step that does not depend on the scale, made once. */
export interface StepView {
  readonly step: Step;
  /** Both predictions as pictures of their four channels, and what the one has that the other has not. */
  readonly uncond: Pixels;
  readonly cond: Pixels;
  readonly difference: Pixels;
  /** Half the width of the difference's colour scale. */
  readonly limit: number;
  /** Where the difference is large, one value a place; and the largest. */
  readonly where: Pixels;
  readonly most: number;
  /** What either prediction expects at the end. */
  readonly x0Uncond: Tensor;
  readonly x0Cond: Tensor;
  /** The plane of both noises, and of both expected pictures. */
  readonly noisePlane: GuidancePlane;
  readonly picturePlane: GuidancePlane;
}

const GREY = greyScale(3);
const views = new WeakMap<Float32Array, StepView>();

export const noisePixels = (eps: Tensor): Pixels => noiseMosaic(eps, GREY);

export function viewOf(step: Step): StepView {
  const known = views.get(step.epsCond.data);
  if (known) return known;
  const {epsUncond, epsCond} = step;
  const difference = combine([1, epsCond], [-1, epsUncond]);
  const limit = Math.max(
    1e-6,
    difference.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  );
  const sizes = sizeByPlace(difference);
  const most = Math.max(1e-6, ...sizes);
  const [h, w] = difference.dims.slice(-2);
  const [x0Uncond, x0Cond] = [rescaled(step, 0).x0, rescaled(step, 1).x0];
  const view: StepView = {
    step,
    uncond: noisePixels(epsUncond),
    cond: noisePixels(epsCond),
    difference: noiseMosaic(difference, divergingScale(limit)),
    where: matrixPixels({values: sizes, rows: h, columns: w}, sequentialScale(most)),
    ...{limit, most, x0Uncond, x0Cond},
    noisePlane: guidancePlane(epsUncond, epsCond),
    picturePlane: guidancePlane(x0Uncond, x0Cond)
  };
  views.set(epsCond.data, view);
  return view;
}

/** Mean and standard deviation of all values, over n. */
export function momentsOf({data}: Tensor): {mean: number; deviation: number} {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  return {mean, deviation: Math.sqrt(variance)};
}

/** Standard deviation over n - 1, as torch's `std`. */
export function stdOf({data}: Tensor): number {
  return momentsOf({data, dims: []}).deviation * Math.sqrt(data.length / (data.length - 1));
}
