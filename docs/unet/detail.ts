import {channelMosaic} from "../components/channelMosaic.js";
import {html} from "../components/dom.js";
import {colorLegend} from "../components/heatmap.js";
import {divergingScale} from "../components/scales.js";
import {slider} from "../components/slider.js";
import {KIND_NAMES, shapeText, TIME} from "../components/unetDiagram.js";
import type {LayerFacts, UnetFacts} from "../src/unet/facts.js";
import type {UnetLayer} from "../src/unet/plan.js";
import {seenOf, type Look, type Seen} from "./look.js";
import {million, percent, SD15, signed} from "./numbers.js";
import type {LayerTimes} from "./times.js";
import type {Parts} from "./stage.js";
import type {UnetState} from "./state.js";

const COUNT = 16;

/** The chosen layer: what goes in and comes out at this step, what it costs. */
export function detail({store}: Parts): HTMLElement {
  const title = html("p", {class: "unet-title"});
  const sides = [side("goes in"), side("comes out")] as const;
  const first = slider("Channels shown", {
    min: 0,
    max: 0,
    step: COUNT,
    value: 0,
    format: (value) => `from ${value + 1}`
  });
  const facts = html("dl", {class: "unet-facts"});
  const note = html("p", {class: "caption"});
  let from = 0;
  first.addEventListener("input", () => {
    from = first.value;
    show(store.state);
  });

  function show(state: Readonly<UnetState>): void {
    const {graph, chosen, shapes} = state;
    const of = shapes === "here" ? graph : SD15;
    const layer = of.plan.layers.find(({role}) => role === chosen) ?? (chosen === TIME ? null : of.plan.layers[0]);
    title.replaceChildren(layer ? KIND_NAMES[layer.kind] : "time embedding", html("code", {}, layer?.role ?? TIME));
    const pair = shapes === "here" ? seenPair(state, layer) : null;
    const held = Math.max(...sides.map((_, i) => pair?.[i]?.channels.dims[0] ?? 0), 1);
    first.max = Math.max(0, Math.ceil(held / COUNT) * COUNT - COUNT);
    first.disabled = held <= COUNT;
    from = Math.min(from, first.max);
    if (first.value !== from) first.value = from;
    const known = layer && of.facts.layers.get(layer.role)!;
    const statistics = shapes === "here" && layer ? state.summaries.get(state.step)?.layers.get(layer.role) : undefined;
    sides[0].show(pair?.[0] ?? null, {from, shape: known?.input ?? [of.facts.time.width, 1, 1], statistics: undefined});
    sides[1].show(pair?.[1] ?? null, {from, shape: known?.output ?? [of.facts.time.output, 1, 1], statistics});
    facts.replaceChildren(...factRows(layer, known, of.facts, shapes === "here" ? state.times : null));
    note.textContent = noteOf(state, layer, pair !== null);
  }

  store.onChange(show);
  return html(
    "section",
    {class: "unet-detail", "aria-label": "The chosen layer"},
    title,
    html("div", {class: "unet-sides"}, sides[0].node, sides[1].node),
    ...[
      first,
      colorLegend(divergingScale(1), {
        from: -1,
        to: 1,
        title: "Colours of a map: ±1 is three times the size of its whole stack",
        format: (value) => (value < 0 ? "−1" : "+1")
      })
    ],
    ...[facts, note]
  );
}

function side(name: string) {
  const map = channelMosaic(name);
  const head = html("b", {}, name);
  const shape = html("span", {class: "unet-side-shape"});
  const numbers = html("p", {class: "unet-numbers"});
  return {
    node: html("figure", {class: "unet-side"}, html("figcaption", {}, head, " ", shape), map, numbers),
    show(
      seen: Seen | null,
      {from, shape: dims, statistics}: {from: number; shape: readonly number[]; statistics?: Pick<Seen, "statistics">}
    ): void {
      shape.textContent = shapeText(dims[1] * dims[2] === 1 ? dims.slice(0, 1) : dims);
      const values = seen?.statistics ?? statistics?.statistics;
      const channels = seen && asMap(seen);
      const first = channels && from < channels.dims[0] ? from : 0;
      map.update({
        channels,
        limit: 3 * (values?.rms ?? 1),
        first,
        label: seen
          ? `What ${name}: channels ${first + 1} to ${Math.min(first + COUNT, seen.channels.dims[0])} of ${seen.shape[0]}`
          : `What ${name}: not known yet`
      });
      numbers.textContent = values
        ? `mean ${signed(values.mean)}, standard deviation ${values.deviation.toFixed(2)}, from ${signed(values.least)} to ${signed(values.most)}`
        : " ";
    }
  };
}

