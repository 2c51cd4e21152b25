/**
 * How a timestep becomes numbers before anything learned sees it: cosines and sines of t over frequencies from 1 down to nearly
 * 1 / 10,000. Vaswani et al. 2017, arXiv:1706.03762, section 3.5; get_timestep_embedding of diffusers with its `freq_shift` of 0.
 */

const LONGEST = 10_000;

/** Radians a timestep, of each of the `width / 2` frequencies. */
export function timeFrequencies(width: number): number[] {
  const half = width / 2;
  return Array.from({length: half}, (_, i) => LONGEST ** (-i / half));
}

/** The `width` features of t. @param cosinesFirst as Stable Diffusion has them (`flip_sin_to_cos`); else sines first */
export function timeFeatures(t: number, width: number, {cosinesFirst = true} = {}): Float32Array {
  const angles = timeFrequencies(width).map((frequency) => t * frequency);
  const [cosines, sines] = [angles.map(Math.cos), angles.map(Math.sin)];
  return Float32Array.from(cosinesFirst ? [...cosines, ...sines] : [...sines, ...cosines]);
}
