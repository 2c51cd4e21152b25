/**
 * How far a cloud of points is from another, or from the world that it should be: the sliced Wasserstein distance (Rabin et
 * al. 2011, doi:10.1007/978-3-642-24785-9_37; Bonneel et al. 2015, doi:10.1007/s10851-014-0506-3). Both are seen from the
 * side, in one direction; sorted, the first point there belongs to the first here, and so on; the mean way between partners
 * is averaged over directions. It has the unit of the plane, needs no bandwidth, and costs a few sorts.
 */
import type {Tensor} from "../tensor.js";
import type {World} from "./world.js";

/** Directions over a half turn; more change the result by less than 1 %. */
const DIRECTIONS = 24;

/** Places at which the world's own quantiles are known, at least. */
const FINEST = 1000;

/** Between two clouds [1, 2, N, 1] and [1, 2, M, 1]. 0: the same from every side. */
export function slicedWasserstein(a: Tensor, b: Tensor): number {
  return meanOverDirections((x, y) => meanWay(projected(a, x, y), projected(b, x, y)));
}

/**
 * Between a cloud [1, 2, N, 1] and the world itself, noised to a level (1: clean). No second cloud is thrown, so nothing of
 * it is by chance but the cloud: N true points of the example world are about 1.2 / sqrt(N) away.
 */
export function distanceToWorld(points: Tensor, world: World, alphaCumprod = 1): number {
  const count = Math.max(points.dims[2], FINEST);
  return meanOverDirections((x, y) =>
    meanWay(projected(points, x, y), worldQuantiles(world, [x, y], alphaCumprod, count))
  );
}

function meanOverDirections(distance: (x: number, y: number) => number): number {
  let sum = 0;
  for (let i = 0; i < DIRECTIONS; i++) {
    const angle = (Math.PI * i) / DIRECTIONS;
    sum += distance(Math.cos(angle), Math.sin(angle));
  }
  return sum / DIRECTIONS;
}

/** Sorted places along a direction. */
function projected({data, dims}: Tensor, x: number, y: number): Float64Array {
  const count = dims[2];
  return Float64Array.from({length: count}, (_, i) => x * data[i] + y * data[count + i]).sort();
}

/** Mean distance of partners in rank: the area between both quantile functions. */
function meanWay(a: Float64Array, b: Float64Array): number {
  const count = Math.max(a.length, b.length);
  const at = (sorted: Float64Array, i: number) => sorted[Math.floor(((i + 0.5) * sorted.length) / count)];
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs(at(a, i) - at(b, i));
  return sum / count;
}

/** The places below which (i + 1/2) / count of the noised world lies, seen along a direction. */
function worldQuantiles(
  world: World,
  direction: readonly [number, number],
  alpha: number,
  count: number
): Float64Array {
  const signal = Math.sqrt(alpha);
  const total = world.reduce((sum, {weight}) => sum + weight, 0);
  const humps = world.map(({mean, deviation, weight}) => ({
    center: signal * (direction[0] * mean[0] + direction[1] * mean[1]),
    spread: Math.sqrt(alpha * deviation ** 2 + 1 - alpha),
    share: weight / total
  }));
  const low = Math.min(...humps.map(({center, spread}) => center - 6 * spread));
  const high = Math.max(...humps.map(({center, spread}) => center + 6 * spread));
  const cells = 4000;
  const width = (high - low) / cells;
  const density = (x: number) =>
    humps.reduce(
      (sum, {center, spread, share}) => sum + (share / spread) * Math.exp(-0.5 * ((x - center) / spread) ** 2),
      0
    ) / Math.sqrt(2 * Math.PI);
  const quantiles = new Float64Array(count);
  let below = 0;
  let next = 0;
  for (let cell = 0; cell < cells && next < count; cell++) {
    const inside = density(low + (cell + 0.5) * width) * width; // the midpoint rule
    while (next < count && (next + 0.5) / count <= below + inside) {
      quantiles[next] = low + (cell + ((next + 0.5) / count - below) / inside) * width;
      next++;
    }
    below += inside;
  }
  return quantiles.fill(high, next);
}
