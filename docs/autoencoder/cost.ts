import {areaPair} from "../components/areaPair.js";
import {codeRow, withCodes} from "../page/codes.js";
import {html} from "../components/dom.js";
import {
  decoderCost,
  SD15_DECODER,
  SD15_UNET,
  totalOf,
  unetCost,
  type Cost,
  type DecoderConfig,
  type UnetConfig
} from "../src/cost.js";

import {COST_CODE, COST_PYTHON} from "./code.js";

/** A model's UNet on latents and on pixels, and its decoder. */
export interface Comparison {
  name: string;
  latentSide: number;
  pixelSide: number;
  latents: Cost;
  pixels: Cost;
  decoder: Cost;
}

/** The same UNet on latents of a picture and on its pixels; only the channels that go in and out differ. */
export function compared(
  name: string,
  unet: UnetConfig,
  decoder: DecoderConfig,
  {side, tokens}: {side: number; tokens: number}
): Comparison {
  const pixelSide = side * (decoder.fold ?? 1) * 2 ** (decoder.block_out_channels.length - 1);
  const onPixels = {...unet, in_channels: 3, out_channels: 3};
  return {
    ...{name, latentSide: side, pixelSide},
    latents: unetCost(unet, {side, tokens}),
    pixels: unetCost(onPixels, {side: pixelSide, tokens}),
    decoder: decoderCost(decoder, {side})
  };
}

/** Stable Diffusion 1.5, from its published configs. */
export const stableDiffusion = compared("Stable Diffusion 1.5", SD15_UNET, SD15_DECODER, {side: 64, tokens: 77});

/** How many calls of the UNet a picture takes here: 30 steps, each with the words and without. */
const CALLS = 60;

/** What one call of the UNet costs on latents and on pixels: areas, and the numbers. */
export function cost(models: readonly Comparison[]): HTMLElement {
  const node = html(
    "section",
    {class: "figure wide cost", "aria-label": "What one call of the UNet costs"},
    html("div", {class: "cost-row"}, ...models.map(areas)),
    table(models)
  );
  return withCodes(node, codeRow({engine: COST_CODE, python: COST_PYTHON}));
}

function areas({name, latentSide, pixelSide, latents, pixels}: Comparison): HTMLElement {
  const amount = (words: string, {places, fixed, pairs}: Cost) => ({
    name: words,
    parts: [places + fixed, pairs] as const
  });
  const ratio = Math.round(totalOf(pixels) / totalOf(latents));
  const [small, large] = [`${latentSide} × ${latentSide} × 4`, `${pixelSide} × ${pixelSide} × 3`];
  return html(
    "figure",
    {},
    areaPair(amount(small, latents), amount(large, pixels), {
      label: `${name}: one call on ${large} costs ${ratio} times one call on ${small}`,
      parts: ["at each place", "between pairs of places"]
    }),
    html("figcaption", {}, html("b", {}, name), `: ${small} beside ${large}, ${ratio} times as much`)
  );
}

function table(models: readonly Comparison[]): HTMLElement {
  const rows: [string, (model: Comparison) => string][] = [
    ["one UNet call on latents", ({latents}) => operations(totalOf(latents))],
    ["one UNet call on pixels", ({pixels}) => operations(totalOf(pixels))],
    ["… of it, attention between pairs of places", ({pixels}) => percent(pixels.pairs / totalOf(pixels))],
    ["pixels against latents", ({latents, pixels}) => times(totalOf(pixels) / totalOf(latents))],
    ["the decoder, once a picture", ({decoder}) => operations(totalOf(decoder))],
    [
      `a picture of 30 steps: ${CALLS} calls and a decode, against ${CALLS} calls on pixels`,
      ({latents, pixels, decoder}) => times((CALLS * totalOf(pixels)) / (CALLS * totalOf(latents) + totalOf(decoder)))
    ]
  ];
  return html(
    "div",
    {class: "table-scroll", tabindex: 0, role: "group", "aria-label": "Multiply-adds"},
    html(
      "table",
      {},
      html("caption", {}, "Multiply-adds, counted from the configs"),
      html("thead", {}, html("tr", {}, html("td", {}), ...models.map(({name}) => html("th", {scope: "col"}, name)))),
      html(
        "tbody",
        {},
        ...rows.map(([words, value]) =>
          html("tr", {}, html("th", {scope: "row"}, words), ...models.map((model) => html("td", {}, value(model))))
        )
      )
    )
  );
}

/** A count in words: "780 million", "402 billion", "273 trillion". */
export function operations(count: number): string {
  const [unit, words] = count >= 1e12 ? [1e12, "trillion"] : count >= 1e9 ? [1e9, "billion"] : [1e6, "million"];
  const value = count / unit;
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ${words}`;
}

const times = (ratio: number): string => `${Math.round(ratio).toLocaleString("en-US")} ×`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
