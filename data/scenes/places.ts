/** The grounds and skies of scenes, drawn by shapes: calm enough to survive an f = 8 autoencoder, never twice the same. */
import {
  below,
  disc,
  ellipse,
  gradient,
  mix,
  rectangle,
  ridge,
  rolling,
  stroke,
  SIDE,
  type Color,
  type Pixels
} from "./canvas.js";
import type {SceneRandom} from "./random.js";

export const PLACES = ["beach", "grass", "snow", "desert", "ocean", "space", "mountains", "city"] as const;
export type Place = (typeof PLACES)[number];

export const TIMES = ["day", "sunset", "night"] as const;
export type Time = (typeof TIMES)[number];

export const COLORS = {
  red: [220, 60, 60],
  orange: [245, 150, 50],
  yellow: [250, 215, 80],
  green: [90, 180, 90],
  blue: [70, 130, 220],
  purple: [140, 90, 190],
  pink: [245, 160, 195],
  gray: [150, 152, 156],
  black: [28, 28, 32],
  white: [248, 248, 246]
} as const satisfies Record<string, Color>;
export type PlainColor = keyof typeof COLORS;

export interface Background {
  /** Null on a plain background. */
  readonly place: Place | null;
  readonly color: PlainColor | null;
  /** Null in space and on a plain background. */
  readonly time: Time | null;
  /** A beach with palms. */
  readonly paradise: boolean;
  /** A starry violet sky over any place. */
  readonly cosmic: boolean;
}

const WHITE: Color = [255, 255, 255];

const SKIES: Record<Time | "cosmic", readonly [Color, Color]> = {
  day: [
    [110, 180, 240],
    [205, 232, 250]
  ],
  sunset: [
    [105, 80, 150],
    [252, 168, 100]
  ],
  night: [
    [14, 20, 52],
    [48, 60, 110]
  ],
  cosmic: [
    [52, 20, 104],
    [176, 84, 186]
  ]
};

/** The colour of the light on the ground, and how much of it there is. */
const LIGHT: Record<Time | "cosmic", readonly [Color, number]> = {
  day: [WHITE, 0],
  sunset: [[226, 112, 76], 0.3],
  night: [[16, 24, 62], 0.58],
  cosmic: [[96, 40, 150], 0.42]
};

interface Brush {
  pixels: Pixels;
  random: SceneRandom;
  mood: Time | "cosmic";
  /** A ground colour in this scene's light. */
  lit(color: Color): Color;
}

/** Paint a whole background over `pixels`. */
export function drawBackground(pixels: Pixels, background: Background, random: SceneRandom): void {
  if (background.color) return drawPlain(pixels, background.color, random);
  const mood = background.cosmic ? "cosmic" : (background.time ?? "day");
  const [light, amount] = LIGHT[mood];
  const brush: Brush = {pixels, random, mood, lit: (color) => mix(color, light, amount)};
  if (background.place !== "space") drawSky(brush);
  GROUNDS[background.place ?? "grass"](brush);
  if (background.paradise) drawPalms(brush);
}

function drawPlain(pixels: Pixels, name: PlainColor, random: SceneRandom): void {
  const color = mix(COLORS[name], random.chance(0.5) ? WHITE : [0, 0, 0], random.uniform(0, 0.06));
  gradient(pixels, mix(color, WHITE, 0.05), mix(color, [0, 0, 0], 0.05));
}

function drawSky({pixels, random, mood}: Brush): void {
  const [top, bottom] = SKIES[mood];
  const warmth = random.uniform(-0.08, 0.08);
  const tint: Color = warmth > 0 ? [255, 210, 170] : [90, 120, 200];
  gradient(pixels, mix(top, tint, Math.abs(warmth)), mix(bottom, tint, Math.abs(warmth)), 0, 96);
  if (mood === "night" || mood === "cosmic") drawStars(pixels, random, mood === "cosmic" ? 9 : 6, 44);
  else for (let i = random.integer(0, 2); i > 0; i--) drawCloud(pixels, random, mood);
}

