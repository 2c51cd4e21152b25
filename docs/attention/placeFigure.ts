import {html} from "../components/dom.js";
import {gridCursor} from "../components/gridCursor.js";
import {mapOverPicture} from "../components/mapOverPicture.js";
import {rowBars} from "../components/rowBars.js";
import {percentage} from "../components/shareBars.js";
import {caption, figure} from "../page/figure.js";
import {isLast, latentsAt} from "../page/film.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import {whileVisible} from "../page/visible.js";
import {mapsOf, sharesAt} from "./maps.js";
import {shownItem, type AttentionState, type Parts} from "./state.js";
import {LOOKS, whereFrom} from "./tokensFigure.js";
import {called} from "./tokens.js";
import {itemMap} from "./words.js";

/** The query's view: a place of the picture, and what it takes from every token. */
export function placeFigure({store, decoding}: Parts): HTMLElement {
  const {state, set} = store;
  const picture = mapOverPicture();
  const describe = () => sentence(state);
  const cursor = gridCursor(picture, {
    ...{rows: 16, columns: 16, label: "Place that asks", value: state.place, describe, hover: false}
  });
  const bars = rowBars([], {label: "What the place takes"});
  const [title, says, note] = [html("h3", {}), html("p", {class: "verdict"}), caption()];
  cursor.addEventListener("input", () => set({place: cursor.value}));

  function update(now: Readonly<AttentionState>): void {
    const {run, step, place, preview} = now;
    const items = run.items.cond;
    const maps = mapsOf(run, step, now);
    const latents = latentsAt(run, now.steps === "all" ? run.numSteps - 1 : step);
    const item = items[shownItem(now)];
    if (cursor.value !== place) cursor.value = place;
    picture.update({
      pixels: latents && (decoding.get(latents) ?? previewOf(latents, preview)),
      ...{map: maps && item ? itemMap(maps, item).matrix : null, most: 1, overlay: "none"},
      name: `${run.prompt}, ${isLast(run, step) ? "finished" : `step ${step + 1}`}: the place that asks is marked`,
      badges: []
    });
    title.textContent = `Row ${place.row + 1}, column ${place.column + 1} takes`;
    const shares = maps ? sharesAt(maps, items, place) : items.map(() => 0);
    bars.update(
      items.map(({name, kind}, i) => ({
        ...{label: name, share: shares[i], value: percentage(shares[i])},
        tint: kind === "word" ? "" : "mark"
      }))
    );
    says.textContent = sentence(now);
    note.textContent = whereFrom(now);
  }

  const root = figure(
    "What one place looks at",
    html("div", {class: "place-pair"}, cursor, html("div", {}, title, bars, says)),
    note
  );
  onSelected(store, [...LOOKS, "place", "preview", "decoded"], whileVisible(root, update));
  return root;
}

/** The word that a place takes most of, beside the marks. */
function sentence(now: Readonly<AttentionState>): string {
  const {run, step, place} = now;
  const items = run.items.cond;
  const maps = mapsOf(run, step, now);
  if (!maps) return "";
  const shares = sharesAt(maps, items, place);
  const words = items.flatMap((item, i) => (item.kind === "word" ? [{item, share: shares[i]}] : []));
  if (!words.length) return "";
  const best = words.reduce((a, b) => (b.share > a.share ? b : a));
  return `Of the words, row ${place.row + 1}, column ${place.column + 1} takes most from ${called(best.item)}: ${percentage(best.share)}.`;
}
