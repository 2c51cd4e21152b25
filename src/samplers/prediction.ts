/** From a model's raw output to the clean sample and the noise that it stands for. */
import type {FullConfig} from "../schedulerConfig.js";
import {combine, type Tensor} from "../tensor.js";

export interface Prediction {
  readonly x0: Tensor;
  readonly eps: Tensor;
}

/**
 * The clean sample and the noise that a model's output stands for, given a variance-preserving sample and its alpha-bar.
 * v is Salimans and Ho 2022, arXiv:2202.00512, appendix D.
 * @throws when the prediction type is unknown
 */
export function predictionOf(output: Tensor, sample: Tensor, alpha: number, type: string = "epsilon"): Prediction {
  const [a, b] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  switch (type) {
    case "epsilon":
      return {x0: combine([1 / a, sample], [-b / a, output]), eps: output};
    case "sample":
    case "original_sample":
      return {x0: output, eps: combine([1 / b, sample], [-a / b, output])};
    case "v_prediction":
      return {x0: combine([a, sample], [-b, output]), eps: combine([a, output], [b, sample])};
    default:
      throw new Error(`unknown prediction_type: ${type}; one of epsilon, v_prediction, sample`);
  }
}

/** The other way: the output that stands for a given clean sample. */
export function outputOf(x0: Tensor, sample: Tensor, alpha: number, type: string = "epsilon"): Tensor {
  const {eps} = predictionOf(x0, sample, alpha, "sample");
  switch (type) {
    case "epsilon":
      return eps;
    case "v_prediction":
      return combine([Math.sqrt(alpha), eps], [-Math.sqrt(1 - alpha), x0]);
    default:
      return x0;
  }
}

/** The clean sample, limited as the configuration says: by a moving threshold, by a fixed one, or not. */
export function limited(x0: Tensor, config: FullConfig): Tensor {
  if (config.thresholding) return thresholded(x0, config);
  return config.clip_sample ? clamped(x0, config.clip_sample_range) : x0;
}

const clamped = ({data, dims}: Tensor, range: number): Tensor => ({
  data: data.map((value) => Math.min(range, Math.max(-range, value))),
  dims
});

/**
 * Dynamic thresholding, Saharia et al. 2022, arXiv:2205.11487, section 2.3: each picture [C, H, W] is clamped to a high
 * quantile of its own absolute values, at least 1, and divided by it.
 */
export function thresholded({data, dims}: Tensor, config: FullConfig): Tensor {
  const {dynamic_thresholding_ratio: ratio, sample_max_value: most} = config;
  const size = data.length / dims[0];
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += size) {
    const picture = data.subarray(start, start + size);
    const s = Math.min(Math.max(quantile(picture.map(Math.abs), ratio), 1), most);
    result.set(
      picture.map((value) => Math.min(s, Math.max(-s, value)) / s),
      start
    );
  }
  return {data: result, dims};
}

/** torch.quantile: straight between the two nearest ranks. */
function quantile(values: Float32Array, ratio: number): number {
  const sorted = values.slice().sort();
  const rank = Math.fround(Math.fround(ratio) * (sorted.length - 1));
  const low = Math.floor(rank);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (rank - low) * (sorted[high] - sorted[low]);
}
