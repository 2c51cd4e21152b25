import {html} from "../components/dom.js";
import {entryRuler} from "../components/entryRuler.js";
import {errorNote} from "../components/errorNote.js";
import {levelText} from "../components/ruler.js";
import {progressBar} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {seedField} from "../components/seedField.js";
import {slider} from "../components/slider.js";
import type {PictureSource} from "../components/pictureSource.js";
import {caption, figure} from "../page/figure.js";
import {tile, type Badge} from "../page/tile.js";
import {noisedTo} from "./drawing.js";
import {entryOf} from "./entry.js";
import type {PageParts} from "./parts.js";
import type {Player} from "./playing.js";
import {isEnd, shownAt} from "./run.js";
import {runView} from "./runView.js";
import {keyOf, type EditingState} from "./state.js";

/** What the main figure needs beside what all share. */
export interface MainParts extends PageParts {
  readonly source: PictureSource;
  readonly distance: HTMLElement;
  draw(): Promise<void>;
  cancel(): void;
  readonly player: Player;
}

const EXAMPLES = [
  "a red apple on the beach",
  "a red heart on the beach",
  "a lemon in the snow",
  "a castle on the beach"
];
const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Image to image: the ruler with the entry, the noised start, the first guess, the strip and the result. */
export function mainFigure(parts: MainParts): HTMLElement {
  const {store, decoding, look, source, distance, player} = parts;
  const {state, set} = store;
  const form = promptForm({value: state.prompt, examples: EXAMPLES});
  const seed = seedField(state.seed);
  const strength = slider("Strength", {min: 0.05, max: 1, step: 0.05, value: state.strength, format: percent});
  const steps = slider("Steps", {min: 2, max: 60, value: state.steps, format: (n) => `${n} for a whole run`});
  const scale = slider("Guidance scale", {min: 1, max: 12, step: 0.5, value: state.guidance});
  const ruler = entryRuler(entryOf(state.scheduler, state.steps, state.strength));
  const where = html("p", {class: "ruler entry-words"});
  const tiles = {
    given: tile("The picture", "The given picture"),
    start: tile("Noised: here the run begins", "The noised picture that the run begins with"),
    guess: tile("First guess x̂0", "What the network expects after one look"),
    result: tile("The result", "The picture drawn")
  };
  const view = runView(look, {player: true, name: "Key frames of the run from the picture"});
  const sweep = html("button", {type: "button", class: "chip", onclick: () => player.sweep()}, "Sweep the strength");
  const words = caption();

  form.addEventListener("input", () => set({prompt: form.value}));
  form.addEventListener("submit", () => void parts.draw());
  form.addEventListener("cancel", () => parts.cancel());
  seed.addEventListener("input", () => set({seed: seed.value}));
  const stop = {sweeping: false};
  strength.addEventListener("input", () => set({...stop, strength: strength.value}));
  steps.addEventListener("input", () =>
    set({...stop, steps: steps.value, strength: Math.max(state.strength, 1 / steps.value)})
  );
  scale.addEventListener("input", () => set({guidance: scale.value}));
  view.addEventListener("input", () => {
    player.pause();
    set({step: Math.max(state.run.first, view.value)});
  });
  view.addEventListener("toggle", () => (state.playing ? player.pause() : player.play()));

  const node = figure(
    "Image to image",
    html(
      "div",
      {class: "edit-top"},
      html("div", {class: "edit-ask"}, form, html("div", {class: "edit-set"}, strength, seed)),
      html("div", {class: "edit-source"}, source, distance)
    ),
    parts.working,
    parts.error,
    html("div", {class: "entry"}, ruler, where),
    html("div", {class: "edit-tiles"}, tiles.given, tiles.start, tiles.guess, tiles.result),
    view,
    html("div", {class: "figure-controls"}, steps, scale, html("div", {}, sweep)),
    words
  );

  store.onChange((now) => {
    const {stops, first} = entryOf(now.scheduler, now.steps, Math.max(now.strength, 1 / now.steps));
    if (strength.value !== now.strength) strength.value = now.strength;
    if (seed.value !== now.seed) seed.value = now.seed;
    if (steps.value !== now.steps) steps.value = now.steps;
    if (scale.value !== now.guidance) scale.value = now.guidance;
    if (form.value !== now.prompt) form.value = now.prompt;
    ruler.update({stops, first});
    const made = now.steps - first;
    where.textContent = `strength ${percent(now.strength)} of ${now.steps} steps: ${made} made, ${first} skipped · ${levelText(stops[first])}`;
    const start = parts.startOf(now);
    const known = decoding.get(start);
    const own = now.run.frames[0]?.index === first ? now.run.frames[0].x0 : null;
    const guess = own ?? (now.guess?.key === keyOf(now, first) ? now.guess.x0 : null);
    const shown = shownAt(now.run, now.step);
    const end = isEnd(now.run, now.step);
    tiles.given.update({
      pixels: now.picture?.pixels ?? null,
      badge: null,
      note: now.picture ? `“${now.picture.name}”` : ""
    });
    tiles.start.update({
      pixels: look(start),
      badge: badgeOf(Boolean(known), "live"),
      note: known ? "decoded" : "latents, as colours"
    });
    tiles.guess.update({
      pixels: guess && look(guess),
      badge: guess ? badgeOf(Boolean(decoding.get(guess)), own ? now.run.source : "live") : null,
      note: guess ? `after 1 of ${made} calls of the network` : now.ready ? "…" : "needs the model"
    });
    tiles.result.update({
      pixels: shown && look(shown),
      badge: shown ? badgeOf(Boolean(decoding.get(shown)), now.run.source) : null,
      note: end ? `after ${made} calls` : shown ? `guess of step ${now.step + 1}` : "press Draw"
    });
    view.update({run: now.run, step: now.step, stops, playing: now.playing});
    form.stale = now.run.result === null;
    if (form.busy !== now.busy) form.busy = now.busy;
    words.textContent = captionOf(now);
  });
  return node;
}

const badgeOf = (decoded: boolean, source: Badge): Badge =>
  decoded ? source : source === "recorded" ? "recorded" : "preview";

function captionOf({run, picture, model, prompt, seed, guidance, steps}: EditingState): string {
  const what = run.source === "live" ? "live, in this browser" : "recorded";
  const from = picture?.kind === "scene" ? `from scene ${picture.seed}` : `from ${picture?.name ?? "the picture"}`;
  return [
    run.frames.length ? what : "not drawn yet",
    `“${prompt}”`,
    from,
    model,
    `seed ${seed}`,
    "DDIM",
    `${steps} steps`,
    `guidance ${guidance}`
  ].join(" · ");
}

/** The start of a run as the page computes it; the same tensor as long as nothing changes. */
export function createStarts(): (state: EditingState) => ReturnType<typeof noisedTo> {
  const known = new Map<string, ReturnType<typeof noisedTo>>();
  return (state) => {
    const {stops, first} = entryOf(state.scheduler, state.steps, Math.max(state.strength, 1 / state.steps));
    const key = keyOf({...state, prompt: "", guidance: 0}, first);
    const made = known.get(key) ?? noisedTo(state.latents, state.seed, stops[first]);
    known.delete(key); // the newest are kept
    known.set(key, made);
    if (known.size > 60) known.delete(known.keys().next().value!);
    return made;
  };
}

export const workingNodes = () => ({working: progressBar(), error: errorNote()});
