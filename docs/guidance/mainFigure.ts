import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {pixelCanvas, type PixelCanvas} from "../components/pixelCanvas.js";
import {progressBar} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {seedField} from "../components/seedField.js";
import {slider} from "../components/slider.js";
import {textField} from "../components/textField.js";
import type {Decoding} from "../page/decoding.js";
import {previewOf} from "../page/look.js";
import {rescaled} from "../page/rescale.js";
import {secondsPerStep, type Step} from "../page/film.js";
import type {Store} from "../page/store.js";
import type {Tensor} from "../src/tensor.js";
import {arrowsFigure} from "./arrowsFigure.js";
import type {Experiments} from "./experiments.js";
import {playerBar, type Player} from "./playing.js";
import {MOST, type GuidanceState} from "./state.js";
import {noisePixels, viewOf} from "./views.js";
import type {Work} from "./work.js";

const EXAMPLES = ["a horse on the grass", "a red apple in the snow", "a castle at night"];

export interface Parts {
  readonly store: Store<GuidanceState>;
  readonly experiments: Store<Experiments>;
  readonly decoding: Decoding;
  readonly work: Work;
  readonly player: Player;
  draw(): Promise<void>;
}

/** One step opened: both predictions, their difference, and what the scale makes of them, without another UNet call. */
export function mainFigure(parts: Parts): HTMLElement {
  return html(
    "section",
    {class: "figure wide main-figure", "aria-label": "One step, opened"},
    controls(parts),
    scaleSlider(parts),
    html("div", {class: "opened"}, tiles(parts), arrowsFigure(parts.store, parts.experiments)),
    playerBar(parts.store, parts.player),
    captionOf(parts.store)
  );
}

function controls({store, work, draw}: Parts): HTMLElement {
  const {state} = store;
  const form = promptForm({value: state.prompt, examples: EXAMPLES});
  const seed = seedField(state.seed);
  const negative = textField("Negative prompt", {value: state.negative, placeholder: "nothing"});
  const progress = progressBar();
  const error = errorNote();
  const again = () => void draw();
  form.addEventListener("input", () => store.set({prompt: form.value}));
  form.addEventListener("submit", again);
  form.addEventListener("cancel", work.cancel);
  error.addEventListener("retry", again);
  seed.addEventListener("input", () => store.set({seed: seed.value}));
  negative.addEventListener("input", () => store.set({negative: negative.value}));
  store.onChange(({prompt, seed: asked, negative: unwanted, film, work: under, error: message}) => {
    form.busy = under !== null;
    form.stale = film.prompt !== prompt || film.settings.seed !== asked || film.settings.negative !== unwanted;
    seed.value = asked;
    progress.update(under);
    error.update(message);
  });
  return html(
    "div",
    {class: "guidance-controls"},
    form,
    html("div", {class: "figure-controls"}, seed, negative),
    progress,
    error
  );
}

function scaleSlider({store, player}: Parts): HTMLElement {
  const scale = slider("Guidance scale", {
    ...{min: 0, max: MOST, step: 0.1, value: store.state.guidance, id: "guidance"},
    format: (w) => `w = ${w.toFixed(1)}${w === 0 ? ": the prompt is not heard" : w === 1 ? ": no guidance" : ""}`
  });
  const drawn = html("button", {type: "button", class: "quiet"}, "as drawn");
  scale.addEventListener("input", () => {
    player.pause();
    store.set({guidance: scale.value});
  });
  drawn.addEventListener("click", () => {
    player.pause();
    store.set({guidance: store.state.film.settings.guidance});
  });
  store.onChange(({guidance, film}) => {
    scale.value = guidance;
    drawn.disabled = guidance === film.settings.guidance;
    drawn.textContent = `as drawn: ${film.settings.guidance.toFixed(1)}`;
  });
  return html("div", {class: "scale-line"}, scale, drawn);
}

interface Tile {
  readonly node: HTMLElement;
  readonly canvas: PixelCanvas;
  readonly note: HTMLElement;
}

function tile(title: string, words: string, kind = ""): Tile {
  const canvas = pixelCanvas(null, {label: title});
  const note = html("span", {class: "tile-badge"});
  const frame = html("div", {class: "tile-frame"}, canvas, note);
  const node = html(
    "figure",
    {class: `guidance-tile ${kind}`},
    frame,
    html("figcaption", {}, html("b", {}, title), " ", html("span", {}, words))
  );
  return {node, canvas, note};
}

