import {html, withProperty} from "../components/dom.js";
import {picture} from "../components/picture.js";
import type {Pixels} from "../components/pixels.js";

/** What a picture is: computed here now, stored, or a first look before the decoder has answered. */
export type Badge = "live" | "recorded" | "preview";

export interface TileData {
  pixels: Pixels | null;
  badge: Badge | null;
  /** The line below the title: what was measured. */
  note: string;
}

/** A picture with its title and a line of words below it. */
export type Tile = HTMLElement & {readonly badge: Badge | null; update(data: TileData): void};

export function tile(title: string, name = title): Tile {
  const shown = picture({pixels: null, name, badges: [], finished: false});
  const note = html("span", {class: "tile-note"});
  const node = html("figure", {class: "tile-figure"}, shown, html("figcaption", {}, html("b", {}, title), note));
  let worn: Badge | null = null;
  const input = withProperty(node, "badge", () => worn);
  return Object.assign(input, {
    update({pixels, badge, note: words}: TileData): void {
      worn = badge;
      shown.update({pixels, name, badges: badge ? [badge] : [], finished: false});
      note.textContent = words;
    }
  });
}

/** Decibels as they are read: "30.1 dB". */
export function decibels(value: number): string {
  return value === Infinity ? "no difference" : `${value.toFixed(1).replace("-", "−")} dB`;
}

/** A whole number with a comma between thousands. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
