/** What people would call a scene: sentences and tag lists, with and without size, position, time and style. */
import type {Size} from "./atlas.js";
import {objectNamed} from "./objects.js";
import type {Place, Time} from "./places.js";
import {SceneRandom} from "./random.js";
import {captionSeed, type PlacedObject, type SceneSpec} from "./scene.js";

export interface Caption {
  readonly text: string;
  /** What it calls each object, in the order of the scene's objects. */
  readonly objects: readonly string[];
  /** What it calls the place or the plain colour, or null. */
  readonly place: string | null;
}

// Each place: [what goes with an object, the word in it]; the first is the usual one.
const PLACE_WORDS: Record<Place, readonly (readonly [string, string])[]> = {
  beach: [
    ["on the beach", "beach"],
    ["at the beach", "beach"],
    ["by the seaside", "seaside"],
    ["on the sand by the sea", "sand"]
  ],
  grass: [
    ["on the grass", "grass"],
    ["in the grass", "grass"],
    ["in a meadow", "meadow"],
    ["on a green field", "field"]
  ],
  snow: [
    ["in the snow", "snow"],
    ["on the snow", "snow"],
    ["in a snowy landscape", "snowy"]
  ],
  desert: [
    ["in the desert", "desert"],
    ["on the dunes", "dunes"],
    ["in a sandy desert", "desert"]
  ],
  ocean: [
    ["in the ocean", "ocean"],
    ["on the ocean", "ocean"],
    ["on the sea", "sea"],
    ["in the water", "water"]
  ],
  space: [
    ["in space", "space"],
    ["in outer space", "space"],
    ["among the stars in space", "space"]
  ],
  mountains: [
    ["in the mountains", "mountains"],
    ["in front of the mountains", "mountains"],
    ["in an alpine valley", "alpine"]
  ],
  city: [
    ["in the city", "city"],
    ["in town", "town"],
    ["on a city street", "street"]
  ]
};

const TIME_WORDS: Record<Time, readonly (readonly [string, string])[]> = {
  day: [
    ["by day", "day"],
    ["in the daytime", "daytime"],
    ["on a sunny day", "sunny"]
  ],
  sunset: [
    ["at sunset", "sunset"],
    ["at dusk", "dusk"],
    ["in the evening", "evening"]
  ],
  night: [
    ["at night", "night"],
    ["by night", "night"],
    ["under a night sky", "night"]
  ]
};

const SIZE_WORDS: Record<Size, readonly string[]> = {
  small: ["small", "little", "tiny"],
  normal: [],
  big: ["big", "large", "huge"]
};
const POSITION_WORDS = {left: "on the left", centre: "in the middle", right: "on the right"};
const GRAZING = ["eating grass", "grazing on the grass", "eating the grass"];
const OPENINGS = ["", "", "", "", "a picture of ", "an emoji of ", "there is "];
const PER_SCENE = 4;

/** PER_SCENE captions. The first names all: objects, place, time, sizes, positions; the others leave some out. */
export function captionsOf(spec: SceneSpec): Caption[] {
  const random = new SceneRandom(captionSeed(spec.seed));
  return Array.from({length: PER_SCENE}, (_, i) => writeCaption(spec, random, i === 0 ? 1 : 0.6));
}

/** What most people would say of one thing on a place: "a horse in the ocean". */
export const usualCaption = (name: string, place: Place): string =>
  `${article(objectNamed(name).phrases[0])} ${PLACE_WORDS[place][0][0]}`;

/** "an owl", "a unicorn", "grapes". */
function article(phrase: string): string {
  if (/(cherries|grapes)$/.test(phrase)) return phrase;
  return (/^[aeiou]/i.test(phrase) && !/^u[nf]/i.test(phrase) ? "an " : "a ") + phrase;
}

interface Parts {
  /** Words for each object, without article: "big horse". */
  things: string[];
  phrases: string[];
  where: readonly [string, string] | null;
  when: readonly [string, string] | null;
  /** Where a lone object is, when it is said. */
  side: string | null;
  style: string | null;
}

function writeCaption(spec: SceneSpec, random: SceneRandom, share: number): Caption {
  const parts = partsOf(spec, random, share);
  const text = random.chance(0.3) ? tags(spec, parts, random) : sentence(spec, parts, random);
  return {text, objects: parts.phrases, place: parts.where?.[1] ?? null};
}

