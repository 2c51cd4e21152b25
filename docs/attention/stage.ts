import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {gridCursor} from "../components/gridCursor.js";
import {colorLegend} from "../components/heatmap.js";
import {mapOverPicture, type Overlay} from "../components/mapOverPicture.js";
import {progressBar} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {segments} from "../components/segments.js";
import {percentage} from "../components/shareBars.js";
import {sequentialScale} from "../components/scales.js";
import {slider} from "../components/slider.js";
import {seedField} from "../components/seedField.js";
import {wordChips} from "../components/wordChips.js";
import {captionOf, isLast, latentsAt} from "../page/film.js";
import {previewOf} from "../page/look.js";
import {groupChoices, layersOf, singleChoices, type LayerChoice, type RunLayers} from "./layers.js";
import {mapsOf, shareOf, sharesAt} from "./maps.js";
import {playerBar} from "./playing.js";
import {shownItem, type AttentionState, type Parts} from "./state.js";
import {called} from "./tokens.js";
import {chipsOf, itemMap, takenBy} from "./words.js";

const EXAMPLES = ["a horse on the grass", "a red apple and a lemon on the beach", "a cat and a dog in the city"];

/** What to draw, and from which noise. */
function controls({store, drawing}: Parts): HTMLElement {
  const {state} = store;
  const form = promptForm({value: state.prompt, examples: EXAMPLES});
  const seed = seedField(state.settings.seed);
  const [progress, error] = [progressBar(), errorNote()];
  const draw = () => void drawing.draw();
  form.addEventListener("input", () => store.set({prompt: form.value}));
  form.addEventListener("submit", draw);
  form.addEventListener("cancel", drawing.cancel);
  error.addEventListener("retry", draw);
  seed.addEventListener("input", () => store.set({settings: {...state.settings, seed: seed.value}}));
  store.onChange(({prompt, settings, run, work, error: message}) => {
    form.busy = work !== null;
    form.stale = run.prompt !== prompt || JSON.stringify(run.settings) !== JSON.stringify(settings);
    if (form.value !== prompt) form.value = prompt;
    seed.value = settings.seed;
    progress.update(work);
    error.update(message);
  });
  return html(
    "div",
    {class: "attention-controls"},
    form,
    html("div", {class: "attention-seed"}, seed),
    progress,
    error
  );
}

/** The picture under the map of a word, the row of words, and the run's steps. */
export function stage(parts: Parts): HTMLElement {
  const {store, player, decoding} = parts;
  const {state, set} = store;
  const chips = wordChips([], {label: "Words of the prompt", onHover: (hovered) => set({hovered})});
  const picture = mapOverPicture();
  const describe = () => placeText(state);
  const cursor = gridCursor(picture, {
    rows: 16,
    columns: 16,
    label: "Place in the picture",
    value: state.place,
    describe
  });
  const under = html("p", {class: "chips-say"});
  const scale = segments("Colour scale", SCALES);
  const overlay = segments("The map over the picture", OVERLAYS);
  const legend = html("div", {class: "legend-slot"});
  const [says, caption] = [html("p", {class: "verdict"}), html("figcaption", {class: "caption"})];
  chips.addEventListener("input", () => set({chosen: chips.value, asking: false}));
  for (const event of ["pointerenter", "focusin"]) cursor.addEventListener(event, () => set({asking: true}));
  cursor.addEventListener("focusout", () => set({asking: false}));
  cursor.addEventListener("pointerleave", ({pointerType}) => {
    if (pointerType === "mouse" && document.activeElement !== cursor) set({asking: false});
  });
  cursor.addEventListener("input", () => set({place: cursor.value}));
  scale.addEventListener("input", () => set({scale: scale.value as AttentionState["scale"]}));
  overlay.addEventListener("input", () => set({overlay: overlay.value as Overlay}));

  let legendKey = "";
  store.onChange((now) => {
    const {run, step, preview, modelName} = now;
    const items = run.items.cond;
    const at = shownItem(now);
    const item = items[at];
    const maps = mapsOf(run, step, now);
    const map = maps && item ? itemMap(maps, item) : null;
    const top = now.scale === "share" || !map ? 1 : map.most;
    const latents = latentsAt(run, now.steps === "all" ? run.numSteps - 1 : step);
    const decoded = latents && decoding.get(latents);
    chips.update(
      now.asking && maps ? takenBy(items, sharesAt(maps, items, now.place)) : chipsOf(items, maps),
      now.chosen
    );
    under.textContent = now.asking
      ? `What the marked cell (row ${now.place.row + 1}, column ${now.place.column + 1}) takes from each:`
      : "Share of all attention, at every place of the picture together:";
    picture.update({
      pixels: decoded ?? (latents && previewOf(latents, preview)),
      ...{map: map?.matrix ?? null, most: top, overlay: now.overlay},
      name: item
        ? `${run.prompt}: where ${called(item)} is looked for${run.source === "recorded" ? " (recorded)" : ""}`
        : run.prompt,
      badges: [run.source, ...(latents ? [decoded ? "decoded" : "preview"] : [])]
    });
    if (cursor.value !== now.place) cursor.value = now.place;
    [scale.value, overlay.value] = [now.scale, now.overlay];
    const key = `${now.scale} ${top.toFixed(3)}`;
    if (key !== legendKey) legend.replaceChildren(legendOf(now, top));
    legendKey = key;
    says.textContent = maps && item ? saysOf(now, shareOf(maps, item), map!.most) : "";
    caption.textContent = captionOf(run, modelName);
    if (latents && run.finished && !isLast(run, step) && !now.playing) decoding.want(latents);
  });

  return html(
    "figure",
    {class: "figure wide attention-stage", "aria-label": "Where each word looks"},
    controls(parts),
    html("div", {class: "stage-words"}, under, chips),
    html(
      "div",
      {class: "stage-pair"},
      cursor,
      html("div", {class: "stage-side"}, says, scale, legend, overlay, lookControls(parts))
    ),
    html("div", {class: "stage-player"}, playerBar(store, player)),
    caption
  );
}

