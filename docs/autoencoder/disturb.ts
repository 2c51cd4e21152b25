import {differenceMap} from "../components/differenceMap.js";
import {html} from "../components/dom.js";
import {gridCursor} from "../components/gridCursor.js";
import {heatmap} from "../components/heatmap.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {segments} from "../components/segments.js";
import {slider} from "../components/slider.js";
import {signed} from "../components/valueBars.js";
import {previewOf} from "../page/look.js";
import {newest} from "../page/newest.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {Tensor} from "../src/tensor.js";
import {channelMatrix, latentColor, latentLegend} from "./channels.js";
import {decayChart} from "./decayChart.js";
import {byDistance, differences, distances, edited, noEdits, painted, withoutChannel, type Edits} from "./edits.js";
import type {AutoencoderState, Coded} from "./state.js";
import {tile, type Badge} from "../page/tile.js";

/** What the decoder made of edited latents. */
interface Outcome {
  pixels: Pixels;
  badge: Badge;
  /** At each pixel; null where only a preview is known. */
  changed: {values: ArrayLike<number>; width: number; height: number} | null;
}

/** What the figure needs: the state, the decoder, and what it made of the first edit when it was recorded. */
export interface DisturbParts {
  store: Store<AutoencoderState>;
  decode(latents: Tensor): Promise<Tensor>;
  first: {edits: Edits; pixels: Pixels; difference: Float32Array};
}

const UNDO = 100;

/** Paint on a channel of the latents and see what becomes of the picture, near and far. */
export function disturb({store, decode, first}: DisturbParts): HTMLElement {
  const {state} = store;
  const history: Edits[] = [];
  const map = heatmap({values: new Float32Array(256), rows: 16, columns: 16}, {color: latentColor, label: "Latents"});
  const pad = gridCursor(map, {
    ...{rows: 16, columns: 16, value: {row: 7, column: 7}, size: state.size},
    label: "Paint on this channel: arrow keys move the brush, Space paints",
    describe: ({row, column}) => `row ${row + 1}, column ${column + 1}: ${signed(valueAt(row, column))}`,
    onPress: (cell, begins) => {
      if (!state.coded) return;
      if (begins) remember();
      store.set({edits: painted(state.coded.latents, state.edits, state, cell)});
      showChannel(); // at once: the next frame may be a long way off
    }
  });
  const picked = segments(
    "Channel",
    [1, 2, 3, 4].map((number) => ({value: String(number - 1), text: String(number)})),
    {value: String(state.channel)}
  );
  const brush = segments(
    "What the brush does",
    [
      {value: "add", text: "adds"},
      {value: "set", text: "sets to"}
    ],
    {value: state.brush}
  );
  const size = segments(
    "Size of the brush in cells",
    [1, 3, 5].map((side) => ({value: String(side), text: `${side} × ${side}`})),
    {value: String(state.size)}
  );
  const amount = slider("Amount", {
    min: -4,
    max: 4,
    step: 0.1,
    value: state.amount,
    format: (value) => signed(value, 1)
  });
  const act = (words: string, work: () => Edits) =>
    html("button", {type: "button", class: "chip", onclick: () => (remember(), store.set({edits: work()}))}, words);
  const undo = html("button", {type: "button", class: "chip", disabled: true}, "Undo");
  const result = tile("Decoded", "The picture decoded from the edited latents");
  const faint = differenceMap(null, "What the edit changed");
  const chart = decayChart(null);
  const words = html("p", {class: "measured"});

  picked.addEventListener("input", () => store.set({channel: Number(picked.value)}));
  brush.addEventListener("input", () => store.set({brush: brush.value === "set" ? "set" : "add"}));
  size.addEventListener("input", () => store.set({size: Number(size.value)}));
  amount.addEventListener("input", () => store.set({amount: amount.value}));
  pad.addEventListener("input", (event) => event.stopPropagation());
  undo.addEventListener("click", () => {
    const before = history.pop();
    if (before) store.set({edits: before});
  });

  function remember(): void {
    history.push(state.edits);
    if (history.length > UNDO) history.shift();
  }

  const now = (): Tensor | null => state.coded && edited(state.coded.latents, state.edits);
  const valueAt = (row: number, column: number) => now()?.data[(state.channel * 16 + row) * 16 + column] ?? 0;

  function showChannel(): void {
    const latents = now();
    const name = `Channel ${state.channel + 1} of the latents, ${state.edits.values.size} values changed by hand`;
    if (latents) map.update(channelMatrix(latents, state.channel), name);
  }

  function show(outcome: Outcome, coded: Coded, latents: Tensor): void {
    result.update({pixels: outcome.pixels, badge: outcome.badge, note: summary(state.edits)});
    if (!outcome.changed) return;
    faint.update(outcome.changed, "How much the edit changed each pixel, on a logarithmic scale");
    const distance = distances(coded.latents, latents);
    const means = distance && byDistance(outcome.changed, distance, 16);
    chart.update(means);
    words.textContent = means ? measured(means) : "Nothing is changed yet: press or drag on the channel.";
  }

  const queue = newest<{coded: Coded; latents: Tensor}, Tensor>({
    work: ({latents}) => decode(latents),
    ready: () => state.ready,
    onWait: ({coded, latents}) =>
      show({pixels: previewOf(latents, state.facts.preview), badge: "preview", changed: null}, coded, latents),
    onDone: (image, {coded, latents}) =>
      show({pixels: imagePixels(image), badge: "live", changed: differences(image, coded.decoded)}, coded, latents)
  });
  onSelected(store, ["coded", "edits"], ({coded, edits}) => {
    undo.disabled = history.length === 0;
    showChannel();
    const latents = now();
    if (!coded || !latents) return;
    const same = !edits.values.size && !edits.zeroed.length;
    const {width, height} = first.pixels;
    if (edits === first.edits && coded.source === "recorded")
      show(
        {pixels: first.pixels, badge: "recorded", changed: {values: first.difference, width, height}},
        coded,
        latents
      );
    else if (same)
      show(
        {
          ...{pixels: imagePixels(coded.decoded), badge: coded.source},
          changed: {values: new Float32Array(width * height), width, height}
        },
        coded,
        latents
      );
    else queue.want({coded, latents}, {quiet: state.ready && result.badge === "recorded"});
  });
  onSelected(store, ["channel"], ({channel}) => {
    picked.value = String(channel);
    showChannel();
  });
  onSelected(store, ["size"], ({size: side}) => (pad.size = side));
  onSelected(store, ["ready"], ({ready}) => ready && queue.wake());

  return html(
    "section",
    {class: "figure wide disturb", "aria-label": "Paint on the latents"},
    html(
      "div",
      {class: "figure-controls"},
      labelled("Channel", picked),
      labelled("The brush", brush),
      amount,
      labelled("Its size", size)
    ),
    html(
      "div",
      {class: "disturb-row"},
      html(
        "figure",
        {class: "tile-figure"},
        pad,
        html(
          "figcaption",
          {},
          html("b", {}, "Paint here"),
          html("span", {class: "tile-note"}, "one square is one number")
        ),
        latentLegend()
      ),
      result,
      html("figure", {class: "tile-figure"}, faint, html("figcaption", {}, html("b", {}, "What it changed"))),
      chart
    ),
    html(
      "div",
      {class: "chips"},
      act("Set this channel to 0", () => withoutChannel(state.edits, state.channel)),
      act("Put everything back", () => noEdits),
      undo
    ),
    words
  );
}