function drawStars(pixels: Pixels, random: SceneRandom, count: number, height: number): void {
  for (let i = 0; i < count; i++) {
    disc(pixels, random.integer(4, 123), random.integer(4, height), random.uniform(1.3, 1.9), [250, 244, 214]);
  }
}

function drawCloud(pixels: Pixels, random: SceneRandom, mood: Time | "cosmic"): void {
  const x = random.integer(2, 14) * 8;
  const y = random.integer(1, 4) * 8;
  const color: Color = mood === "sunset" ? [255, 206, 180] : WHITE;
  const width = random.uniform(12, 19);
  ellipse(pixels, [x, y + 3], [width, 5], color, 0.85);
  ellipse(pixels, [x - width * 0.3, y], [width * 0.42, 6], color, 0.85);
  ellipse(pixels, [x + width * 0.3, y + 1], [width * 0.36, 5], color, 0.85);
}

/** `count` heights around `level`, at most `swing` pixels away. */
const heights = (random: SceneRandom, count: number, level: number, swing: number): number[] =>
  Array.from({length: count}, () => level + random.uniform(-swing, swing));

const horizonOf = (random: SceneRandom): number => random.integer(7, 9) * 8;

const GROUNDS: Record<Place, (brush: Brush) => void> = {
  beach({pixels, random, lit}) {
    const horizon = horizonOf(random);
    rectangle(pixels, 0, horizon, SIDE, SIDE, lit([52, 150, 200]));
    gradient(pixels, lit([44, 136, 196]), lit([110, 205, 215]), horizon, horizon + 26);
    const shore = rolling(heights(random, 4, horizon + 24, 4));
    below(pixels, (x) => shore(x) - 3, lit([236, 248, 248]));
    below(pixels, shore, lit([244, 218, 156]), lit([232, 196, 128]));
  },
  grass({pixels, random, lit}) {
    const horizon = horizonOf(random);
    below(pixels, rolling(heights(random, 4, horizon - 6, 6)), lit([126, 186, 96]), lit([96, 160, 78]));
    below(pixels, rolling(heights(random, 3, horizon + 8, 5)), lit([112, 190, 82]), lit([70, 150, 60]));
  },
  snow({pixels, random, lit}) {
    const horizon = horizonOf(random);
    below(pixels, rolling(heights(random, 4, horizon - 8, 6)), lit([206, 222, 240]), lit([224, 234, 246]));
    for (let i = random.integer(1, 3); i > 0; i--)
      drawFir(pixels, random.integer(1, 15) * 8, horizon + 4, lit([64, 112, 96]));
    below(pixels, rolling(heights(random, 3, horizon + 4, 4)), lit([246, 250, 254]), lit([228, 236, 248]));
  },
  desert({pixels, random, lit}) {
    const horizon = horizonOf(random);
    below(pixels, rolling(heights(random, 4, horizon - 6, 7)), lit([226, 160, 84]), lit([214, 146, 74]));
    below(pixels, rolling(heights(random, 3, horizon + 6, 8)), lit([240, 184, 100]), lit([222, 158, 78]));
  },
  ocean({pixels, random, lit}) {
    const horizon = random.integer(5, 7) * 8;
    gradient(pixels, lit([72, 160, 214]), lit([22, 84, 158]), horizon, SIDE);
    for (let y = horizon + 14; y < SIDE; y += 24) {
      const line = rolling(heights(random, 7, y, 3));
      const depth = (y - horizon) / (SIDE - horizon);
      below(pixels, line, lit(mix([96, 182, 226], [44, 112, 184], depth)), lit([22, 84, 158]));
    }
  },
  space({pixels, random}) {
    const glow = random.pick<Color>([
      [34, 22, 70],
      [14, 34, 66],
      [44, 18, 52]
    ]);
    gradient(pixels, [10, 10, 28], glow);
    drawStars(pixels, random, 11, 124);
    if (random.chance(0.6)) drawPlanet(pixels, random);
  },
  mountains({pixels, random, lit}) {
    const peaks = [random.integer(1, 5) * 8, random.integer(6, 10) * 8, random.integer(11, 15) * 8].map(
      (x) => [x, random.integer(3, 6) * 8] as const
    );
    const slope = random.uniform(0.9, 1.2);
    below(pixels, ridge(peaks, slope), lit([242, 246, 250]));
    const jagged = rolling(heights(random, 9, 0, 3));
    const caps = ridge(peaks, slope * 0.25);
    below(
      pixels,
      (x) => Math.max(ridge(peaks, slope)(x), caps(x) + 11 + jagged(x)),
      lit([120, 130, 152]),
      lit([92, 102, 128])
    );
    below(pixels, rolling(heights(random, 3, 88, 4)), lit([104, 148, 104]), lit([78, 124, 84]));
  },
  city({pixels, random, mood, lit}) {
    for (let x = 0; x < SIDE;) {
      const width = random.integer(2, 4) * 8;
      drawBuilding({pixels, random, mood, lit}, x, width, random.integer(2, 7) * 8);
      x += width;
    }
    rectangle(pixels, 0, 88, SIDE, 8, lit([176, 178, 184]));
    rectangle(pixels, 0, 96, SIDE, 32, lit([104, 108, 118]));
    for (let x = 8; x < SIDE; x += 40) rectangle(pixels, x, 110, 24, 4, lit([232, 222, 180]));
  }
};

