import {html} from "../components/dom.js";
import {mapTiles} from "../components/mapTiles.js";
import {segments} from "../components/segments.js";
import {percentage} from "../components/shareBars.js";
import {caption, figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {whileVisible} from "../page/visible.js";
import {mapsOf, shareOf} from "./maps.js";
import {shownItem, type AttentionState, type Parts} from "./state.js";
import {LOOKS, whereFrom} from "./tokensFigure.js";
import {called} from "./tokens.js";
import {itemMap} from "./words.js";

/** One word's map at every step of the run. */
export function stripFigure({store, player}: Parts): HTMLElement {
  const scale = segments("Colour scale over the steps", [
    {value: "common", text: "one scale for all steps"},
    {value: "own", text: "each step to its own maximum"}
  ]);
  const tiles = mapTiles({label: "The word's map at every step"});
  const [title, note] = [html("h3", {}), caption()];
  tiles.addEventListener("input", () => tiles.value !== null && player.select(tiles.value));
  scale.addEventListener("input", (event) => {
    event.stopPropagation();
    update(store.state);
  });

  function update(now: Readonly<AttentionState>): void {
    const {run, step} = now;
    const item = run.items.cond[shownItem(now)];
    if (!item) return;
    const each = run.steps.map((_, index) => {
      const maps = mapsOf(run, index, {...now, steps: "one"});
      return maps && {share: shareOf(maps, item), ...itemMap(maps, item)};
    });
    const top = Math.max(1e-9, ...each.map((map) => map?.most ?? 0));
    title.textContent = `${called(item)}, step by step`;
    tiles.update(
      each.map((map, i) => ({
        map: map?.matrix ?? null,
        most: scale.value === "common" ? top : (map?.most ?? 1),
        name: String(i + 1),
        note: map ? percentage(map.share) : ""
      })),
      step
    );
    const brightest = scale.value === "common" ? percentage(top) : "each map’s largest";
    const where = whereFrom({...now, steps: "one"}).replace(/step \d+ of \d+/, "every step");
    note.textContent = `${where} · below each map its share of all attention; the brightest colour is ${brightest}`;
  }

  const root = figure("One word over all steps", title, scale, tiles, note);
  root.classList.add("strip-figure");
  onSelected(store, [...LOOKS, "chosen", "hovered"], whileVisible(root, update));
  return root;
}
