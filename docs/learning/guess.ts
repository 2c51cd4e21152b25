import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {slider} from "../components/slider.js";
import {denoised, noised} from "../src/forward.js";
import type {Engine} from "../src/worker/client.js";
import type {Tensor} from "../src/tensor.js";
import {codesOf, withCodes} from "../page/codes.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import type {Decoding} from "../page/decoding.js";
import type {Store} from "../page/store.js";
import {guessCode} from "./code.js";
import type {Memory} from "./memory.js";
import {squaredError} from "./squaredError.js";
import {guessNumbers, numbersFold} from "./numbers.js";
import {ROUNDS} from "./rounds.js";
import type {LearningState} from "./state.js";

/** What a figure of this page is made of. */
export interface FigureParts {
  store: Store<LearningState>;
  memory: Memory;
  engine: Pick<Engine, "encodeText" | "predict" | "status">;
  decoding: Decoding;
  alphasCumprod: Float32Array;
}

/** A guess of the UNet's: the noise it sees, what is left without it, and where the guess comes from. */
export interface Answer {
  readonly eps: Tensor;
  readonly x0: Tensor;
  readonly timestep: number;
  readonly told: boolean;
  readonly source: "live" | "recorded";
}

const MISSING = "the UNet's answer to this scene needs the model; its answers to the first scene are recorded";

/** "What is under the noise?": the reader guesses, then the UNet does, at any noise level. */
export function guess({store, memory, engine, decoding, alphasCumprod}: FigureParts): HTMLElement {
  const {record} = memory;
  const timestep = slider("Timestep", {
    ...{min: 0, max: 999, value: store.state.t, id: "timestep"},
    format: (t) => rulerOf(t, alphasCumprod[t])
  });
  const choices = html("div", {class: "guesses", role: "group", "aria-label": "Your guess"});
  const verdict = html("p", {class: "verdict", role: "status"});
  const tiles = ["hidden", "noise", "guess", "truth"].map((kind) => tile(kind));
  const [hidden, noiseTile, guessed, truth] = tiles;
  const numbers = html("p", {class: "caption reserved"});
  const formulas = numbersFold();
  const told = html("input", {type: "checkbox", id: "told"});
  const another = html("button", {type: "button"}, "Another scene");
  let latest = 0;
  let answer: Answer | null = null;

  timestep.addEventListener("input", () => store.set({t: timestep.value}));
  told.addEventListener("change", () => store.set({told: told.checked}));
  another.addEventListener("click", () =>
    store.set({round: (store.state.round + 1) % ROUNDS.length, chosen: null, t: 800})
  );

  /** The newest question only: an older answer never replaces a newer one. */
  async function ask(): Promise<void> {
    const {round, t, told: withWords} = store.state;
    const {group, scene} = ROUNDS[round];
    const ticket = ++latest;
    const x0 = memory.latents(scene);
    const eps = memory.noise;
    const recordedFor = scene === record.shown.scene ? memory.answer(t, withWords) : null;
    if (engine.status.state !== "ready") {
      const recorded = recordedFor && {
        ...{eps: recordedFor.eps, timestep: recordedFor.timestep, told: withWords, source: "recorded" as const},
        x0: denoised(
          noised(x0, eps, alphasCumprod[recordedFor.timestep]),
          recordedFor.eps,
          alphasCumprod[recordedFor.timestep]
        )
      };
      show(recorded);
      return;
    }
    const xt = noised(x0, eps, alphasCumprod[t]);
    const states = await engine.encodeText([withWords ? record.groups[group].caption : ""]);
    if (ticket !== latest) return;
    const {output} = await engine.predict(xt, t, states);
    if (ticket !== latest) return;
    show({eps: output, x0: denoised(xt, output, alphasCumprod[t]), timestep: t, told: withWords, source: "live"});
  }

  function show(next: Answer | null): void {
    if (answer === next) return;
    answer = next;
    store.set({answered: store.state.answered + 1});
  }

  let asked = "";
  const watched = ["round", "t", "told", "chosen", "ready", "answered", "decoded"] as const;
  onSelected(store, watched, ({round, t, told: withWords, chosen, ready}) => {
    const {group, scene, others} = ROUNDS[round];
    const name = record.groups[group].object;
    const x0 = memory.latents(scene);
    const eps = memory.noise;
    const xt = noised(x0, eps, alphasCumprod[t]);
    timestep.value = t;
    told.checked = withWords;
    const key = JSON.stringify([round, t, withWords, ready, chosen !== null]);
    if (key !== asked) {
      asked = key;
      if (chosen === null) answer = null;
      else void ask().catch(() => show(null)); // the loading note says what is wrong
    }
    const look = (latents: Tensor) => decoding.get(latents) ?? previewOf(latents, record.preview);
    hidden.update(previewOf(xt, record.preview), `the latents xt at t = ${t}, preview`);
    fillChoices(choices, [name, ...others], chosen, round, (word) => store.set({chosen: word}));
    for (const {node} of [noiseTile, guessed, truth]) node.classList.toggle("covered", chosen === null);
    noiseTile.update(
      answer && chosen !== null ? previewOf(answer.eps, record.preview) : null,
      "the noise it sees, preview"
    );
    guessed.update(answer && chosen !== null ? look(answer.x0) : null, answer ? lookOf(answer.x0, decoding) : "");
    truth.update(chosen !== null ? look(x0) : null, lookOf(x0, decoding));
    verdict.textContent = verdictOf(chosen, name);
    numbers.textContent =
      chosen === null ? " " : answer ? numbersOf(answer, {eps, x0, model: record.model}) : ready ? "…" : MISSING;
    if (chosen !== null && answer) {
      const alpha = alphasCumprod[answer.timestep];
      const errors = {eps: squaredError(answer.eps, eps), x0: squaredError(answer.x0, x0)};
      formulas.update(...guessNumbers({...answer, xt: noised(x0, eps, alpha)}, alpha, errors));
      decoding.later([answer.x0, x0]);
    } else formulas.update(["Guess first: then the UNet answers, and its numbers stand here."]);
  });

  const figure = html(
    "section",
    {class: "figure wide", "aria-label": "What is under the noise?"},
    html(
      "div",
      {class: "figure-controls"},
      timestep,
      html("div", {class: "field inline"}, told, html("label", {for: "told"}, "tell the UNet the caption")),
      another
    ),
    html("div", {class: "guess-row"}, ...tiles.map(({node}) => node)),
    html("p", {class: "question"}, "What is hidden here? Choose, and the UNet answers too."),
    choices,
    verdict,
    numbers,
    formulas
  );
  const lines = codesOf(store, ["t", "round", "told"], ({t, round, told: withWords}) => {
    const {group, scene} = ROUNDS[round];
    const caption = withWords ? record.groups[group].caption : "";
    return guessCode({scene, t, caption, noiseSeed: record.shown.noiseSeed});
  });
  return withCodes(figure, lines);
}

