import {html} from "../components/dom.js";
import {mapTiles, type MapTile} from "../components/mapTiles.js";
import {segments} from "../components/segments.js";
import {percentage} from "../components/shareBars.js";
import {caption, figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {whileVisible} from "../page/visible.js";
import {mapsOf, shareOf} from "./maps.js";
import type {AttentionState, Parts} from "./state.js";
import {singleItems, type Item} from "./tokens.js";
import {itemMap} from "./words.js";

/** Everything that the tiles depend on. */
export const LOOKS = ["run", "step", "layer", "head", "steps", "smooth", "decoded"] as const;

/** Every row that the picture can look at, begin, end and padding included, each with its share of all attention. */
export function tokensFigure({store}: Parts): HTMLElement {
  const {state, set} = store;
  const scale = segments("Colour scale of all maps", [
    {value: "own", text: "each to its own maximum"},
    {value: "share", text: "share, 0 to 100 %"}
  ]);
  const tiles = mapTiles({label: "All tokens"});
  const padding = mapTiles({label: "Every row of the padding", pressable: false});
  const sum = caption();
  const note = caption();
  scale.addEventListener("input", () => set({scale: scale.value as AttentionState["scale"]}));
  tiles.addEventListener("input", () => tiles.value !== null && set({chosen: tiles.value}));
  const fold = html("details", {}, html("summary", {}, "Every row of the padding by itself"), padding);
  fold.addEventListener("toggle", () => update(state));

  const single = new WeakMap<readonly Item[], Item[]>();
  const ofPadding = (items: readonly Item[]): Item[] => {
    const known = single.get(items) ?? singleItems(items).filter(({kind}) => kind === "padding");
    single.set(items, known);
    return known;
  };

  function update(now: Readonly<AttentionState>): void {
    const {run, step} = now;
    const items = run.items.cond;
    const maps = mapsOf(run, step, now);
    const tileOf = (item: Item): MapTile => {
      const map = maps && itemMap(maps, item);
      const top = now.scale === "share" ? 1 : (map?.most ?? 1);
      return {
        map: map?.matrix ?? null,
        most: top,
        name: item.name,
        note: maps ? `${percentage(shareOf(maps, item))} · most ${percentage(map!.most)}` : ""
      };
    };
    scale.value = now.scale;
    tiles.update(items.map(tileOf), now.chosen);
    if (fold.open) padding.update(ofPadding(items).map(tileOf), null);
    const marks = items.filter(({kind}) => kind !== "word");
    const share = maps ? marks.reduce((all, item) => all + shareOf(maps, item), 0) : 0;
    sum.textContent = maps
      ? `${percentage(share)} of all attention goes to begin, end and padding, ${percentage(1 - share)} to the words. All shares of a cell sum to 100 %.`
      : "";
    note.textContent = whereFrom(now);
  }

  const root = figure("All tokens", scale, tiles, sum, fold, note);
  onSelected(store, [...LOOKS, "scale", "chosen"], whileVisible(root, update));
  return root;
}

/** From which maps a figure was made, in words. */
export function whereFrom({run, step, steps, layer, head}: Readonly<AttentionState>): string {
  const when =
    steps === "all" && run.finished ? `mean of all ${run.numSteps} steps` : `step ${step + 1} of ${run.numSteps}`;
  const layers =
    layer === "all" ? "all layers" : layer.startsWith("layer") ? layer : `layers of ${layer} × ${layer} cells`;
  const heads = run.source === "live" && head ? `head ${head}` : "mean of the heads";
  const where = run.source === "live" ? "live" : "recorded";
  return `${where} · “${run.prompt}” · seed ${run.settings.seed} · ${when} · ${layers}, ${heads}`;
}
