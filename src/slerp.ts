import {combine, type Tensor} from "./tensor.js";

/** Above this cosine two directions count as one, and the straight line serves. */
const NEARLY_PARALLEL = 0.9995;

/**
 * Spherical interpolation, Shoemake 1985: along the arc from `from` (share 0) to `to` (share 1), so that what lies between
 * two draws of unit noise is as long as they are, and looks like noise. Shapes all alike.
 */
export function slerp(from: Tensor, to: Tensor, share: number): Tensor {
  const cosine = dot(from, to) / Math.sqrt(dot(from, from) * dot(to, to));
  if (!(Math.abs(cosine) <= NEARLY_PARALLEL)) return combine([1 - share, from], [share, to]);
  const angle = Math.acos(cosine);
  return combine(
    [Math.sin((1 - share) * angle) / Math.sin(angle), from],
    [Math.sin(share * angle) / Math.sin(angle), to]
  );
}

const dot = (a: Tensor, b: Tensor): number => a.data.reduce((sum, value, i) => sum + value * b.data[i], 0);
