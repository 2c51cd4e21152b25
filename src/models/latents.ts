/** What a VAE encoder says of a picture: not latents but a normal distribution of them, a mean and a variance for each. */
import type {Tensor} from "../tensor.js";

/** In the VAE's own scale: the UNet sees latents times the scaling factor. Both [B, 4, h, w]. */
export interface LatentDistribution {
  readonly mean: Tensor;
  /** Of the variance, natural, limited to -30 ... 20 as diffusers does. */
  readonly logVariance: Tensor;
}

/** [B, 8, h, w], means first -> the distribution. */
export function latentDistribution({data, dims}: Tensor): LatentDistribution {
  const [batch, channels, ...grid] = dims;
  const size = data.length / batch / 2;
  const half = (offset: number, limit: (value: number) => number): Tensor => {
    const values = new Float32Array(batch * size);
    for (let item = 0; item < batch; item++)
      for (let i = 0; i < size; i++) values[item * size + i] = limit(data[(2 * item + offset) * size + i]);
    return {data: values, dims: [batch, channels / 2, ...grid]};
  };
  return {mean: half(0, (value) => value), logVariance: half(1, (value) => Math.min(20, Math.max(-30, value)))};
}

/** The likeliest latents, as the UNet sees them: the mean. */
export function modeOf({mean}: LatentDistribution, scalingFactor: number): Tensor {
  return {data: mean.data.map((value) => scalingFactor * value), dims: mean.dims};
}

/** Latents drawn from the distribution, as the UNet sees them. @param noise unit normal, of the mean's shape */
export function sampleOf({mean, logVariance}: LatentDistribution, noise: Tensor, scalingFactor: number): Tensor {
  const deviation = (i: number): number => Math.exp(logVariance.data[i] / 2);
  return {data: mean.data.map((value, i) => scalingFactor * (value + deviation(i) * noise.data[i])), dims: mean.dims};
}

/**
 * KL(N(mean, variance) || N(0, 1)) of each latent, in nats: how much its distribution says beyond plain noise.
 * (mean^2 + variance - 1 - ln variance) / 2, Kingma and Welling 2014, arXiv:1312.6114, appendix B. Shape of the mean.
 */
export function klDivergence({mean, logVariance}: LatentDistribution): Tensor {
  const data = mean.data.map((value, i) => {
    const log = logVariance.data[i];
    return (value ** 2 + Math.exp(log) - 1 - log) / 2;
  });
  return {data, dims: mean.dims};
}
