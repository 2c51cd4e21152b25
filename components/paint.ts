import type {Pixels} from "./pixels.js";

/** A colour of three bytes: red, green, blue. */
export type Rgb = readonly [number, number, number];

/** A point of a picture, in pixels from its upper left corner. */
export interface Point {
  x: number;
  y: number;
}

/** A picture of one colour. */
export function blankPixels(side: number, color: Rgb): Pixels {
  const data = new Uint8ClampedArray(4 * side * side);
  for (let i = 0; i < side * side; i++) data.set([...color, 255], 4 * i);
  return {data, width: side, height: side};
}

/** Paints a round stroke from one point to another onto `pixels`; its edge is soft by a pixel. `radius` is in pixels. */
export function paintStroke({data, width, height}: Pixels, from: Point, to: Point, radius: number, color: Rgb): void {
  const reach = radius + 1;
  const [left, right] = [Math.min(from.x, to.x) - reach, Math.max(from.x, to.x) + reach];
  const [top, bottom] = [Math.min(from.y, to.y) - reach, Math.max(from.y, to.y) + reach];
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
      const cover = radius + 0.5 - distanceToSegment({x: x + 0.5, y: y + 0.5}, from, to);
      if (cover > 0) blend(data, 4 * (y * width + x), color, Math.min(1, cover));
    }
  }
}

/** How far a point lies from the straight line between two others. */
export function distanceToSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length ? ((point.x - from.x) * dx + (point.y - from.y) * dy) / length : 0;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - from.x - t * dx, point.y - from.y - t * dy);
}

function blend(data: Uint8ClampedArray, at: number, color: Rgb, share: number): void {
  for (let c = 0; c < 3; c++) data[at + c] += share * (color[c] - data[at + c]);
}
