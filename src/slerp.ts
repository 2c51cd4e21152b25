import {combine, type Tensor} from "./tensor.js";

/** Above this cosine two directions count as one, and the straight line serves. */
const NEARLY_PARALLEL = 0.9995;

/**
 * Spherical interpolation, Shoemake 1985: along the arc from `from` (share 0) to `to` (share 1), so that what lies between
 * two draws of unit noise is as long as they are, and looks like noise. Shapes all alike.
 */
export function slerp(from: Tensor, to: Tensor, share: number): Tensor {
  const [first, second] = slerpWeights(from, to, share);
  return combine([first, from], [second, to]);
}

/** What both ends are multiplied by on the arc between them. */
export function slerpWeights(from: Tensor, to: Tensor, share: number): [number, number] {
  const angle = angleBetween(from, to);
  if (!(Math.abs(Math.cos(angle)) <= NEARLY_PARALLEL)) return [1 - share, share];
  return [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
}

/** The angle between two tensors as directions, in radians. */
export const angleBetween = (from: Tensor, to: Tensor): number =>
  Math.acos(dot(from, to) / Math.sqrt(dot(from, from) * dot(to, to)));

const dot = (a: Tensor, b: Tensor): number => a.data.reduce((sum, value, i) => sum + value * b.data[i], 0);
