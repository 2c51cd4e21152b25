import {imagePixels} from "../components/pixels.js";
import {noised} from "../src/forward.js";
import {cosines} from "../src/models/insides.js";
import {clipped, psnr} from "../src/pictures.js";
import type {Tensor} from "../src/tensor.js";

/** The noise levels at which things are measured. */
export const TIMESTEPS: readonly number[] = [0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 900, 950, 999]; // prettier-ignore

/** Scenes whose captions CLIP has to tell from the picture's own. */
export const OTHER_SCENES: readonly number[] = [0, 1, 2, 3, 6, 7, 9, 10, 11, 16, 18, 19, 22, 29, 36];

/** The part of an engine, or of a model in Node, that the measurements use. */
export interface Instruments {
  decode(latents: Tensor): Promise<Tensor>;
  embedTexts(texts: readonly string[]): Promise<Tensor>;
  embedImages(images: Tensor): Promise<Tensor>;
}

/** What is left of a picture at one noise level: for the decoder and for CLIP. */
export interface LossRow {
  readonly t: number;
  /** Of the decoded noised latents against the decoded clean ones, in dB; null at no difference. */
  readonly psnr: number | null;
  /** Of the decoded noised latents with each caption, the picture's own first. */
  readonly cosines: readonly number[];
}

/** What is noised and looked at. `captions`: the picture's own, then those of other pictures. */
export interface LossQuestion {
  readonly latents: Tensor;
  readonly eps: Tensor;
  readonly captions: readonly string[];
  readonly alphasCumprod: ArrayLike<number>;
  readonly timesteps: readonly number[];
}

/** Noise, decode, compare and ask CLIP, one timestep after the other; the decoder answers on what it never saw in training. */
export async function* measureLoss(
  {decode, embedTexts, embedImages}: Instruments,
  {latents, eps, captions, alphasCumprod, timesteps}: LossQuestion
): AsyncGenerator<LossRow> {
  const clean = clipped(await decode(latents));
  const words = await embedTexts(captions);
  for (const t of timesteps) {
    const image = clipped(await decode(noised(latents, eps, alphasCumprod[t])));
    const similar = cosines(await embedImages(image), words);
    const likeness = psnr(image, clean);
    yield {t, psnr: Number.isFinite(likeness) ? likeness : null, cosines: [...similar.data]};
  }
}

/** How alike a picture [1, 3, H, W] is to a plain one in its own mean colour, in dB: less than that is no likeness. */
export function plainLikeness(image: Tensor): number {
  const area = image.dims[2] * image.dims[3];
  const means = [0, 1, 2].map(
    (color) => image.data.subarray(color * area, (color + 1) * area).reduce((sum, value) => sum + value, 0) / area
  );
  return psnr({data: image.data.map((_, i) => means[Math.floor(i / area)]), dims: image.dims}, image);
}

/** The first timestep at which the decoded picture is less like the clean one than a plain picture is; null: at none. */
export function decoderLostAt(rows: readonly LossRow[], plain: number): number | null {
  return rows.find(({psnr}) => psnr !== null && psnr < plain)?.t ?? null;
}

/** The first timestep at which CLIP finds another caption more alike than the picture's own; null: at none. */
export function lostAt(rows: readonly LossRow[]): number | null {
  const row = rows.find(({cosines: [own, ...others]}) => Math.max(...others) > own);
  return row?.t ?? null;
}

/** Mean of a picture's colours, 0 (black) to 255 (white): a picture [1, 3, H, W] in [-1, 1]. */
export function brightnessOf(image: Tensor): number {
  const {data} = imagePixels(image);
  let sum = 0;
  for (let i = 0; i < data.length; i++) if (i % 4 < 3) sum += data[i];
  return sum / ((3 * data.length) / 4);
}
