import {html} from "./dom.js";

/** A bar: its label, its length from 0 to 1 of the track, and its value in words. */
export interface RowBar {
  readonly label: string;
  readonly share: number;
  readonly value: string;
  /** A class for its colour. */
  readonly tint?: string;
  /** Drawn before the label: a small picture. */
  readonly picture?: Node | null;
}

/** Bars that can be given other values. */
export type RowBars = HTMLElement & {update(bars: readonly RowBar[]): void};

/** A list of labelled bars, one a row, each with its value in words. */
export function rowBars(bars: readonly RowBar[], {label}: {label: string}): RowBars {
  const node = html("ol", {class: "row-bars", "aria-label": label});

  function update(next: readonly RowBar[]): void {
    while (node.children.length > next.length) node.lastElementChild!.remove();
    while (node.children.length < next.length) node.append(emptyBar());
    next.forEach((bar, i) => fill(node.children[i] as HTMLElement, bar));
  }

  update(bars);
  return Object.assign(node, {update});
}

function emptyBar(): HTMLElement {
  return html(
    "li",
    {},
    html("span", {class: "bar-label"}),
    html("span", {class: "bar-track", "aria-hidden": "true"}, html("i", {})),
    html("span", {class: "bar-value"})
  );
}

function fill(item: HTMLElement, {label, share, value, tint = "", picture}: RowBar): void {
  const [name, track, words] = item.children;
  name.replaceChildren(...(picture ? [picture] : []), label);
  (track.firstElementChild as HTMLElement).style.width = `${100 * Math.max(0, Math.min(1, share))}%`;
  words.textContent = value;
  item.className = tint;
}
