import type {Matrix} from "../components/heatmap.js";
import type {WordChip} from "../components/wordChips.js";
import type {Tensor} from "../src/tensor.js";
import {largest, mapOf, shareOf} from "./maps.js";
import type {Item} from "./tokens.js";

/** A map as components take it. */
export const matrixOf = ({data, dims: [rows, columns]}: Tensor): Matrix => ({values: data, rows, columns});

/** Words with their shares of all attention. */
export const chipsOf = (items: readonly Item[], maps: Tensor | null): WordChip[] =>
  items.map((item) => ({name: item.name, mark: item.kind !== "word", share: maps && shareOf(maps, item)}));

/** Words with what one place takes from each; the word that it takes most from is marked. */
export function takenBy(items: readonly Item[], shares: readonly number[]): WordChip[] {
  const most = Math.max(...shares.filter((_, i) => items[i].kind === "word"));
  return items.map(({name, kind}, i) => ({
    ...{name, mark: kind !== "word", share: shares[i]},
    first: kind === "word" && shares[i] === most
  }));
}

const tensors = new WeakMap<Tensor, Map<Item, {matrix: Matrix; most: number}>>();

/** An item's map, made once of each maps tensor, so that what has not changed is not painted again. */
export function itemMap(maps: Tensor, item: Item): {matrix: Matrix; most: number} {
  const items = tensors.get(maps) ?? new Map<Item, {matrix: Matrix; most: number}>();
  tensors.set(maps, items);
  const known = items.get(item);
  if (known) return known;
  const map = mapOf(maps, item);
  const made = {matrix: matrixOf(map), most: largest(map)};
  items.set(item, made);
  return made;
}
