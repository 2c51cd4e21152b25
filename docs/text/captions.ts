import {html} from "../components/dom.js";
import type {Reading} from "./reading.js";

/** Live or recorded, of which prompt and how computed: the line under a figure. */
export function sourceLine({source, model, prompt}: Pick<Reading, "source" | "model" | "prompt">, more = ""): string {
  const where = source === "live" ? "live, in this browser" : "recorded";
  return [where, `“${prompt}”`, `${model} model`, more].filter(Boolean).join(" · ");
}

/** Parts of a figure: its controls above, its picture, and its caption below. */
export function figureOf(label: string, ...parts: (Node | string | null)[]): HTMLElement {
  return html("section", {class: "figure wide", "aria-label": label}, ...parts);
}
