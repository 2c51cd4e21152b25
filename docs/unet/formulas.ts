/** The page's formulas with the numbers on screen in them. */
import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {timeFrequencies} from "../src/timeFeatures.js";
import type {Seen} from "./look.js";
import {percent, signed} from "./numbers.js";
import {sightAt, type UnetState} from "./state.js";
import {stationOf} from "./resnet.js";

type Line = (string | Node)[];

/** A line for each formula, by the figure that it belongs to. */
export const formulasOf = (store: Store<UnetState>) => ({
  cost: following(store, ["graph"], costLine),
  resnet: following(store, ["sight", "film", "step", "resnet", "channel", "graph"], resnetLine),
  time: following(store, ["film", "step", "graph"], timeLine),
  residual: following(store, ["summaries", "step", "block"], residualLine)
});

function following(
  store: Store<UnetState>,
  names: readonly (keyof UnetState)[],
  write: (state: Readonly<UnetState>) => Line
): HTMLElement {
  const node = html("p", {class: "live-formula"});
  onSelected(store, names, (state) => node.replaceChildren(...write(state)));
  return node;
}

const bracketed = (value: number): string => (value < 0 ? `(${signed(value)})` : signed(value));

/** 9abn of the first convolution. */
function costLine({graph: {plan, facts}}: Readonly<UnetState>): Line {
  const first = facts.layers.get(plan.layers[0].role)!;
  const [[from], [to, height, width]] = [first.input, first.output];
  const all = 9 * from * to * height * width;
  return [
    `The first convolution here: 9 · ${from} · ${to} · ${height * width} = ${all.toLocaleString("en")}, which is ${percent(all / facts.operations)} of all.`
  ];
}

/** One number of the shown channel, in the middle of its map, on its way through the block. */
function resnetLine(state: Readonly<UnetState>): Line {
  const {resnet, channel} = state;
  const look = sightAt(state)?.look;
  const shift = look?.get(`${resnet}.time_emb_proj`);
  const parts = [".conv1", ".norm2.input", ".conv_shortcut", ".conv2", ""];
  const [conv1, added, shortcut, conv2, output] = parts.map((part) => stationOf(state, look ?? null, resnet, part));
  const kept = shortcut ?? stationOf(state, look ?? null, resnet, ".input");
  if (!shift || !conv1 || !added || !conv2 || !output || !kept) return ["The numbers come with the model."];
  const at = Math.min(channel, conv1.channels.dims[0] - 1);
  const value = (seen: Seen): number => middleOf(seen, at);
  const sum = `${signed(value(conv1))} + ${bracketed(shift.channels.data[at])} = ${signed(value(added))}`;
  return [
    `Channel ${at + 1}, in the middle of its map: `,
    ...[symbol("h"), ` = ${sum} and `, symbol("y"), ` = `],
    `${signed(value(kept))} + ${bracketed(value(conv2))} = ${signed(value(output))}`
  ];
}

function middleOf({channels: {data, dims}}: Seen, channel: number): number {
  const [, height, width] = dims;
  return data[(channel * height + (height >> 1)) * width + (width >> 1)];
}

/** A cosine and a sine of the shown time: the sixth pair. */
function timeLine({film, step, graph}: Readonly<UnetState>): Line {
  const t = film.frames[step]?.timestep ?? 0;
  const {width} = graph.facts.time;
  const i = Math.min(5, width / 2 - 1);
  const frequency = timeFrequencies(width)[i];
  const angle = frequency * t;
  const shown = Number(t.toFixed(1));
  return [
    ...[
      symbol("ω", {index: String(i)}),
      ` = 10000`,
      html("sup", {}, `−${2 * i}/${width}`),
      ` = ${frequency.toFixed(4)}; `
    ],
    ...[
      symbol("f", {index: String(i)}),
      ` = cos(${frequency.toFixed(4)} · ${shown}) = cos(${angle.toFixed(1)}) = ${signed(Math.cos(angle))}, `
    ],
    ...[symbol("f", {index: String(width / 2 + i)}), ` = sin(${angle.toFixed(1)}) = ${signed(Math.sin(angle))}`]
  ];
}

/** The sizes of a transformer's terms at the shown step. */
function residualLine({summaries, step, block}: Readonly<UnetState>): Line {
  const sizes = summaries.get(step)?.blocks.get(block);
  if (!sizes) return ["The sizes at this step come with the model."];
  const [input, self, cross, forward, output] = sizes.map((size) => size.toFixed(2));
  return [
    `Sizes here: `,
    ...[
      symbol("x"),
      ` ${input}, `,
      html("span", {}, "attn"),
      html("sub", {}, "1"),
      ` ${self}, attn`,
      html("sub", {}, "2")
    ],
    ` ${cross}, ff ${forward}; `,
    ...[symbol("y"), ` ${output}`]
  ];
}
