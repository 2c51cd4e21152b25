import type {Pixels} from "./pixels.js";

/** Options of a canvas: the accessible name (none: decoration), and whether small pictures are enlarged smoothly or as squares. */
export interface PixelCanvasOptions {
  label?: string;
  smooth?: boolean;
}

/** A canvas that can be given another picture. */
export interface PixelCanvas extends HTMLCanvasElement {
  paint(pixels: Pixels | null): void;
  label(text: string): void;
}

/** A picture in a canvas of its own size; CSS gives it its size on the page. */
export function pixelCanvas(pixels: Pixels | null, {label, smooth = false}: PixelCanvasOptions = {}): PixelCanvas {
  const canvas = document.createElement("canvas");
  canvas.className = smooth ? "pixels smooth" : "pixels";
  let shown: Pixels | null | undefined;
  const node = Object.assign(canvas, {
    paint(next: Pixels | null): void {
      if (next !== shown) paint(canvas, next);
      shown = next;
    },
    label: (text: string) => name(canvas, text)
  });
  if (label) node.label(label);
  else canvas.setAttribute("aria-hidden", "true");
  node.paint(pixels);
  return node;
}

function paint(canvas: HTMLCanvasElement, pixels: Pixels | null): void {
  const width = pixels?.width ?? 16;
  const height = pixels?.height ?? 16;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) return;
  if (pixels) context.putImageData(new ImageData(pixels.data, width, height), 0, 0);
  else context.clearRect(0, 0, width, height);
}

function name(canvas: HTMLCanvasElement, text: string): void {
  canvas.removeAttribute("aria-hidden"); // it may have been decoration so far
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
}
