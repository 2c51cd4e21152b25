import {html, svg} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";

/** A small picture, or a value in words, with its name below. */
export function laneTile(title: string) {
  const canvas = pixelCanvas(null, {label: title, smooth: true});
  const words = html("span", {class: "lane-value"});
  const node = html(
    "figure",
    {class: "lane-tile"},
    html("div", {class: "lane-face"}, canvas, words),
    html("figcaption", {}, title)
  );
  return {
    node,
    update(content: Pixels | string | null): void {
      const text = typeof content === "string" ? content : "";
      canvas.hidden = Boolean(text);
      if (!text) canvas.paint(content as Pixels | null);
      words.textContent = text;
    }
  };
}

/** A part of the model as a box: frozen ones carry a padlock. */
export function part(name: string, kind: string, frozen: boolean, says = "learns"): HTMLElement {
  return html(
    "div",
    {class: `lane-part part-${kind}`},
    html("b", {}, name),
    frozen ? html("span", {}, padlock(), "frozen") : html("span", {}, says)
  );
}

/** A closed padlock: this part's weights do not change. */
const padlock = (): SVGElement =>
  svg(
    "svg",
    {viewBox: "0 0 16 18", "aria-hidden": "true"},
    svg("path", {d: "M4 8V5a4 4 0 0 1 8 0v3", fill: "none", stroke: "currentColor", "stroke-width": 2}),
    svg("rect", {x: 1.5, y: 8, width: 13, height: 9, rx: 2, fill: "currentColor"})
  );

export const arrow = (): HTMLElement => html("span", {class: "plus", "aria-hidden": "true"}, "→");
