import {html} from "./dom.js";
import {pixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";

/** What the large picture shows. `finished`: the end of a run, shown as an image that can be saved. */
export interface PictureData {
  pixels: Pixels | null;
  name: string;
  badges: readonly string[];
  finished: boolean;
}

/** The large picture. */
export type Picture = HTMLElement & {update(data: PictureData): void};

/** Options: how pixels become the address of an image; tests and servers have no canvas. */
export interface PictureOptions {
  toUrl?: (canvas: HTMLCanvasElement) => string;
}

/** A picture with badges on it (live or recorded, preview or decoded). A finished one is an <img> whose name says what it is. */
export function picture(
  data: PictureData,
  {toUrl = (canvas) => canvas.toDataURL("image/png")}: PictureOptions = {}
): Picture {
  const canvas = pixelCanvas(null, {label: data.name});
  const image = html("img", {alt: "", width: 128, height: 128, hidden: true});
  const badges = html("div", {class: "badges"});
  const node = html("div", {class: "picture"}, canvas, image, badges);
  let shown: Pixels | null = null;

  function update({pixels, name, badges: words, finished}: PictureData): void {
    if (pixels !== shown) canvas.paint(pixels);
    canvas.classList.toggle("soft", (pixels?.width ?? 128) < 64);
    canvas.label(name);
    canvas.hidden = finished;
    image.hidden = !finished;
    if (finished && (pixels !== shown || !image.getAttribute("src"))) image.src = toUrl(canvas);
    image.alt = finished ? name : "";
    if (badges.textContent !== words.join("")) {
      badges.replaceChildren(...words.map((word) => html("span", {class: `badge badge-${word.split(" ")[0]}`}, word)));
    }
    shown = pixels;
  }

  update(data);
  return Object.assign(node, {update});
}
