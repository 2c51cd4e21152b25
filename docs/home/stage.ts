import {html, prefersReducedMotion} from "../components/dom.js";
import {filmStrip, type StripFrame} from "../components/filmStrip.js";
import {keyFrames} from "../components/keyFrames.js";
import {loopRing} from "../components/loopRing.js";
import {picture} from "../components/picture.js";
import type {LinearPreview, Pixels} from "../components/pixels.js";
import {progressBar} from "../components/progressBar.js";
import {symbol} from "../components/symbol.js";
import {isMark, tokenRow} from "../components/tokenRow.js";
import type {Tensor} from "../src/tensor.js";
import type {Decoding} from "../page/decoding.js";
import {captionOf, isLast, latentsAt, type Film} from "../page/film.js";
import {previewOf} from "../page/look.js";
import {moveFilm} from "./moveFilm.js";
import type {Player} from "./playing.js";
import type {HomeState} from "./state.js";
import type {Store} from "../page/store.js";
import {aboutDecoder, aboutTextEncoder, aboutUnet} from "./about.js";

/** The name of the shipped model, whose text embedding is 192 numbers wide. */
const SHIPPED = "tiny";

/** Everything the stage draws on. */
export interface StageParts {
  store: Store<HomeState>;
  decoding: Decoding;
  player: Player;
}

/** The three boxes and the strip that the loop unrolls into. */
export function stage({store, decoding, player}: StageParts): HTMLElement {
  const {state} = store;
  const tokens = html("div", {class: "token-slot"});
  const encoded = html("p", {class: "shape"});
  const loop = loopRing({numSteps: 0, done: 0, selected: 0, latents: null, keys: []}, {unrolled: state.unrolled});
  const loopText = html("p", {class: "shape"});
  const progress = progressBar();
  const large = picture({pixels: null, name: "No picture yet", badges: [], finished: false});
  const views = viewSwitch(store);
  const save = html("a", {class: "save", download: "picture.png"}, "Save the picture");
  const strip = filmStrip([]);
  const stripRow = html("div", {class: "strip-row"}, stripLegend(), strip);
  const caption = html("p", {class: "caption"});

  const root = html(
    "section",
    {class: "stage wide", "aria-label": "From words to picture"},
    html(
      "div",
      {class: "boxes"},
      box("text-encoder", "1", "Text encoder", "words become numbers", tokens, encoded, aboutTextEncoder()),
      box("unet", "2", "UNet and sampler", "noise becomes latents, in a loop", loop, loopText, progress, aboutUnet()),
      box(
        "decoder",
        "3",
        "Decoder",
        "latents become a picture",
        large,
        html("div", {class: "under"}, views, save),
        caption,
        aboutDecoder()
      )
    ),
    stripRow
  );

  loop.addEventListener("input", (event) => {
    event.stopPropagation();
    strip.update(stripFrames(state.film, lookOf(state.preview)), state.step);
    store.set({unrolled: loop.value});
    void moveFilm({root, loop, stripRow, strip, open: loop.value});
    if (loop.value) bringIntoView(stripRow);
  });
  strip.addEventListener("input", () => player.select(strip.value));
  save.addEventListener("click", () => (save.href = large.querySelector("img")?.src ?? ""));
  stripRow.classList.toggle("open", state.unrolled);

  const lookOf = (preview: LinearPreview) => (latents: Tensor | null) =>
    latents && (decoding.get(latents) ?? previewOf(latents, preview));

  let read: Film | null = null;
  store.onChange(({film, step, view, unrolled, work, modelName, preview}) => {
    const record = film.steps[step];
    const look = lookOf(preview);
    const raw = (latents: Tensor | null): Pixels | null => latents && previewOf(latents, preview);
    const shown = latentsAt(film, step, view);
    const decoded = shown && decoding.get(shown);
    const keys = keyFrames(film.numSteps).map((index) => ({index, record: film.steps[index]}));
    if (read !== film)
      fillTokens(film, tokens, encoded, modelName === SHIPPED || film.source === "recorded" ? 192 : null);
    read = film;
    loop.update({
      numSteps: film.numSteps,
      done: film.steps.length ? step + 1 : 0,
      selected: step,
      latents: record ? raw(isLast(film, step) ? record.prev : record.xt) : null,
      keys: keys.map(({index, record: at}) => ({index, pixels: at && index <= step ? raw(at.xt) : null}))
    });
    const shape = (film.steps[0]?.latents.dims ?? []).slice(1).join(", ");
    loopText.textContent = `latents [${shape}] · ${film.numSteps} times around`;
    large.update({
      pixels: decoded ?? raw(shown),
      name: nameOf(film, step),
      badges: [film.source, ...(shown ? [decoded ? "decoded" : "preview"] : [])],
      finished: isLast(film, step) && Boolean(decoded)
    });
    views.hidden = isLast(film, step);
    save.hidden = !(isLast(film, step) && decoded);
    if (unrolled) strip.update(stripFrames(film, look), step);
    progress.update(work);
    caption.textContent = captionOf(film, modelName);
    if (shown && film.finished) decoding.want(shown);
  });
  return root;
}

