import type {Pixels} from "../components/pixels.js";

/** Width and height of a picture, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture in the size that a model takes: each new pixel is the mean of places within it, read between the old ones. */
export function resized(pixels: Pixels, {width, height}: Size): Pixels {
  if (pixels.width === width && pixels.height === height) return pixels;
  const [sx, sy] = [pixels.width / width, pixels.height / height];
  const [nx, ny] = [sx, sy].map((scale) => Math.max(1, Math.ceil(scale)));
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0;
        for (let i = 0; i < nx * ny; i++) {
          const [dx, dy] = [((i % nx) + 0.5) / nx, (Math.floor(i / nx) + 0.5) / ny];
          sum += between(pixels, (x + dx) * sx - 0.5, (y + dy) * sy - 0.5, channel);
        }
        data[4 * (y * width + x) + channel] = Math.round(sum / (nx * ny));
      }
  return {data, width, height};
}

/** The value at a place between pixels, from the four around it; at the edge the edge's own. */
function between({data, width, height}: Pixels, x: number, y: number, channel: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (column: number, row: number): number => {
    const [c, r] = [Math.min(width - 1, Math.max(0, column)), Math.min(height - 1, Math.max(0, row))];
    return data[4 * (r * width + c) + channel];
  };
  const [u, v] = [x - left, y - top];
  const upper = (1 - u) * at(left, top) + u * at(left + 1, top);
  const lower = (1 - u) * at(left, top + 1) + u * at(left + 1, top + 1);
  return (1 - v) * upper + v * lower;
}
