import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {slider} from "../components/slider.js";
import {denoised, noised} from "../src/forward.js";
import {combine, type Tensor} from "../src/tensor.js";
import {effectiveCount, meanOf, recollect, type Recollection} from "../src/world/memoriser.js";
import {codeRow, withCodes} from "../page/codes.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import {averageCode} from "./code.js";
import type {FigureParts} from "./guess.js";
import {rulerOf} from "./guess.js";
import {memoriserNumbers, numbersFold} from "./numbers.js";
import {squaredError} from "./squaredError.js";

/** One caption's noised scene, and four answers to it: the UNet's, the plain mean, and the perfect memoriser's twice. */
export function average({store, memory, engine, decoding, alphasCumprod}: FigureParts): HTMLElement {
  const {record, samples} = memory;
  const caption = html(
    "select",
    {id: "average-caption"},
    ...record.groups.map(({caption: words}, i) =>
      html("option", {value: i, selected: i === store.state.caption}, words)
    )
  );
  const timestep = slider("Timestep of the average", {
    ...{min: 0, max: 999, value: store.state.averageT, id: "average-timestep"},
    format: (t) => rulerOf(t, alphasCumprod[t])
  });
  const kinds = ["xt", "unet", "mean", "captioned", "all"] as const;
  const tiles = Object.fromEntries(kinds.map((kind) => [kind, tile(TITLES[kind])])) as Record<
    (typeof kinds)[number],
    ReturnType<typeof tile>
  >;
  const numbers = html("p", {class: "caption reserved", "aria-live": "polite"});
  const thought = html("p", {class: "thought reserved"});
  const formulas = numbersFold();
  const lines = codeRow();
  const means = new Map<number, Tensor>();
  let unet: {x0: Tensor; key: string} | null = null;
  let exact: {key: string; captioned: Recollection; all: Recollection} | null = null;
  let ticket = 0;

  /** The noised scene of a caption: its second, for the first is the game's. */
  const sceneOf = ({first}: {first: number}) => first + 1;
  const keyOf = () => `${caption.value} ${timestep.value}`;
  const situation = () => {
    const group = record.groups[Number(caption.value)];
    const alpha = alphasCumprod[timestep.value];
    const x0 = memory.latents(sceneOf(group));
    return {group, alpha, xt: noised(x0, memory.noise, alpha)};
  };

  function rowsOf({first, count}: {first: number; count: number}): number[] {
    return Array.from({length: count}, (_, i) => first + i);
  }

  async function ask(): Promise<void> {
    const mine = ++ticket;
    const [key, t] = [keyOf(), timestep.value];
    const {group, alpha, xt} = situation();
    const states = await engine.encodeText([group.caption]);
    if (mine !== ticket) return;
    const {output} = await engine.predict(xt, t, states);
    if (mine !== ticket) return;
    unet = {x0: denoised(xt, output, alpha), key};
    update();
  }

  function update(): void {
    const key = keyOf();
    const {group, alpha, xt} = situation();
    const rows = rowsOf(group);
    if (!means.has(group.first)) means.set(group.first, meanOf(samples, record.dims, rows));
    if (exact?.key !== key) {
      exact = {key, captioned: recollect(samples, xt, alpha, rows), all: recollect(samples, xt, alpha)};
    }
    const mean = means.get(group.first)!;
    const guess = unet?.key === key ? unet.x0 : null;
    const look = (latents: Tensor) => decoding.get(latents) ?? previewOf(latents, record.preview);
    const words = (latents: Tensor) => (decoding.get(latents) ? "decoded" : "preview");
    tiles.xt.update(previewOf(xt, record.preview), "preview");
    tiles.unet.update(
      unet && look(unet.x0), // an older answer stands until the new one has come
      guess ? words(guess) : engine.status.state === "ready" ? "…" : "needs the model"
    );
    tiles.mean.update(look(mean), words(mean));
    tiles.captioned.update(look(exact.captioned.x0), words(exact.captioned.x0));
    tiles.all.update(look(exact.all.x0), words(exact.all.x0));
    numbers.textContent = [
      guess ? `live · ${record.model} · guidance 1` : "recorded latents, computed here",
      guess ? `UNet to mean ${squaredError(guess, mean).toFixed(3)}` : "",
      guess ? `UNet to the memoriser of this caption ${squaredError(guess, exact.captioned.x0).toFixed(3)}` : "",
      "mean squared differences of latents"
    ]
      .filter(Boolean)
      .join(" · ");
    const asked = {scene: sceneOf(group), t: timestep.value, noiseSeed: record.shown.noiseSeed, caption: group.caption};
    lines.update(averageCode(asked, group));
    thought.textContent = thoughtOf(exact.all, record.scenes);
    const distance = (scene: number) => record.dims.reduce((a, b) => a * b) * squaredError(xt, combine([Math.sqrt(alpha), memory.latents(scene)])); // prettier-ignore
    formulas.update(...memoriserNumbers(exact.all, distance, alpha));
    decoding.later([...(guess ? [guess] : []), mean, exact.captioned.x0, exact.all.x0]);
  }

  let asked = "";
  function changed(): void {
    update();
    const key = keyOf();
    if (engine.status.state === "ready" && key !== asked) {
      asked = key;
      void ask().catch(() => (asked = "")); // the loading note says what is wrong
    }
  }
  caption.addEventListener("change", () => store.set({caption: Number(caption.value)}));
  timestep.addEventListener("input", () => store.set({averageT: timestep.value}));
  onSelected(store, ["caption", "averageT", "ready", "decoded"], changed);

  const figure = html(
    "section",
    {class: "figure wide", "aria-label": "The average of all pictures that fit"},
    html(
      "div",
      {class: "figure-controls"},
      html("div", {class: "field"}, html("label", {for: "average-caption"}, "Caption"), caption),
      timestep
    ),
    html("div", {class: "average-row"}, ...kinds.map((kind) => tiles[kind].node)),
    thought,
    numbers,
    formulas
  );
  return withCodes(figure, lines);
}

const TITLES = {
  xt: "what it is shown: xt",
  unet: "the UNet's x̂0, told the caption",
  mean: "mean of 64 scenes with this caption",
  captioned: "memoriser of those 64 scenes",
  all: "memoriser of 2,000 scenes, told nothing"
} as const;

function tile(title: string) {
  const canvas = pixelCanvas(null, {label: title, smooth: true});
  const how = html("span", {class: "how"});
  return {
    node: html("figure", {}, html("figcaption", {}, title), canvas, how),
    update(pixels: Parameters<typeof canvas.paint>[0], words: string): void {
      canvas.paint(pixels);
      canvas.classList.toggle("soft", (pixels?.width ?? 0) < 64);
      how.textContent = words;
    }
  };
}

/** What the memoriser is thinking of, in words. */
function thoughtOf({weights}: Recollection, scenes: readonly {readonly caption: string}[]): string {
  const best = weights.indexOf(weights.reduce((a, b) => Math.max(a, b), 0));
  const many = effectiveCount(weights);
  const share = Math.round(100 * weights[best]);
  return many < 1.05
    ? `The memoriser is sure: it gives ${share} % of its belief to one scene of its 2,000, “${scenes[best].caption}”.`
    : `The memoriser spreads its belief as if over ${many < 10 ? many.toFixed(1) : Math.round(many)} scenes; the likeliest (${share} %) is “${scenes[best].caption}”.`;
}
