import {Generator} from "../src/random.js";
import {slerp} from "../src/slerp.js";
import {combine, type Tensor} from "../src/tensor.js";

/** Along the arc (Shoemake's slerp), or straight through. */
export type Way = "arc" | "line";

/** The three walks: between seeds both ways, and between the texts' matrices. */
export type Lane = Way | "words";
export const LANES: readonly Lane[] = ["arc", "line", "words"];

/** From where to where. */
export interface Walk {
  readonly prompt: string;
  readonly toPrompt: string;
  readonly seed: number;
  readonly toSeed: number;
}

/** Noise between those of two seeds, `share` of the way. */
export function walkNoise(seed: number, toSeed: number, share: number, way: Way, dims: readonly number[]): Tensor {
  const [from, to] = [seed, toSeed].map((each) => new Generator(each).randn(dims));
  return way === "arc" ? slerp(from, to, share) : combine([1 - share, from], [share, to]);
}

/** What a walk's pictures depend on: seeds that lie still and words that do not matter are left out. */
export function laneKey(lane: Lane, {prompt, toPrompt, seed, toSeed}: Walk): string {
  const texts = [prompt.trim(), ...(lane === "words" ? [toPrompt.trim()] : [])];
  return JSON.stringify([lane, texts, lane === "words" ? [seed] : [seed, toSeed]]);
}

/** One picture to draw, and the walks that it belongs to. */
export interface Stop {
  readonly share: number;
  readonly lanes: readonly Lane[];
}

/** The pictures of these walks, ends first, then the middle, then quarters. All begin with one picture, and both ways between seeds end with one. */
export function stopsOfWalks(shares: readonly number[], lanes: readonly Lane[]): Stop[] {
  const inOrder = [...shares].sort((a, b) => coarseness(a) - coarseness(b));
  return inOrder.flatMap((share): Stop[] => {
    if (share === 0) return [{share, lanes}];
    const seeds = lanes.filter((lane) => lane !== "words");
    const words = lanes.filter((lane) => lane === "words");
    const groups = share === 1 ? [seeds, words] : lanes.map((lane) => [lane]);
    return groups.filter((group) => group.length).map((group) => ({share, lanes: group}));
  });
}

const coarseness = (share: number): number => [0, 1, 0.5, 0.25, 0.75].indexOf(share) + (share % 0.25 ? 10 : 0);

/** What the lengths of the noise say. @param line, arc its length by share of the way, in per cent */
export function lengthVerdict(
  {seed, toSeed}: Walk,
  {arc, line}: Record<Way, readonly (readonly [number, number])[]>
): string {
  if (seed === toSeed) return `Both seeds are ${seed}: there is no way to go between their noises.`;
  const [share, least] = line.reduce((low, place) => (place[1] < low[1] ? place : low));
  const lengths = arc.map(([, length]) => length);
  return `Straight through, the noise is shortest at ${share.toFixed(0)} % of the way: ${least.toFixed(3)}, where noise should have 1. Two independent noises stand nearly at right angles, so the middle of their straight line has √½ = 0.707 of their length. Along the arc the length stays between ${Math.min(...lengths).toFixed(3)} and ${Math.max(...lengths).toFixed(3)}.`;
}
