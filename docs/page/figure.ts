import {html} from "../components/dom.js";

/** A framed figure: its parts, its caption last. */
export function figure(name: string, ...parts: (Node | null)[]): HTMLElement {
  return html("figure", {class: "figure wide", "aria-label": name}, ...parts);
}

/** A picture with its words below. */
export function titled(picture: Node, ...words: (Node | string)[]): HTMLElement {
  return html("figure", {class: "titled"}, picture, html("figcaption", {}, ...words));
}

/** A line of small print, to be filled. */
export const caption = (text = ""): HTMLElement => html("figcaption", {class: "caption"}, text);
