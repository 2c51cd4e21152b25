import type {Pixels} from "./pixels.js";

/** Options: the side of the square that comes out, in pixels, and how a file becomes a bitmap (tests bring their own). */
export interface PictureFileOptions {
  side?: number;
  open?: (file: Blob) => Promise<ImageBitmap>;
}

/** Larger files are refused before they are decoded: a picture of 40 MB fills the memory of a phone. */
const MOST_BYTES = 40e6;

/**
 * A picture file as a square: its middle, resized, on white where it is transparent.
 * @throws one sentence when the file is too large or no picture that the browser can open
 */
export async function readPicture(
  file: Blob & {name?: string},
  {side = 128, open = (blob) => createImageBitmap(blob)}: PictureFileOptions = {}
): Promise<Pixels> {
  const name = file.name ? `“${file.name}”` : "what was pasted";
  if (file.size > MOST_BYTES) {
    throw new Error(
      `${name} has ${Math.round(file.size / 1e6)} MB: choose a picture of at most ${MOST_BYTES / 1e6} MB`
    );
  }
  const bitmap = await open(file).catch(() => {
    throw new Error(`${name} is no picture that this browser can open: choose a PNG, JPEG, WebP or GIF file`);
  });
  const context = Object.assign(document.createElement("canvas"), {width: side, height: side}).getContext("2d", {
    willReadFrequently: true
  })!;
  const {x, y, size} = middleSquare(bitmap.width, bitmap.height);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, x, y, size, size, 0, 0, side, side);
  bitmap.close();
  const {data} = context.getImageData(0, 0, side, side);
  return {data: data as Pixels["data"], width: side, height: side};
}

/** The largest square in the middle of a picture. */
export function middleSquare(width: number, height: number): {x: number; y: number; size: number} {
  const size = Math.min(width, height);
  return {x: (width - size) / 2, y: (height - size) / 2, size};
}
