/** What a scene is: a background and a few things on it. Made from a seed by `describeScene`, or by hand. */
import type {Size, Style} from "./atlas.js";
import {SIZES} from "./atlas.js";
import {OBJECTS, objectNamed, type SceneObject} from "./objects.js";
import {COLORS, PLACES, TIMES, type Background, type Place, type PlainColor, type Time} from "./places.js";
import {isKeptOut, pairOf, type Split} from "./split.js";
import {SceneRandom} from "./random.js";

export type Position = "left" | "centre" | "right";

export interface PlacedObject {
  readonly name: string;
  readonly style: Style;
  readonly size: Size;
  readonly position: Position;
  /** Upper left corner of its square in pixels, multiples of 8. */
  readonly x: number;
  readonly y: number;
}

export interface SceneSpec extends Background {
  readonly seed: number;
  readonly objects: readonly PlacedObject[];
}

export interface SceneOptions {
  readonly split?: Split;
  /** Only these objects; all when left out. */
  readonly objects?: readonly string[];
}

const COUNTS = {zero: 4, one: 64, two: 24, three: 8};
const NUMBER = {zero: 0, one: 1, two: 2, three: 3} as const;
const ONE_SIZE = {normal: 76, big: 17, small: 7};
const ONE_POSITION = {centre: 60, left: 20, right: 20};

// Left edges by size and position: few, so that a sprite meets the latent grid in few ways.
const LEFT_EDGES: Record<Size, Record<Position, readonly number[]>> = {
  small: {left: [8, 16], centre: [40, 48], right: [72, 80]},
  normal: {left: [0, 8], centre: [32], right: [56, 64]},
  big: {left: [0], centre: [16], right: [32]}
};

const MOST_SEED = 2 ** 50;
const SEED_OF_SPEC = 1;
const SEED_OF_PAIR = 3;

/**
 * The scene of a seed. `train` and `validation` never hold a kept-out (object, place) pair; `tuning` and `held-out`
 * hold one object of exactly such a pair.
 * @param seed an integer in 0 ... 2^50
 * @throws when the seed is out of range or an object name unknown
 */
export function describeScene(seed: number, {split = "train", objects}: SceneOptions = {}): SceneSpec {
  if (!Number.isInteger(seed) || seed < 0 || seed > MOST_SEED)
    throw new Error(`not a scene's seed: ${seed}; a whole number in 0 ... 2^50`);
  const random = new SceneRandom(seed * 4 + SEED_OF_SPEC);
  if (split === "tuning" || split === "held-out") {
    const pair = pairOf(split, seed, objects);
    const background: Background = {...outdoors(random, pair.place, 0), paradise: false};
    return {seed, ...background, objects: [placeOne(random, objectNamed(pair.object), background)]};
  }
  const pool = objects ? objects.map(objectNamed) : OBJECTS;
  const background = describeBackground(random);
  const allowed = pool.filter((object) => !isKeptOut(object.name, background.place));
  const count = Math.min(NUMBER[random.weighted(COUNTS)], allowed.length);
  return {seed, ...background, objects: placeAll(random, random.sample(allowed, count), background)};
}

/** The seed of a scene's drawing and captions, apart from that of its description. */
export const drawingSeed = (seed: number): number => seed * 4 + 2;
export const captionSeed = (seed: number): number => seed * 4 + SEED_OF_PAIR;

function describeBackground(random: SceneRandom): Background {
  if (random.chance(0.22)) {
    const color = random.pick(Object.keys(COLORS) as PlainColor[]);
    return {place: null, color, time: null, paradise: false, cosmic: false};
  }
  return outdoors(random, random.pick(PLACES), 0.06);
}

function outdoors(random: SceneRandom, place: Place, cosmicShare: number): Background {
  const time: Time | null =
    place === "space" ? null : random.weighted({[TIMES[0]]: 60, [TIMES[1]]: 20, [TIMES[2]]: 20});
  const paradise = place === "beach" && random.chance(0.3);
  const cosmic = place !== "space" && random.chance(cosmicShare);
  return {place, color: null, time: cosmic ? null : time, paradise, cosmic};
}

function placeAll(random: SceneRandom, things: readonly SceneObject[], background: Background): PlacedObject[] {
  if (things.length === 1) return [placeOne(random, things[0], background)];
  if (things.length === 2) return placeTwo(random, things, background);
  const shift = random.pick([0, 8]);
  return things.map((thing, i) =>
    placed(random, thing, "small", (["left", "centre", "right"] as const)[i], 40 * i + shift, background)
  );
}

function placeOne(random: SceneRandom, thing: SceneObject, background: Background): PlacedObject {
  const size = random.weighted(ONE_SIZE);
  const position = random.weighted(ONE_POSITION);
  return placed(random, thing, size, position, random.pick(LEFT_EDGES[size][position]), background);
}

function placeTwo(random: SceneRandom, [a, b]: readonly SceneObject[], background: Background): PlacedObject[] {
  const sizes = random.pick<readonly [Size, Size]>([
    ["normal", "normal"],
    ["normal", "normal"],
    ["normal", "normal"],
    ["normal", "small"],
    ["small", "normal"]
  ]);
  return [
    placed(random, a, sizes[0], "left", sizes[0] === "small" ? 16 : 0, background),
    placed(random, b, sizes[1], "right", sizes[1] === "small" ? 72 : 64, background)
  ];
}

function placed(
  random: SceneRandom,
  thing: SceneObject,
  size: Size,
  position: Position,
  x: number,
  background: Background
): PlacedObject {
  return {name: thing.name, style: "flat", size, position, x, y: topEdge(random, thing, SIZES[size], background)};
}

/** Things stand where they would: on the ground, on the water, in the air, or afloat where there is no ground. */
function topEdge(random: SceneRandom, thing: SceneObject, side: number, {place, color}: Background): number {
  const middle = Math.floor((128 - side) / 16) * 8;
  if (color || place === "space") return middle;
  if (thing.stands === "air") return random.pick([8, 16]);
  return random.pick(place === "ocean" ? [104, 112] : [112, 120]) - side;
}

/** A scene of one thing on a place or a plain colour, in the middle, by day: "a horse on the grass". */
export function sceneOf(name: string, where: Place | PlainColor, seed = 0): SceneSpec {
  const color = where in COLORS ? (where as PlainColor) : null;
  const place = color ? null : (where as Place);
  const time: Time | null = place && place !== "space" ? "day" : null;
  const background: Background = {place, color, time, paradise: false, cosmic: false};
  const object = placed(new SceneRandom(seed), objectNamed(name), "normal", "centre", 32, background);
  return {seed, ...background, objects: [object]};
}