function drawBuilding({pixels, random, mood, lit}: Brush, x: number, width: number, top: number): void {
  const color = random.pick<Color>([
    [150, 162, 182],
    [186, 140, 120],
    [124, 136, 160],
    [204, 184, 158]
  ]);
  rectangle(pixels, x, top, width, 88 - top, lit(color));
  const dark = mood === "night" || mood === "cosmic";
  const window: Color = dark ? [252, 222, 130] : lit([214, 232, 244]);
  for (let wy = top + 8; wy < 80; wy += 16) {
    for (let wx = x + 5; wx + 6 <= x + width - 4; wx += 12) {
      if (random.chance(dark ? 0.5 : 0.8)) rectangle(pixels, wx, wy, 6, 8, window);
    }
  }
}

function drawFir(pixels: Pixels, x: number, foot: number, color: Color): void {
  for (let row = 0; row < 24; row++) {
    const half = 1 + (row * 8) / 24;
    stroke(pixels, [x - half, foot - 24 + row], [x + half, foot - 24 + row], 1.4, color);
  }
}

function drawPlanet(pixels: Pixels, random: SceneRandom): void {
  const color = random.pick<Color>([
    [214, 140, 92],
    [96, 160, 190],
    [176, 120, 180]
  ]);
  const radius = random.uniform(9, 15);
  const x = random.pick([2, 3, 12, 13, 14]) * 8;
  const y = random.pick([2, 3, 12, 13]) * 8;
  disc(pixels, x, y, radius, color);
  if (random.chance(0.5)) ellipse(pixels, [x, y], [radius * 1.7, 2.2], mix(color, WHITE, 0.5));
}

/** One or two coconut palms at the sides: a bent trunk and five drooping leaves. */
function drawPalms({pixels, random, lit}: Brush): void {
  const sides = random.chance(0.5) ? [1, -1] : [random.pick([1, -1])];
  for (const side of sides) {
    const x = side === 1 ? random.integer(1, 2) * 8 : SIDE - random.integer(1, 2) * 8;
    const [foot, top] = [random.integer(12, 13) * 8, random.integer(3, 5) * 8];
    const crown = x + side * 10;
    stroke(pixels, [x, foot], [x + side * 3, (foot + top) / 2], 6, lit([146, 104, 66]));
    stroke(pixels, [x + side * 3, (foot + top) / 2], [crown, top], 5, lit([146, 104, 66]));
    for (const [dx, dy] of [
      [-20, 6],
      [-13, -8],
      [2, -13],
      [15, -7],
      [20, 7]
    ]) {
      stroke(pixels, [crown, top], [crown + dx * 0.6, top + dy * 0.8 - 2], 6, lit([60, 150, 70]));
      stroke(pixels, [crown + dx * 0.6, top + dy * 0.8 - 2], [crown + dx, top + dy + 5], 4.5, lit([60, 150, 70]));
    }
  }
}