/** A vector is folded into one map, so that all of it is seen. */
function asMap({channels}: Seen): Seen["channels"] {
  const [count, height, width] = channels.dims;
  if (height * width > 1) return channels;
  const columns = 2 ** Math.round(Math.log2(Math.sqrt(count)));
  return {data: channels.data, dims: [1, Math.floor(count / columns), columns]};
}

/** What goes into a layer and what comes out, where it was looked at. */
export function seenPair(
  {film, step, sight}: Readonly<UnetState>,
  layer: UnetLayer | null
): readonly [Seen | null, Seen | null] | null {
  const frame = film.frames[step];
  if (!frame || !sight || sight.of !== frame.xt) return null;
  const {look} = sight;
  if (!layer) return [look.get("time_proj"), look.get("time_embedding")];
  return [inputSeen(look, layer, frame.xt), look.get(layer.role)];
}

function inputSeen(
  look: Look,
  {role, before, skip}: UnetLayer,
  {data, dims}: {data: Float32Array; dims: readonly number[]}
): Seen | null {
  if (skip) return look.get(`${role}.input`);
  return before === null ? seenOf({data, dims: dims.slice(1)}) : look.get(before);
}

function factRows(layer: UnetLayer | null, known: LayerFacts | null, all: UnetFacts, times: LayerTimes | null): Node[] {
  const row = (name: string, value: string): Node => html("div", {}, html("dt", {}, name), html("dd", {}, value));
  const share = times?.shares.get(layer?.role ?? TIME);
  const time =
    times && share !== undefined
      ? `${percent(share)} of a call: ${times.source === "live" ? "measured here" : "measured, recorded"}`
      : null;
  if (!layer || !known)
    return [
      row("learned numbers", shared(all.time.parameters, all.parameters)),
      row("reads", "the timestep alone"),
      row("read by", "every ResNet block"),
      ...(time ? [row("time", time)] : [])
    ];
  const [channels] = known.input;
  const beside = layer.skip ? all.layers.get(layer.skip.from)!.output[0] : 0;
  const reads = layer.skip
    ? `${channels - beside} channels from below + ${beside} through the skip`
    : layer.kind === "resnet"
      ? "the layer before, and the time"
      : layer.kind === "transformer"
        ? "the layer before, and the words"
        : layer.before === null
          ? "the latents"
          : "the layer before";
  return [
    ...[
      row("reads", layer.skip ? `${reads}, and the time` : reads),
      row("learned numbers", shared(known.parameters, all.parameters))
    ],
    ...[
      row("multiply-adds", shared(known.operations, all.operations)),
      row(
        "time",
        time ?? `about ${percent(known.operations / all.operations)} of a call, estimated by its multiply-adds`
      )
    ]
  ];
}

function noteOf(
  {shapes, film, step, sight, ready}: Readonly<UnetState>,
  layer: UnetLayer | null,
  seen: boolean
): string {
  if (shapes === "sd15")
    return "Shapes and sizes by formula, from Stable Diffusion 1.5’s configuration. Its maps would need its 3.4 GB: the last chapter loads your own copy.";
  if (seen)
    return `${sight!.look.source === "live" ? "Live" : "Recorded: the first 8 channels"} · step ${step + 1}, t = ${Number(film.frames[step].timestep.toFixed(1))}${layer ? "" : " · each vector folded into a square"}`;
  return ready
    ? "Maps of this step are being computed."
    : "Maps of this step come with the model; the numbers of what comes out were recorded.";
}

const shared = (value: number, all: number): string => `${million(value)} (${percent(value / all)} of all)`;
