import {Generator} from "../src/random.js";
import {slerp} from "../src/slerp.js";
import {combine, type Tensor} from "../src/tensor.js";

/** Along the arc (Shoemake's slerp), or straight through. */
export type Way = "arc" | "line";

/** Noise between those of two seeds, `share` of the way. */
export function walkNoise(seed: number, toSeed: number, share: number, way: Way, dims: readonly number[]): Tensor {
  const [from, to] = [seed, toSeed].map((each) => new Generator(each).randn(dims));
  return way === "arc" ? slerp(from, to, share) : combine([1 - share, from], [share, to]);
}
