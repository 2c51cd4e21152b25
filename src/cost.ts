/**
 * What a call of a UNet or of a VAE's decoder costs, counted from diffusers' config alone, without building the network.
 *
 * Counted: multiply-adds of convolutions, of linear layers, and of attention's two matrix products (queries with keys,
 * weights with values). Not counted: norms, activations, softmax, sums and biases, which are small beside them. The
 * numbers are those of torch.utils.flop_counter over the same diffusers class, divided by two (test/goldens/cost.json).
 */

/** Multiply-adds of one call for one picture. */
export interface Cost {
  /** Work done once at each place: convolutions and linear layers. Twice the width and the height: four times as much. */
  readonly places: number;
  /** Self-attention's products, once for each pair of places: sixteen times as much. */
  readonly pairs: number;
  /** What does not grow with the picture: the time embedding, and the text's keys and values. */
  readonly fixed: number;
}

/** The keys of diffusers' UNet2DConditionModel config that say how much it computes. */
export interface UnetConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly block_out_channels: readonly number[];
  readonly down_block_types: readonly string[];
  readonly up_block_types: readonly string[];
  /** ResNet blocks at each level on the way down; one more on the way up. */
  readonly layers_per_block: number;
  /** E */
  readonly cross_attention_dim: number;
}

/** The keys of diffusers' AutoencoderKL config that say how much its decoder computes. `fold`: see data/training/models. */
export interface DecoderConfig {
  readonly out_channels: number;
  readonly latent_channels: number;
  readonly block_out_channels: readonly number[];
  readonly layers_per_block: number;
  readonly fold?: number;
}

/** The UNet of Stable Diffusion 1.5 (its unet/config.json). */
export const SD15_UNET: UnetConfig = {
  in_channels: 4,
  out_channels: 4,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
  up_block_types: ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
  layers_per_block: 2,
  cross_attention_dim: 768
};

/** The autoencoder of Stable Diffusion 1.5 (its vae/config.json). */
export const SD15_DECODER: DecoderConfig = {
  out_channels: 3,
  latent_channels: 4,
  block_out_channels: [128, 256, 512, 512],
  layers_per_block: 2
};

export const totalOf = ({places, pairs, fixed}: Cost): number => places + pairs + fixed;

/**
 * One UNet call for one sample [in_channels, side, side] and `tokens` words.
 * @param side of the square that it works on, a multiple of 2^(levels - 1)
 * @throws when the side cannot be halved that often
 */
export function unetCost(config: UnetConfig, {side, tokens}: {side: number; tokens: number}): Cost {
  const {block_out_channels: widths, layers_per_block: layers, cross_attention_dim: textWidth} = config;
  const last = widths.length - 1;
  const timeWidth = 4 * widths[0];
  if (side % 2 ** last)
    throw new Error(`a side of ${side} cannot be halved ${last} times: give a multiple of ${2 ** last}`);
  const count = tally();

  /** A ResNet block at a grid of side x side. */
  function resnet(input: number, output: number, at: number): void {
    count.places += residual(input, output, at);
    count.fixed += timeWidth * output;
  }

  /** A transformer block: self-attention, a look at the text, a feed-forward network four times as wide, gated. */
  function transformer(width: number, at: number): void {
    const area = at * at;
    const projections = 2 + 4 + 2; // in and out of the block; self-attention's four; the text's queries and output
    const feedForward = 8 + 4;
    count.places += area * (projections + feedForward) * width ** 2 + 2 * area * tokens * width;
    count.pairs += 2 * area ** 2 * width;
    count.fixed += 2 * tokens * textWidth * width;
  }

  count.fixed += widths[0] * timeWidth + timeWidth ** 2;
  count.places += convolution(config.in_channels, widths[0], side);
  const skips = [widths[0]];
  let at = side;
  let width = widths[0];
  for (const [level, output] of widths.entries()) {
    for (let layer = 0; layer < layers; layer++) {
      resnet(width, output, at);
      if (looksAtText(config.down_block_types[level])) transformer(output, at);
      width = output;
      skips.push(width);
    }
    if (level === last) break;
    at /= 2;
    count.places += convolution(width, width, at);
    skips.push(width);
  }

  resnet(width, width, at);
  transformer(width, at);
  resnet(width, width, at);

  for (const [level, output] of widths.toReversed().entries()) {
    for (let layer = 0; layer <= layers; layer++) {
      resnet(width + skips.pop()!, output, at);
      if (looksAtText(config.up_block_types[level])) transformer(output, at);
      width = output;
    }
    if (level === last) break;
    at *= 2;
    count.places += convolution(width, width, at);
  }
  count.places += convolution(width, config.out_channels, at);
  return count;
}

/** The decoder of a VAE for one block of latents [latent_channels, side, side]. */
export function decoderCost(config: DecoderConfig, {side}: {side: number}): Cost {
  const {latent_channels: latents, layers_per_block: layers, fold = 1} = config;
  const widths = config.block_out_channels.toReversed();
  const count = tally();
  let at = side;
  let width = widths[0];
  count.places += at ** 2 * latents ** 2 + convolution(latents, width, at);
  count.places += 2 * residual(width, width, at) + 4 * at ** 2 * width ** 2;
  count.pairs += 2 * at ** 4 * width;
  for (const [level, output] of widths.entries()) {
    for (let layer = 0; layer <= layers; layer++) {
      count.places += residual(width, output, at);
      width = output;
    }
    if (level === widths.length - 1) break;
    at *= 2;
    count.places += convolution(width, width, at);
  }
  count.places += convolution(width, config.out_channels * fold ** 2, at);
  return count;
}

const tally = () => ({places: 0, pairs: 0, fixed: 0});

/** A convolution of 3 x 3 whose output is side x side. */
const convolution = (input: number, output: number, side: number): number => 9 * input * output * side ** 2;

/** Two convolutions, and a third of 1 x 1 around them where the width changes. */
const residual = (input: number, output: number, side: number): number =>
  convolution(input, output, side) +
  convolution(output, output, side) +
  (input === output ? 0 : input * output * side ** 2);

const looksAtText = (block: string): boolean => block.startsWith("CrossAttn");