/** Above the noises, below the pictures that they expect. */
function tiles({store, decoding}: Parts): HTMLElement {
  const noises = {
    u: tile("u", "noise, without the prompt", "tone-plain"),
    c: tile("c", "noise, with it", "tone-d"),
    d: tile("c − u", "what the prompt adds"),
    w: tile("ε", "what the sampler gets", "tone-a")
  };
  const pictures = {
    u: tile("x̂₀ of u", "expected without the prompt", "tone-plain"),
    c: tile("x̂₀ of c", "expected with it", "tone-d"),
    d: tile("where?", "size of c − u, place by place"),
    w: tile("x̂₀ of ε", "expected with guidance", "tone-a")
  };
  const legend = html("p", {class: "caption legend-line"});

  function paintPicture({canvas, note}: Tile, latents: Tensor, name: string, ask: boolean): void {
    const decoded = decoding.get(latents);
    if (!decoded && ask) decoding.want(latents);
    canvas.paint(decoded ?? previewOf(latents, store.state.preview));
    canvas.classList.toggle("smooth", Boolean(decoded));
    canvas.label(`${name}, ${decoded ? "decoded" : "linear preview"}`);
    note.textContent = decoded ? "" : "preview";
  }

  const scaled = scaler();
  let shownNoise: Tensor | null = null;
  store.onChange(({film, step: index, guidance, playing}) => {
    const record = film.steps[index];
    if (!record) return;
    const view = viewOf(record);
    const step = scaled(record, guidance);
    noises.u.canvas.paint(view.uncond);
    noises.c.canvas.paint(view.cond);
    noises.d.canvas.paint(view.difference);
    pictures.d.canvas.paint(view.where);
    if (shownNoise !== step.eps) noises.w.canvas.paint(noisePixels(step.eps));
    shownNoise = step.eps;
    noises.w.canvas.label(`The guided noise at scale ${guidance.toFixed(1)}, its four channels`);
    const rest = !playing && !store.state.work;
    paintPicture(pictures.w, step.x0, `What is expected at the end, at scale ${guidance.toFixed(1)}`, rest);
    const known = Boolean(decoding.get(step.x0));
    paintPicture(pictures.u, view.x0Uncond, "What is expected at the end without the prompt", rest && known);
    const both = known && Boolean(decoding.get(view.x0Uncond));
    paintPicture(pictures.c, view.x0Cond, "What is expected at the end with the prompt", rest && both);
    legend.textContent = `noise: black −3, grey 0, white 3 · c − u: blue −${view.limit.toFixed(2)}, red ${view.limit.toFixed(2)} · where: dark 0, bright ${view.most.toFixed(2)}`;
  });

  const {u, c, d, w} = noises;
  return html(
    "div",
    {},
    html(
      "div",
      {class: "guidance-tiles"},
      ...[u, c, d, w, pictures.u, pictures.c, pictures.d, pictures.w].map(({node}) => node)
    ),
    legend
  );
}

/** A step at a scale; the same object while neither changes, so that its pictures need not be made again. */
function scaler(): (record: Step, guidance: number) => Step {
  let last: {record: Step; guidance: number; step: Step} | null = null;
  return (record, guidance) => {
    if (last?.record !== record || last.guidance !== guidance) {
      last = {record, guidance, step: rescaled(record, guidance)};
    }
    return last.step;
  };
}

function captionOf(store: Store<GuidanceState>): HTMLElement {
  const node = html("p", {class: "caption"});
  store.onChange(({film, guidance, modelName}) => {
    const {seed, steps, negative, guidance: drawn} = film.settings;
    const time = secondsPerStep(film);
    const parts = [
      film.source === "live" ? "live, in this browser" : "recorded",
      `“${film.prompt}”${negative ? ` without “${negative}”` : ""}`,
      ...[modelName, `seed ${seed}`, "DDIM", `${steps} steps, drawn at scale ${drawn}`]
    ];
    if (time !== null && film.source === "live") parts.push(`UNet ${time.toFixed(2)} s a step`);
    const tried = guidance === drawn ? "" : ` · this step alone recomputed here at ${guidance.toFixed(1)}`;
    node.textContent = parts.join(" · ") + tried;
  });
  return node;
}