/** A control with its words in sight before it. */
export function labelled(words: string, control: HTMLElement): HTMLElement {
  return html("div", {class: "field"}, html("span", {class: "field-label", "aria-hidden": "true"}, words), control);
}

function summary({zeroed, values}: Edits): string {
  const channels = zeroed.length ? `channel ${zeroed.map((channel) => channel + 1).join(", ")} at 0` : "";
  const painted = values.size ? `${values.size} of 1,024 numbers painted` : "";
  return [channels, painted].filter(Boolean).join(", ") || "from the latents as they are";
}

/** What the distances say, in a sentence. */
export function measured(means: readonly number[]): string {
  const [near, far] = [means[0], means.at(-1)!];
  const small = (value: number) =>
    value >= 0.01 ? value.toFixed(3) : value.toPrecision(1).replace(/e-(\d+)/, " · 10^−$1");
  const here = `Under the painted squares each pixel changed by ${small(near)} on average (the range is 2).`;
  if (means.length < 2) return here;
  const last = `${means.length - 1} cell${means.length > 2 ? "s" : ""} away`;
  if (far === 0) return `${here} ${capital(last)} by nothing at all.`;
  const [value, ratio] = [far.toPrecision(2), Math.round(near / far).toLocaleString("en-US")];
  return `${here} ${capital(last)} it was ${Number(value)}: ${ratio} times less, and still not 0.`;
}

const capital = (words: string): string => words[0].toUpperCase() + words.slice(1);
