import {interpolateGreys, interpolateRdBu, interpolateViridis, scaleDiverging, scaleSequential} from "d3";

/** A value to a CSS colour. Beyond its range nothing changes; a function of your own may leave the range out. */
export interface ColorScale {
  (value: number): string;
  readonly range?: readonly [from: number, to: number];
}

/** Signed numbers (latents, embeddings, differences): blue below 0, white at 0, red above; beyond ±limit nothing changes. */
export function divergingScale(limit: number): ColorScale {
  const scale = scaleDiverging((t) => interpolateRdBu(1 - t))
    .domain([-limit, 0, limit])
    .clamp(true);
  return within(scale, -limit, limit);
}

/** Shares and probabilities (attention, softmax): dark at 0, bright at `most`. */
export function sequentialScale(most: number): ColorScale {
  return within(scaleSequential(interpolateViridis).domain([0, most]).clamp(true), 0, most);
}

/** Noise: black at -limit, middle grey at 0, white at limit. */
export function greyScale(limit: number): ColorScale {
  const scale = scaleSequential((t) => interpolateGreys(1 - t))
    .domain([-limit, limit])
    .clamp(true);
  return within(scale, -limit, limit);
}

const within = (scale: (value: number) => string, from: number, to: number): ColorScale =>
  Object.assign((value: number) => scale(value), {range: [from, to] as const});
