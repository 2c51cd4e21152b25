import {html} from "../components/dom.js";
import {colorLegend, heatmap, type Heatmap} from "../components/heatmap.js";
import {divergingScale} from "../components/scales.js";
import {percentage} from "../components/shareBars.js";
import {slider} from "../components/slider.js";
import {caption, figure} from "../page/figure.js";
import {newest} from "../page/newest.js";
import {isReadable} from "../page/recordedLatents.js";
import {onSelected} from "../page/selected.js";
import type {Tensor} from "../src/tensor.js";
import {cellAt, dot, lengthOf, oneAttention, type LayerInside, type OneAttention} from "./oneAttention.js";
import {layersOf, shortName} from "./layers.js";
import {recordedInside} from "./recording.js";
import {shownItem, type Parts} from "./state.js";
import {called, singleItems, type Item} from "./tokens.js";

/** What is computed: one UNet call, with one layer's inside. */
interface Wish {
  readonly prompt: string;
  readonly xt: Tensor;
  readonly timestep: number;
  readonly layer: string;
  readonly where: string;
  /** What the rows of the text are called. */
  readonly items: readonly Item[];
}

/** One attention with all its numbers: the marked place's query, every row's key, scores, shares, values and their sum. */
export function handFigure({store, engine, recording, bytes}: Parts): HTMLElement {
  const {state, set} = store;
  let {names, heads} = layersOf(state.run, recording);
  const layer = slider("Layer that is opened", {min: 1, max: names.length, value: state.handLayer, format: (n) => `${n} of ${names.length}: ${shortName(names[n - 1] ?? "")}`}); // prettier-ignore
  const head = slider("Head that is opened", {min: 1, max: heads, value: state.handHead, format: (n) => `head ${n} of ${heads}`}); // prettier-ignore
  const query = strip("The query");
  const result = strip("What the place gets");
  const body = html("tbody", {});
  const table = html(
    "table",
    {class: "hand-table"},
    html("caption", {}, "The rows of the text, one by one"),
    headOf(),
    body
  );
  const [queryLine, wordLine, sumLine, resultLine] = Array.from({length: 4}, () => html("p", {class: "hand-line"}));
  const legend = html("div", {class: "legend-slot"});
  const note = caption();
  const parts = html("div", {
    class: "hand",
    tabindex: 0,
    role: "region",
    "aria-label": "The numbers of one attention"
  });
  let inside: LayerInside = recordedInside(recording.hand, bytes);
  let items = state.run.items.cond; // of the inside on show: the run may be another by then, even another model's
  let where = `recorded · ${whereOf({...recording.hand, prompt: recording.maps.main.prompt, steps: recording.maps.main.steps, number: recording.layers.indexOf(recording.hand.layer) + 1})}, other layers and steps come with the model`;

  layer.addEventListener("input", () => set({handLayer: layer.value}));
  head.addEventListener("input", () => set({handHead: head.value}));

  const call = newest<Wish, LayerInside>({
    work: async ({prompt, xt, timestep, layer: name}) => {
      const encoderHiddenStates = await engine.encodeText([prompt]);
      const roles = [`${name}.to_q`, `${name}.to_k`, `${name}.to_v`, `${name}.probabilities`];
      const found = await engine.inside({part: "unet", sample: xt, timestep, encoderHiddenStates, roles});
      const [queries, keys, values, probabilities] = roles.map((role) => found[role]);
      return {queries, keys, values, probabilities, heads: probabilities.dims[1]};
    },
    ready: () => engine.status.state === "ready",
    onDone: (found, wish) => {
      inside = found;
      ({where, items} = wish);
      show();
    }
  });

  function show(): void {
    const {place, handHead, run} = state;
    const side = Math.round(Math.sqrt(inside.queries.dims[1]));
    const at = Math.min(handHead, inside.heads);
    const one = oneAttention(inside, {head: at - 1, cell: cellAt(place, side)});
    const rows = rowsOf(items);
    const pressed = run.items.cond[shownItem({...state, hovered: null})];
    const limit = limitOf([one.query, ...one.keys]);
    const ofValues = limitOf([...one.values, one.result]);
    query.update(one.query, limit);
    body.replaceChildren(...rows.map((row) => rowOf(row, one, limit)));
    legend.replaceChildren(
      colorLegend(divergingScale(limit), {
        from: -limit,
        to: limit,
        title: "numbers of query and keys",
        format: (n) => n.toFixed(1).replace("-", "−")
      })
    );
    queryLine.textContent = `The cell at row ${Math.floor(cellAt(place, side) / side) + 1}, column ${(cellAt(place, side) % side) + 1} of ${side} × ${side} asks with its query q, ${one.width} numbers:`;
    wordLine.textContent = arithmetic(
      one,
      items.find(({name, kind}) => name === pressed?.name && kind === pressed.kind)
    );
    const sum = `All ${one.shares.length} shares sum to ${one.shares.reduce((a, b) => a + b, 0).toFixed(4)}.`;
    const apart = one.own && Math.max(...one.shares.map((share, i) => Math.abs(share - one.own![i])));
    sumLine.textContent =
      apart === null
        ? sum
        : `${sum} The largest difference from the shares that the network itself computed: ${apart.toExponential(1)}.`;
    resultLine.textContent =
      "The values v of all rows, each times its share, summed: what the text tells this cell in this head.";
    result.update(one.result, ofValues);
    note.textContent = `${where} · head ${at} of ${inside.heads} · values coloured up to ± ${ofValues.toFixed(2)}`;
  }

  onSelected(
    store,
    ["run", "step", "handLayer", "handHead", "place", "chosen", "playing", "modelName", "work"],
    (now) => {
      const {run, step, handLayer, handHead, playing, work} = now;
      ({names, heads} = layersOf(run, recording));
      [layer.max, head.max] = [names.length, heads];
      [layer.value, head.value] = [Math.min(handLayer, names.length), Math.min(handHead, heads)];
      const record = run.steps[step];
      if (work) return; // a drawing has the engine, and the page, for itself
      if (!record || playing) return show();
      if (!isReadable(record.xt)) {
        note.textContent = "The run on show is recorded, of another model than yours: draw it here, and this opens.";
        return;
      }
      const name = names[Math.min(handLayer, names.length) - 1];
      const number = Math.min(handLayer, names.length);
      const told = `live · ${whereOf({prompt: run.prompt, step, steps: run.numSteps, layer: name, number})}`;
      const key = `${told} ${run.source} ${run.settings.seed}`;
      if (key === asked && engine.status.state === "ready") return show();
      asked = engine.status.state === "ready" ? key : "";
      call.want(
        {prompt: run.prompt, xt: record.xt, timestep: record.timestep, layer: name, where: told, items: run.items.cond},
        {quiet: true}
      );
      show();
    }
  );
  let asked = "";
  engine.onStatus(({state: now}) => now === "ready" && call.wake());

  parts.append(queryLine, query.node, legend, table, wordLine, sumLine, resultLine, result.node);
  return figure("One attention by hand", html("div", {class: "figure-controls"}, layer, head), parts, note);
}

