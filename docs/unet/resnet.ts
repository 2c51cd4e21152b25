import {html} from "../components/dom.js";
import {channelMosaic} from "../components/channelMosaic.js";
import {heatmap} from "../components/heatmap.js";
import {divergingScale} from "../components/scales.js";
import {slider} from "../components/slider.js";
import {figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {chooser, layerName} from "./chooser.js";
import type {Look, Seen} from "./look.js";
import {signed} from "./numbers.js";
import type {Parts} from "./stage.js";
import {sightAt, type UnetState} from "./state.js";

/** The stations of a ResNet block, with what happens before each. */
const STATIONS = [
  {part: ".input", name: "goes in", how: "what the layer before gave (with a skip: both)"},
  {part: ".conv1", name: "first convolution", how: "norm, SiLU, 3 × 3 convolution"},
  {part: ".norm2.input", name: "+ time", how: "the time’s number is added to every place of the channel"},
  {part: ".conv2", name: "second convolution", how: "norm, SiLU, 3 × 3 convolution"},
  {
    part: "",
    name: "comes out",
    how: "what went in (through a 1 × 1 convolution where the width changes) + the second convolution"
  }
] as const;

/** Inside a ResNet block: one channel on its way, and the numbers that the time adds to each. */
export function resnetFigure({store}: Parts): HTMLElement {
  const choose = chooser("ResNet block", (role) => store.set({resnet: role}));
  const channel = slider("Channel", {min: 0, max: 0, value: 0, format: (value) => String(value + 1)});
  channel.addEventListener("input", () => store.set({channel: channel.value}));
  const maps = STATIONS.map(({name, how}) => {
    const map = channelMosaic(name);
    const numbers = html("span", {class: "tile-numbers"});
    return {
      map,
      numbers,
      node: html("figure", {}, map, html("figcaption", {}, html("b", {}, name), html("span", {}, how), numbers))
    };
  });
  const shifts = heatmap(
    {values: [0], rows: 1, columns: 1},
    {
      ...{color: divergingScale(1), label: "What the time adds to each channel"},
      onPick: ({column}) => store.set({channel: column}),
      cellText: ({column, value}) => `channel ${column + 1}: ${signed(value)}`
    }
  );
  shifts.classList.add("shift-strip");
  const words = html("p", {class: "verdict", role: "status"});
  const note = html("figcaption", {class: "caption"});

  onSelected(store, ["graph", "resnet"], ({graph, resnet}) =>
    choose.update(
      graph.plan.layers.filter(({kind}) => kind === "resnet").map(({role}) => ({value: role, text: layerName(role)})),
      resnet
    )
  );
  onSelected(store, ["sight", "film", "step", "resnet", "channel", "ready"], (state) => {
    const {resnet} = state;
    const look = sightAt(state)?.look ?? null;
    const seen = STATIONS.map(({part}) => stationOf(state, look, resnet, part));
    const shift = look?.get(`${resnet}.time_emb_proj`) ?? null;
    const held = seen[1]?.channels.dims[0] ?? 1;
    const at = Math.min(state.channel, held - 1);
    channel.max = held - 1;
    if (channel.value !== at) channel.value = at;
    channel.disabled = held < 2;
    const limit = 3 * Math.max(...seen.slice(1).map((one) => one?.statistics.rms ?? 0), 1e-6);
    STATIONS.forEach(({name}, i) => {
      const one = seen[i];
      const {map, numbers} = maps[i];
      const first = Math.min(at, (one?.channels.dims[0] ?? 1) - 1);
      map.update({
        channels: one?.channels ?? null,
        first,
        count: 1,
        columns: 1,
        limit,
        label: `${name}: channel ${first + 1}`
      });
      numbers.textContent = one ? `size ${one.statistics.rms.toFixed(2)} over all channels` : " ";
    });
    if (shift) {
      const values = shift.channels.data;
      shifts.update(
        {values, rows: 1, columns: values.length},
        `What the time adds to each of ${values.length} channels`,
        divergingScale(3 * shift.statistics.rms)
      );
      shifts.mark({column: at});
    }
    const first = seen[1];
    words.textContent =
      shift && first
        ? `At t = ${Number(state.sight!.look.timestep.toFixed(1))} the time adds ${signed(shift.channels.data[at])} to every place of channel ${at + 1}. Over all channels what it adds has a size of ${shift.statistics.rms.toFixed(2)}, beside ${first.statistics.rms.toFixed(2)} of the first convolution.`
        : "The inside of this block comes with the model.";
    note.textContent = look
      ? `${look.source === "live" ? "Live, in this browser" : "Recorded: the first 8 channels"} · step ${state.step + 1} · size: root mean square · all five maps on one scale, blue below 0, red above`
      : "";
  });

  return figure(
    "Inside a ResNet block",
    html("div", {class: "figure-controls"}, choose, channel),
    html("div", {class: "stations"}, ...maps.map(({node}) => node)),
    html(
      "div",
      {class: "shift-row"},
      html("span", {class: "field-label"}, "What the time adds, channel by channel"),
      shifts
    ),
    ...[words, note]
  );
}

/** A block that reads no skip has no input of its own name kept: it is what the layer before gave. */
export function stationOf(
  {graph, film, step}: Readonly<UnetState>,
  look: Look | null,
  resnet: string,
  part: string
): Seen | null {
  if (!look) return null;
  const seen = look.get(resnet + part);
  if (seen || part !== ".input") return seen;
  const before = graph.plan.layers.find(({role}) => role === resnet)?.before;
  return before && film.frames[step] ? look.get(before) : null;
}
