import {announce, html, withValue} from "./dom.js";
import {mapPixels, type Matrix} from "./heatmap.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";

/** One small map: its values, the one that is brightest, its name and what else is said of it. `null`: not known yet. */
export interface MapTile {
  readonly map: Matrix | null;
  readonly most: number;
  readonly name: string;
  readonly note: string;
}

/** The tiles as an input: `value` is the pressed one's place. */
export type MapTiles = HTMLElement & {
  value: number | null;
  update(tiles: readonly MapTile[], value: number | null): void;
};

/** Options: the accessible name, and whether the tiles can be pressed. */
export interface MapTilesOptions {
  label: string;
  pressable?: boolean;
}

/** Small multiples: maps side by side, each with its name and a note. */
export function mapTiles({label, pressable = true}: MapTilesOptions): MapTiles {
  const node = html("div", {class: "map-tiles", role: "group", "aria-label": label});
  const tiles: {node: HTMLElement; canvas: PixelCanvas; name: HTMLElement; note: HTMLElement}[] = [];
  const painted = new WeakMap<PixelCanvas, {map: Matrix | null; most: number}>();
  let pressed: number | null = null;

  function add(place: number): void {
    const [canvas, name, note] = [pixelCanvas(null), html("span", {class: "tile-name"}), html("small", {})];
    const parts = [canvas, name, note];
    const tile = pressable
      ? html("button", {type: "button", class: "map-tile"}, ...parts)
      : html("div", {class: "map-tile"}, ...parts);
    if (pressable)
      tile.addEventListener("click", () => {
        pressed = place;
        announce(node);
      });
    node.append(tile);
    tiles.push({node: tile, canvas, name, note});
  }

  function update(next: readonly MapTile[], value: number | null): void {
    pressed = value;
    while (tiles.length > next.length) tiles.pop()!.node.remove();
    while (tiles.length < next.length) add(tiles.length);
    next.forEach(({map, most, name, note}, i) => {
      const tile = tiles[i];
      const before = painted.get(tile.canvas);
      if (before?.map !== map || before?.most !== most) tile.canvas.paint(map && mapPixels(map, most));
      painted.set(tile.canvas, {map, most});
      tile.canvas.classList.toggle("smooth", (map?.columns ?? 0) > 16);
      tile.name.textContent = name;
      tile.note.textContent = note;
      if (pressable) tile.node.setAttribute("aria-pressed", String(i === pressed));
    });
  }

  return Object.assign(
    withValue(
      node,
      () => pressed,
      (value: number | null) => {
        pressed = value;
        tiles.forEach((tile, i) => pressable && tile.node.setAttribute("aria-pressed", String(i === value)));
      }
    ),
    {update}
  );
}
