import {html} from "../components/dom.js";
import {picture, type Picture} from "../components/picture.js";
import {imagePixels, pixelDifference, type Pixels} from "../components/pixels.js";
import {progressBar} from "../components/progressBar.js";
import {figure} from "../page/figure.js";
import {timeLeft} from "../page/job.js";
import {onSelected} from "../page/selected.js";
import type {Controls} from "../src/controls.js";
import type {Shape} from "../src/unet/facts.js";
import type {RecordedOff} from "./recording.js";
import {partsOf, type Part} from "./parts.js";
import type {Engine} from "./running.js";
import type {Parts} from "./stage.js";
import type {Asked, Graph, UnetFilm} from "./state.js";

const INTACT = "intact";

interface Drawn {
  readonly pixels: Pixels;
  readonly source: "live" | "recorded";
  readonly asked: string;
}

/** A figure to which recorded pictures can be given: the intact one first. */
export type SwitchedOff = HTMLElement & {show(sheet: readonly Pixels[]): void; drawOne(key: string): void};

/** One part of the UNet switched off in every step: the picture beside the intact one. */
export function switchedOffFigure({store, running}: Parts, engine: Engine, recorded: RecordedOff): SwitchedOff {
  const {state} = store;
  const drawn = new Map<string, Drawn>();
  const grid = html("div", {class: "off-grid"});
  const all = html("button", {type: "button", class: "chip"}, "Draw all of them here");
  const cancel = html("button", {type: "button", class: "chip"}, "Stop");
  const bar = progressBar();
  store.onChange(({work}) => bar.update(work));
  const words = html("p", {class: "verdict", role: "status"});
  const note = html("figcaption", {class: "caption"});
  const plainFilm = state.film;
  let tiles: {part: Part | null; picture: Picture; says: HTMLElement; button: HTMLButtonElement}[] = [];

  all.addEventListener("click", () => void draw([null, ...partsHere(state.graph)]));
  cancel.addEventListener("click", running.cancel);

  /** The drawing that all are compared with: the film's own settings. */
  const askedOf = (film: UnetFilm): Asked => film.asked;

  function draw(parts: readonly (Part | null)[]): Promise<void> {
    return running.only(async (signal) => {
      const asked = askedOf(state.film);
      const key = JSON.stringify(asked);
      const intact = drawn.get(INTACT);
      const wanted =
        intact?.asked === key
          ? parts.filter((part) => part !== null || intact.source !== "live")
          : [null, ...parts.filter((part) => part !== null)];
      const total = wanted.length * asked.steps;
      const began = performance.now();
      let done = 0;
      for (const part of wanted) {
        const pixels = await drawOne(asked, part?.controls, signal, () => {
          done++;
          const left = timeLeft(performance.now() - began, done, total);
          const label = `${part ? `Without ${part.name}` : "Intact"}: step ${done} of ${total}${left}`;
          store.set({work: {label, done, total}});
        });
        if (!pixels || signal.aborted) return;
        drawn.set(part?.key ?? INTACT, {pixels, source: "live", asked: key});
        show();
      }
    });
  }

  async function drawOne(
    asked: Asked,
    controls: Controls | undefined,
    signal: AbortSignal,
    onStep: () => void
  ): Promise<Pixels | null> {
    let last = null;
    for await (const {prevXt} of engine.draw({...asked, signal, ...(controls && {controls})})) {
      last = prevXt;
      onStep();
    }
    return last && imagePixels(await engine.decode(last));
  }

  function show(): void {
    const key = JSON.stringify(askedOf(state.film));
    const of = (name: string): Drawn | null => (drawn.get(name)?.asked === key ? drawn.get(name)! : null);
    const intact = of(INTACT);
    const apart: [string, number][] = [];
    for (const {part, picture: shown, says, button} of tiles) {
      const one = of(part?.key ?? INTACT);
      const name = part ? `without ${part.name}` : "intact";
      shown.update({
        pixels: one?.pixels ?? null,
        name: `${state.film.asked.prompt}, ${name}${one?.source === "recorded" ? ", recorded" : one ? "" : ": not drawn yet"}`,
        badges: one ? [one.source] : [],
        finished: false
      });
      const far = part && one && intact ? pixelDifference(one.pixels, intact.pixels) : null;
      if (far !== null) apart.push([part!.name, far]);
      says.textContent = far === null ? (one || part ? " " : "not drawn yet") : `${far.toFixed(1)} of 255 from intact`;
      button.disabled = state.work !== null || (part !== null && state.ready && !state.hasControls);
      button.textContent = one?.source === "live" ? "again" : "draw it here";
    }
    all.disabled = state.work !== null || (state.ready && !state.hasControls);
    cancel.disabled = state.work === null;
    const [most, least] = [
      apart.reduce((a, b) => (b[1] > a[1] ? b : a), ["", -1]),
      apart.reduce((a, b) => (b[1] < a[1] ? b : a), ["", Infinity])
    ];
    words.textContent =
      apart.length > 2
        ? `Of these pictures, the one without ${most[0]} is farthest from the intact one (${most[1].toFixed(1)}), the one without ${least[0]} nearest (${least[1].toFixed(1)}).`
        : state.ready && !state.hasControls
          ? "This model’s folder has no unet/controls.onnx, so nothing in it can be switched off."
          : "Press one, or all.";
    const {prompt, seed, sampler, steps, guidance} = askedOf(state.film);
    note.textContent = `“${prompt}”, seed ${seed}, ${sampler.toUpperCase()}, ${steps} steps, guidance ${guidance} · a part that is off gives 0 in every step · distance: mean difference of the colours, 0 to 255`;
  }

  onSelected(store, ["graph"], ({graph}) => {
    tiles = [null, ...partsHere(graph)].map((part) => {
      const shown = picture({pixels: null, name: "not drawn yet", badges: [], finished: false});
      const says = html("span", {class: "tile-numbers"});
      const button = html("button", {type: "button", class: "chip"}, "draw it here");
      const name = part ? `without ${part.name}` : "intact";
      button.setAttribute("aria-label", `Draw it here, ${name}`);
      button.addEventListener("click", () => void draw([part]));
      return {part, picture: shown, says, button};
    });
    grid.replaceChildren(
      ...tiles.map(({part, picture: shown, says, button}) =>
        html(
          "figure",
          {},
          shown,
          html("figcaption", {}, html("b", {}, part ? `without ${part.name}` : "intact"), says),
          button
        )
      )
    );
    show();
  });
  onSelected(store, ["film", "work", "ready", "hasControls"], show);

  const node = figure("Parts switched off", html("div", {class: "unet-buttons"}, all, cancel), bar, grid, words, note);
  return Object.assign(node, {
    show(sheet: readonly Pixels[]): void {
      const asked = JSON.stringify(plainFilm.asked);
      [INTACT, ...recorded.keys].forEach((key, i) => {
        if (sheet[i] && !drawn.has(key)) drawn.set(key, {pixels: sheet[i], source: "recorded", asked});
      });
      show();
    },
    drawOne(key: string): void {
      const part = partsHere(state.graph).find((one) => one.key === key);
      if (part) void draw([part]);
    }
  });
}

const partsHere = ({plan, facts}: Graph): Part[] => partsOf(plan, (role): Shape => facts.layers.get(role)!.output);