const SHARES = sequentialScale(1);
const SCALES = [
  {value: "own", text: "to its own maximum"},
  {value: "share", text: "share, 0 to 100 %"}
];
const OVERLAYS = [
  {value: "heat", text: "colours"},
  {value: "light", text: "light"},
  {value: "none", text: "picture only"}
];
const STEPS = [
  {value: "one", text: "this step"},
  {value: "all", text: "mean of all steps"}
];
const CELLS = [
  {value: "cells", text: "the layers’ own cells"},
  {value: "smooth", text: "smoothed"}
];

const legendOf = ({scale}: Readonly<AttentionState>, top: number): HTMLElement =>
  colorLegend(SHARES, {
    ...{from: 0, to: 1, format: (share) => percentage(share * top)},
    title:
      scale === "own" ? "share of a cell’s attention, stretched to this map’s largest" : "share of a cell’s attention"
  });

function saysOf(state: Readonly<AttentionState>, share: number, most: number): string {
  const item = state.run.items.cond[shownItem(state)];
  const rows = item.tokens.length > 1 ? ` (${item.tokens.length} rows together)` : "";
  return `${called(item)}${rows} gets ${percentage(share)} of all attention here; at most ${percentage(most)} in one cell.`;
}

/** What the place under the cursor takes, in words. */
export function placeText(state: Readonly<AttentionState>): string {
  const {run, step, place} = state;
  const maps = mapsOf(run, step, state);
  const item = run.items.cond[shownItem(state)];
  if (!maps || !item) return "";
  const {matrix} = itemMap(maps, item);
  const scale = matrix.columns / 16;
  const at = Math.floor((place.row + 0.5) * scale) * matrix.columns + Math.floor((place.column + 0.5) * scale);
  return `row ${place.row + 1}, column ${place.column + 1}: ${percentage(matrix.values[at])} to ${called(item)}`;
}

/** Layers, heads, steps, smoothing. */
function lookControls({store, drawing, recording}: Parts): HTMLElement {
  const {state, set} = store;
  let [layers, heads] = [choicesOf(layersOf(state.run, recording), state), recording.heads];
  const layer = slider("Layer", {
    min: 0,
    max: layers.length - 1,
    value: layerIndex(layers, state.layer),
    format: (value) => layers[value]?.text ?? ""
  });
  const head = slider("Head", {min: 0, max: heads, value: state.head, format: (n) => (n ? `head ${n} of ${heads}` : "mean of all heads")}); // prettier-ignore
  const steps = segments("Steps", STEPS);
  const cells = segments("Cells", CELLS);
  const needs = html("button", {type: "button", class: "chip"}, "Draw it here to open single layers and heads");
  layer.addEventListener("input", () => set({layer: layers[layer.value].value}));
  head.addEventListener("input", () => set({head: head.value}));
  steps.addEventListener("input", () => set({steps: steps.value as AttentionState["steps"], playing: false}));
  cells.addEventListener("input", () => set({smooth: cells.value === "smooth"}));
  needs.addEventListener("click", () => void drawing.draw());
  store.onChange((now) => {
    const live = now.run.source === "live";
    head.disabled = !live;
    const own = layersOf(now.run, recording);
    [layers, heads] = [choicesOf(own, now), own.heads];
    [layer.max, head.max] = [layers.length - 1, heads];
    layer.value = layerIndex(layers, now.layer);
    head.value = live ? Math.min(now.head, heads) : 0;
    [steps.value, cells.value] = [now.run.finished ? now.steps : "one", now.smooth ? "smooth" : "cells"];
    needs.disabled = live || now.work !== null;
    needs.classList.toggle("quiet", live);
  });
  return html("div", {class: "look-controls"}, layer, head, steps, cells, needs);
}

/** Single layers come after the sizes, and only where they are known. */
const choicesOf = (layers: RunLayers, {run}: Pick<AttentionState, "run">): LayerChoice[] =>
  run.source === "live" ? [...groupChoices(layers), ...singleChoices(layers)] : groupChoices(layers);

const layerIndex = (layers: readonly LayerChoice[], value: string): number =>
  Math.max(
    0,
    layers.findIndex((layer) => layer.value === value)
  );