const TITLES: Record<string, string> = {
  hidden: "under noise",
  noise: "the UNet: this is the noise",
  guess: "so this is the picture",
  truth: "it was"
};

function tile(kind: string) {
  const canvas = pixelCanvas(null, {label: TITLES[kind], smooth: true});
  const how = html("span", {class: "how"});
  const node = html("figure", {class: `tile-${kind}`}, html("figcaption", {}, TITLES[kind]), canvas, how);
  return {
    node,
    update(pixels: Parameters<typeof canvas.paint>[0], words: string): void {
      canvas.paint(pixels);
      canvas.label(`${TITLES[kind]}${pixels ? "" : ": not shown yet"}`);
      canvas.classList.toggle("soft", (pixels?.width ?? 0) < 64);
      how.textContent = pixels ? words : " ";
    }
  };
}

function fillChoices(
  slot: HTMLElement,
  names: readonly string[],
  chosen: string | null,
  round: number,
  choose: (word: string) => void
): void {
  if (slot.dataset.round !== String(round)) {
    slot.dataset.round = String(round);
    const words = names.map((name) => name.replaceAll("-", " ")).sort();
    slot.replaceChildren(
      ...words.map((word) => html("button", {type: "button", class: "guess", onclick: () => choose(word)}, word))
    );
  }
  for (const button of slot.children) button.setAttribute("aria-pressed", String(button.textContent === chosen));
}

const lookOf = (latents: Tensor, decoding: Decoding) => (decoding.get(latents) ? "decoded" : "preview");

function verdictOf(chosen: string | null, name: string): string {
  if (chosen === null) return " ";
  const word = name.replaceAll("-", " ");
  return chosen === word ? `You saw it: ${word}.` : `You said ${chosen}. It was: ${word}.`;
}

function numbersOf({eps, x0, timestep, told, source}: Answer, truth: {eps: Tensor; x0: Tensor; model: string}): string {
  const parts = [
    source === "live" ? "live, in this browser" : "recorded",
    `t = ${timestep}`,
    truth.model,
    told ? "told the caption" : "told nothing",
    `mean squared error of the noise ${squaredError(eps, truth.eps).toFixed(4)}`,
    `of the picture's latents ${squaredError(x0, truth.x0).toFixed(3)}`
  ];
  return parts.join(" · ");
}

/** "t = 767 · signal 22 %, noise 98 % (amplitudes)". */
export function rulerOf(t: number, alphaCumprod: number): string {
  const percent = (value: number) => `${Math.round(100 * Math.sqrt(value))} %`;
  return `t = ${t} · signal ${percent(alphaCumprod)}, noise ${percent(1 - alphaCumprod)} (amplitudes)`;
}