const whereOf = (at: {prompt: string; step: number; steps: number; layer: string; number: number}): string =>
  `“${at.prompt}” · step ${at.step + 1} of ${at.steps}, with the prompt · layer ${at.number}, ${shortName(at.layer)}`;

/** Begin, the words' rows, end, the first row of the padding, and the others together. */
interface HandRow {
  readonly name: string;
  readonly tokens: readonly number[];
}

function rowsOf(items: readonly Item[]): HandRow[] {
  const single = singleItems(items);
  const shown = single
    .filter(({kind}) => kind !== "padding")
    .flatMap(({name, tokens}) =>
      tokens.map((token, i) => ({name: tokens.length > 1 ? `${name}, piece ${i + 1}` : name, tokens: [token]}))
    );
  const padding = single.filter(({kind}) => kind === "padding").flatMap(({tokens}) => tokens);
  return [
    ...shown,
    ...(padding.length ? [{name: "padding, first row", tokens: [padding[0]]}] : []),
    ...(padding.length > 1 ? [{name: `the other ${padding.length - 1} padding rows`, tokens: padding.slice(1)}] : [])
  ];
}

const HEADINGS = ["row", "its key k", "q · k", "÷ √d", "share", "length of its value v", "share × length"];

const headOf = (): HTMLElement =>
  html("thead", {}, html("tr", {}, ...HEADINGS.map((heading) => html("th", {scope: "col"}, heading))));

function rowOf({name, tokens}: HandRow, one: OneAttention, limit: number): HTMLElement {
  const share = tokens.reduce((sum, token) => sum + one.shares[token], 0);
  const single = tokens.length === 1 ? tokens[0] : null;
  const cell = (text: string): HTMLElement => html("td", {}, text);
  const key = single === null ? null : strip(`Key of ${name}`);
  key?.update(one.keys[single!], limit);
  const gives = tokens.reduce((sum, token) => sum + one.shares[token] * lengthOf(one.values[token]), 0);
  return html(
    "tr",
    {},
    html("th", {scope: "row"}, name),
    html("td", {class: "key-cell"}, key?.node ?? null),
    cell(single === null ? "" : dot(one.query, one.keys[single]).toFixed(2)),
    cell(single === null ? "" : one.scores[single].toFixed(2)),
    cell(percentage(share)),
    cell(single === null ? "" : lengthOf(one.values[single]).toFixed(2)),
    cell(gives.toFixed(3))
  );
}

/** The pressed word's share, worked out. */
function arithmetic({query, keys, scores, shares, width}: OneAttention, item: Item | undefined): string {
  if (!item) return "";
  const [token] = item.tokens;
  const number = (value: number) => (value < 0 ? `(−${Math.abs(value).toFixed(2)})` : value.toFixed(2));
  const products = [0, 1, 2].map((i) => `${number(query[i])} · ${number(keys[token][i])}`).join(" + ");
  const sum = scores.reduce((all, score) => all + Math.exp(score), 0);
  const power = Math.exp(scores[token]);
  const which = item.tokens.length > 1 ? `${called(item)}, its first row` : called(item);
  return `${which}: q · k = ${products} + … (${width} products) = ${number(dot(query, keys[token]))}; ÷ √${width} = ${number(scores[token])}; e to that power = ${short(power)}; ÷ the sum over all ${shares.length} rows, ${short(sum)}, = ${percentage(shares[token])}.`;
}

const short = (value: number): string => Number(value.toPrecision(3)).toLocaleString("en").replace("-", "−");

/** The largest number of several lists. */
const limitOf = (lists: readonly Float32Array[]): number =>
  lists.reduce((most, list) => list.reduce((all, value) => Math.max(all, Math.abs(value)), most), 1e-6);

/** Numbers side by side as colours. */
function strip(label: string): {node: Heatmap; update(values: Float32Array, limit: number): void} {
  const node = heatmap({values: [0], rows: 1, columns: 1}, {color: divergingScale(1), label});
  node.classList.add("number-strip");
  return {
    node,
    update: (values, limit) => node.update({values, rows: 1, columns: values.length}, label, divergingScale(limit))
  };
}
