/**
 * Guidance is a walk along a line: u + w (c - u). Two predictions of a thousand numbers each lie, with 0, in one plane, and so
 * does the whole line; so it can be drawn without leaving anything out. Lengths are root mean squares (the Euclidean length
 * divided by the square root of the number of values): unit normal noise has length 1.
 */
import type {Tensor} from "./tensor.js";

/** x and y in that plane. */
export type PlanePoint = readonly [number, number];

export interface GuidancePlane {
  /** Along the x axis. */
  readonly uncond: PlanePoint;
  /** Never below the x axis. */
  readonly cond: PlanePoint;
  /** Length of c - u. */
  readonly difference: number;
  /** Between u and c, in degrees, 0 ... 180. */
  readonly angle: number;
  /** Where the scale w leads. */
  guided(scale: number): PlanePoint;
}

/** The plane of 0, u and c. Shapes alike. */
export function guidancePlane(uncond: Tensor, cond: Tensor): GuidancePlane {
  const count = uncond.data.length;
  const [uu, uc, cc] = products(uncond.data, cond.data).map((sum) => sum / count);
  const length = Math.sqrt(uu);
  const along = length > 0 ? uc / length : 0;
  const u: PlanePoint = [length, 0];
  const c: PlanePoint = [along, Math.sqrt(Math.max(0, cc - along ** 2))];
  return {
    ...{uncond: u, cond: c},
    difference: Math.hypot(c[0] - u[0], c[1]),
    angle: degreesBetween(u, c),
    guided: (scale) => [u[0] + scale * (c[0] - u[0]), scale * c[1]]
  };
}

/** Distance from 0. */
export const lengthOf = ([x, y]: PlanePoint): number => Math.hypot(x, y);

/** The angle between two arrows from 0, in degrees, 0 ... 180. */
export function degreesBetween(a: PlanePoint, b: PlanePoint): number {
  const degrees = (180 / Math.PI) * Math.abs(Math.atan2(b[1], b[0]) - Math.atan2(a[1], a[0]));
  return degrees > 180 ? 360 - degrees : degrees;
}

/** u · u, u · c, c · c */
function products(u: Float32Array, c: Float32Array): [number, number, number] {
  let [uu, uc, cc] = [0, 0, 0];
  for (let i = 0; i < u.length; i++) {
    uu += u[i] * u[i];
    uc += u[i] * c[i];
    cc += c[i] * c[i];
  }
  return [uu, uc, cc];
}
