import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";

/** A small picture with a badge and words below, that can be given others. */
export type Shot = HTMLElement & {
  /** Whether it has been given a picture. */
  readonly shown: boolean;
  show(pixels: Pixels | null, name: string, badge: "recorded" | "live" | "preview" | ""): void;
  /** Other words below. */
  tell(words: string): void;
};

export function shot(words: string | Node = ""): Shot {
  const canvas = pixelCanvas(null, {label: "no picture yet"});
  const note = html("span", {class: "tile-badge"});
  const caption = html("figcaption", {}, words);
  const node = html("figure", {class: "shot"}, html("div", {class: "tile-frame"}, canvas, note), caption);
  let shown = false;
  const given = {
    get shown() {
      return shown;
    },
    tell: (next: string) => caption.replaceChildren(next),
    show(pixels: Pixels | null, name: string, badge: string): void {
      shown ||= pixels !== null;
      canvas.paint(pixels);
      canvas.classList.toggle("smooth", (pixels?.width ?? 0) > 16);
      canvas.label(name);
      note.textContent = badge;
      note.className = `tile-badge ${badge}`;
    }
  };
  return Object.defineProperties(node, Object.getOwnPropertyDescriptors(given)) as Shot;
}
