import {html} from "./dom.js";

/** A signed number with its name. */
export interface NamedValue {
  name: string;
  value: number;
}

/** Bars that can be given other numbers. */
export type ValueBars = HTMLElement & {update(values: readonly NamedValue[]): void};

/** Signed numbers as bars to the left and the right of 0, blue and red as in a heatmap; the ends are ±limit. */
export function valueBars(values: readonly NamedValue[], {limit = 3} = {}): ValueBars {
  const node = html("dl", {class: "value-bars"});

  function update(next: readonly NamedValue[]): void {
    node.replaceChildren(...next.map(({name, value}) => row(name, value, limit)));
  }

  update(values);
  return Object.assign(node, {update});
}

function row(name: string, value: number, limit: number): HTMLElement {
  const share = Math.min(1, Math.abs(value) / limit) * 50;
  const bar = html("i", {class: value < 0 ? "bar below" : "bar above"});
  bar.style.width = `${share}%`;
  bar.style.left = `${value < 0 ? 50 - share : 50}%`;
  return html(
    "div",
    {},
    html("dt", {}, name),
    html("dd", {}, html("span", {class: "track"}, bar), html("span", {class: "number"}, signed(value)))
  );
}

/** Two digits after the point, with a true minus sign, so that columns stand still. */
export function signed(value: number, digits = 2): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}
