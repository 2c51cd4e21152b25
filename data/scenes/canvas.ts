/** Anti-aliased shapes on a picture of RGB bytes. Only + - * / sqrt floor: the same bytes in every JavaScript engine. */

export const SIDE = 128;
export type Color = readonly [number, number, number];

/** RGB bytes, SIDE x SIDE x 3, row by row. */
export type Pixels = Uint8Array;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** From `a` to `b` at `t` in 0 ... 1. */
export function mix(a: Color, b: Color, t: number): Color {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** Lay `color` over one pixel with opacity 0 ... 1. */
function blend(pixels: Pixels, x: number, y: number, color: Color, opacity: number): void {
  const at = (y * SIDE + x) * 3;
  for (let k = 0; k < 3; k++) pixels[at + k] = Math.round(pixels[at + k] + (color[k] - pixels[at + k]) * opacity);
}

/** A vertical gradient over rows `from` (included) to `to` (excluded). */
export function gradient(pixels: Pixels, top: Color, bottom: Color, from = 0, to = SIDE): void {
  for (let y = Math.max(0, from); y < Math.min(SIDE, to); y++) {
    const color = mix(top, bottom, (y - from) / Math.max(1, to - from - 1));
    for (let x = 0; x < SIDE; x++) blend(pixels, x, y, color, 1);
  }
}

export function ellipse(
  pixels: Pixels,
  [cx, cy]: readonly [number, number],
  [rx, ry]: readonly [number, number],
  color: Color,
  opacity = 1
): void {
  for (let y = Math.max(0, Math.floor(cy - ry - 1)); y <= Math.min(SIDE - 1, cy + ry + 1); y++) {
    for (let x = Math.max(0, Math.floor(cx - rx - 1)); x <= Math.min(SIDE - 1, cx + rx + 1); x++) {
      const dx = (x + 0.5 - cx) / rx;
      const dy = (y + 0.5 - cy) / ry;
      const outside = (Math.sqrt(dx * dx + dy * dy) - 1) * Math.min(rx, ry);
      const covered = clamp(0.5 - outside, 0, 1);
      if (covered > 0) blend(pixels, x, y, color, covered * opacity);
    }
  }
}

export const disc = (pixels: Pixels, x: number, y: number, radius: number, color: Color, opacity = 1): void =>
  ellipse(pixels, [x, y], [radius, radius], color, opacity);

/** A rectangle of whole pixels. */
export function rectangle(pixels: Pixels, x: number, y: number, width: number, height: number, color: Color): void {
  for (let row = Math.max(0, y); row < Math.min(SIDE, y + height); row++) {
    for (let column = Math.max(0, x); column < Math.min(SIDE, x + width); column++)
      blend(pixels, column, row, color, 1);
  }
}

/** A thick line with round ends, from (x0, y0) to (x1, y1). */
export function stroke(
  pixels: Pixels,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  width: number,
  color: Color
): void {
  const length = (x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0);
  const reach = width / 2 + 1;
  for (
    let y = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
    y <= Math.min(SIDE - 1, Math.max(y0, y1) + reach);
    y++
  ) {
    for (
      let x = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
      x <= Math.min(SIDE - 1, Math.max(x0, x1) + reach);
      x++
    ) {
      const t = clamp(((x + 0.5 - x0) * (x1 - x0) + (y + 0.5 - y0) * (y1 - y0)) / length, 0, 1);
      const dx = x + 0.5 - x0 - t * (x1 - x0);
      const dy = y + 0.5 - y0 - t * (y1 - y0);
      const covered = clamp(width / 2 + 0.5 - Math.sqrt(dx * dx + dy * dy), 0, 1);
      if (covered > 0) blend(pixels, x, y, color, covered);
    }
  }
}

/** Fill everything below the line y = height(x); `to` shades it down to the picture's lower edge. */
export function below(pixels: Pixels, height: (x: number) => number, color: Color, to: Color = color): void {
  for (let x = 0; x < SIDE; x++) {
    const edge = height(x + 0.5);
    for (let y = Math.max(0, Math.floor(edge)); y < SIDE; y++) {
      const shade = mix(color, to, clamp((y - edge) / Math.max(1, SIDE - edge), 0, 1));
      blend(pixels, x, y, shade, clamp(y + 1 - edge, 0, 1));
    }
  }
}

/** A smooth line through evenly spaced heights: cubic easing between neighbours. */
export function rolling(heights: readonly number[]): (x: number) => number {
  return (x) => {
    const position = clamp((x / SIDE) * (heights.length - 1), 0, heights.length - 1.001);
    const i = Math.floor(position);
    const t = position - i;
    return heights[i] + (heights[i + 1] - heights[i]) * t * t * (3 - 2 * t);
  };
}

/** A ridge with straight slopes: the highest of several peaks [x, y], each falling by `slope` pixels a pixel. */
export function ridge(peaks: readonly (readonly [number, number])[], slope: number): (x: number) => number {
  return (x) => Math.min(...peaks.map(([px, py]) => py + Math.abs(x - px) * slope));
}