function box(kind: string, number: string, title: string, subtitle: string, ...children: Node[]): HTMLElement {
  return html(
    "article",
    {class: `box box-${kind}`},
    html("h2", {}, html("span", {class: "number", "aria-hidden": "true"}, number), title),
    html("p", {class: "subtitle"}, subtitle),
    ...children
  );
}

/** Scrolls so far that the strip can be seen. */
function bringIntoView(node: HTMLElement): void {
  node.scrollIntoView({block: "nearest", behavior: prefersReducedMotion() ? "auto" : "smooth"});
}

/** Key frames for the strip; `look` finds the best picture there is of latents. */
function stripFrames(film: Film, look: (latents: Tensor | null) => Pixels | null): StripFrame[] {
  return keyFrames(film.numSteps).map((index) => {
    const record = film.steps[index];
    const timestep = record?.timestep ?? null;
    return {index, timestep, xt: look(record?.xt ?? null), x0: look(record?.x0 ?? null)};
  });
}

/** @param width of the text embedding, where it is known: the shipped model's */
function fillTokens(film: Film, slot: HTMLElement, encoded: HTMLElement, width: number | null): void {
  slot.replaceChildren(tokenRow(film.tokens));
  const words = film.tokens.filter(({text}) => !isMark(text)).length;
  const rest = film.tokens.length - words;
  encoded.textContent =
    rest > 0
      ? `and ${rest} to begin, end and fill up: ${film.tokens.length} tokens${width ? ` × ${width} numbers` : ""}`
      : "";
}

function nameOf(film: Film, step: number): string {
  if (!isLast(film, step)) return film.steps.length ? `Step ${step + 1} of ${film.numSteps}` : "No picture yet";
  return film.source === "recorded" ? `${film.prompt} (recorded picture)` : film.prompt;
}

function stripLegend(): HTMLElement {
  return html(
    "div",
    {class: "strip-legend", "aria-hidden": "true"},
    html("span", {}, html("b", {}, "above"), " what goes into the step: ", symbol("x", {index: "t"})),
    html("span", {}, html("b", {}, "below"), " the picture it guesses: ", symbol("x", {hat: true, index: "0"}))
  );
}

/** "the guess" or "with its noise": which latents the decoder shows. */
function viewSwitch(store: Store<HomeState>): HTMLElement {
  const options: [HomeState["view"], string][] = [
    ["x0", "the guess"],
    ["xt", "with its noise"]
  ];
  const buttons = options.map(([view, label]) =>
    html("button", {type: "button", onclick: () => store.set({view}), "data-view": view}, label)
  );
  store.onChange(({view}) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  });
  return html("div", {class: "segments small", role: "group", "aria-label": "What the decoder shows"}, ...buttons);
}
