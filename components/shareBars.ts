import {html} from "./dom.js";

/** One share of a whole: its label, from 0 to 1, and what else is said of it. */
export interface Share {
  label: string;
  share: number;
  note: string;
}

/** Bars that can be given other shares. */
export type ShareBars = HTMLElement & {update(shares: readonly Share[]): void};

/** Shares as bars in the order given, the largest one marked. */
export function shareBars(shares: readonly Share[], {label}: {label: string}): ShareBars {
  const node = html("ul", {class: "share-bars", "aria-label": label});

  function update(next: readonly Share[]): void {
    while (node.children.length > next.length) node.lastChild!.remove();
    while (node.children.length < next.length) node.append(row());
    const most = Math.max(...next.map(({share}) => share));
    next.forEach((share, i) => fill(node.children[i] as HTMLElement, share, share.share === most));
  }

  update(shares);
  return Object.assign(node, {update});
}

function row(): HTMLElement {
  const parts = ["share-label", "share-percent", "share-note"].map((name) => html("span", {class: name}));
  const track = html("span", {class: "share-track", "aria-hidden": "true"}, html("span", {class: "share-bar"}));
  return html("li", {}, parts[0], track, parts[1], parts[2]);
}

function fill(node: HTMLElement, {label, share, note}: Share, most: boolean): void {
  node.classList.toggle("most", most);
  const [name, track, percent, extra] = node.children as unknown as HTMLElement[];
  name.textContent = label;
  (track.firstElementChild as HTMLElement).style.width = `${100 * share}%`;
  percent.textContent = percentage(share);
  extra.textContent = note;
}

/** "42 %", "0.3 %". */
export function percentage(share: number): string {
  const percent = 100 * share;
  return `${percent < 10 && percent >= 0.05 ? percent.toFixed(1) : Math.round(percent)} %`;
}