function partsOf(spec: SceneSpec, random: SceneRandom, share: number): Parts {
  const said = (probability: number): boolean => random.chance(share === 1 ? 1 : probability);
  const phrases = spec.objects.map(({name}) => phraseOf(name, random));
  const things = spec.objects.map(({size}, i) => (said(share) ? sized(phrases[i], size, random) : phrases[i]));
  const lone = spec.objects.length === 1 ? spec.objects[0] : null;
  return {
    phrases,
    things,
    where: said(0.9) || !spec.objects.length ? whereOf(spec, random) : null,
    when: whenOf(spec, random, said(share)),
    side: lone ? sideOf(lone, random, said(share)) : null,
    style: random.chance(0.1) ? random.pick(["flat emoji", "flat style"]) : null
  };
}

/** The usual word more often than a synonym. */
function phraseOf(name: string, random: SceneRandom): string {
  const [usual, ...others] = objectNamed(name).phrases;
  return others.length && random.chance(0.25) ? random.pick(others) : usual;
}

const sized = (phrase: string, size: Size, random: SceneRandom): string =>
  SIZE_WORDS[size].length ? `${random.pick(SIZE_WORDS[size])} ${phrase}` : phrase;

function whereOf({place, color, paradise}: SceneSpec, random: SceneRandom): readonly [string, string] | null {
  if (color)
    return [
      random.pick([`on ${article(color)} background`, `in front of ${article(color)} wall`, `on plain ${color}`]),
      color
    ];
  if (!place) return null;
  if (paradise && random.chance(0.7))
    return random.pick([
      ["on a paradise beach", "beach"],
      ["in paradise", "paradise"]
    ] as const);
  return random.chance(0.5) ? PLACE_WORDS[place][0] : random.pick(PLACE_WORDS[place]);
}

function whenOf({time, cosmic}: SceneSpec, random: SceneRandom, said: boolean): readonly [string, string] | null {
  if (cosmic)
    return random.pick([
      ["under a cosmic sky", "cosmic"],
      ["under a violet sky of stars", "cosmic"]
    ] as const);
  if (!time || !said || (time === "day" && random.chance(0.7))) return null;
  return random.pick(TIME_WORDS[time]);
}

function sideOf({position}: PlacedObject, random: SceneRandom, said: boolean): string | null {
  if (!said || (position === "centre" && random.chance(0.8))) return null;
  return POSITION_WORDS[position];
}

/** "paradise, cosmic, beach": short words in any order, the objects mostly first. */
function tags(spec: SceneSpec, {things, where, when, side, style}: Parts, random: SceneRandom): string {
  const place = where && (spec.color ? `${spec.color} background` : where[1]);
  const extras = [
    spec.paradise && where && where[1] !== "paradise" && random.chance(0.6) ? "paradise" : null,
    place,
    when?.[1] ?? null,
    side?.split(" ").pop() ?? null,
    style
  ].filter((word): word is string => word !== null);
  const ordered = random.chance(0.5) ? extras : random.sample(extras, extras.length);
  return [...things, ...ordered].join(", ");
}

function sentence(spec: SceneSpec, parts: Parts, random: SceneRandom): string {
  const {where, when, side, style} = parts;
  const ending = [where?.[0], when?.[0]].filter(Boolean).join(" ");
  const tail = style ? `, ${style}` : "";
  if (!spec.objects.length) return nothingBut(spec, parts) + tail;
  if (spec.objects.length > 1)
    return random.pick(OPENINGS) + together(parts.things, random) + (ending && ` ${ending}`) + tail;
  const subject = article(parts.things[0]);
  if (grazes(spec) && random.chance(0.4)) {
    parts.where = ["on the grass", "grass"];
    return [subject, random.pick(GRAZING), side, when?.[0]].filter(Boolean).join(" ") + tail;
  }
  if (side && random.chance(0.4)) return `${side}, ${subject} ${ending}`.trim() + tail;
  return random.pick(OPENINGS) + [subject, ending].filter(Boolean).join(" ") + (side ? `, ${side}` : "") + tail;
}

const grazes = ({place, objects}: SceneSpec): boolean => place === "grass" && objectNamed(objects[0].name).grazes;

function together(things: readonly string[], random: SceneRandom): string {
  const [first, second, third] = things.map(article);
  if (third) return `${first}, ${second} and ${third}`;
  return random.pick([
    `${first} and ${second}`,
    `${first} and ${second}`,
    `${first} to the left of ${second}`,
    `${second} to the right of ${first}`,
    `${first} next to ${second}`
  ]);
}

/** A scene without objects: "a beach at night". */
function nothingBut(spec: SceneSpec, {where, when}: Parts): string {
  const place = spec.color ? `a plain ${spec.color} background` : (where?.[1] ?? spec.place);
  const kind = spec.paradise && place !== "paradise" ? "a paradise " : "the ";
  return [spec.color ? place : kind + place, when?.[0]].filter(Boolean).join(" ");
}
