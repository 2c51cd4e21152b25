/** What figures of named words share: recorded or live maps as tiles, and how much two words' maps overlap. */
import type {MapTile} from "../components/mapTiles.js";
import {percentage} from "../components/shareBars.js";
import type {Tensor} from "../src/tensor.js";
import {mapOf, overlapOf, PLAIN, tokenMaps} from "./maps.js";
import type {AttentionRun, Half, MapFrames} from "./run.js";
import {called, type Item} from "./tokens.js";
import {itemMap} from "./words.js";

/** Live or recorded, in small print. */
export const sourceOf = (live: boolean): string => (live ? "live" : "recorded");

/** The mean maps of a live run, as a recording has them. */
export function meanOf(run: AttentionRun, half: Half): MapFrames {
  return {items: run.items[half], frames: [{index: -1, maps: run.steps.flatMap((_, i) => run.mapsAt(i, half))}]};
}

/** The maps of every step of a live run. */
export function stepsOf(run: AttentionRun): MapFrames {
  return {items: run.items.cond, frames: run.steps.map((_, index) => ({index, maps: run.mapsAt(index, "cond")}))};
}

/** The maps of one frame as the figures show them: all layers and heads, in their own cells. */
export const mapsOfFrame = ({frames}: MapFrames, at = 0): Tensor | null =>
  frames[at] ? tokenMaps(frames[at].maps, PLAIN) : null;

/** One map an item, each to its own maximum. */
export function tilesOf(maps: Tensor | null, items: readonly Item[]): MapTile[] {
  return items.map((item) => {
    const map = maps && itemMap(maps, item);
    return {
      map: map?.matrix ?? null,
      most: map?.most ?? 1,
      name: item.name,
      note: map ? `most ${percentage(map.most)}` : ""
    };
  });
}

/** How much two words' maps lie in the same cells. */
export const overlapText = (maps: Tensor, first: Item, second: Item): string =>
  `${called(first)} and ${called(second)} overlap by ${percentage(overlapOf(mapOf(maps, first), mapOf(maps, second)))}`;
