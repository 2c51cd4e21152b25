import {errorNote} from "../components/errorNote.js";
import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {progressBar, type ProgressData} from "../components/progressBar.js";
import {ranksOf} from "../page/ranks.js";
import {createStore, type Store} from "../page/store.js";
import {cosine} from "../src/contrastive.js";
import {clipped} from "../src/pictures.js";
import {rowsOf, type Tensor} from "../src/tensor.js";
import type {Engine} from "./engine.js";
import {createJob} from "../page/job.js";

/** One seed's picture and its cosine with the prompt; null until it is drawn. */
export interface Ranked {
  seed: number;
  pixels: Pixels | null;
  score: number | null;
}

/** Eight seeds of one prompt. */
export interface RankState {
  source: "recorded" | "live";
  /** The name of the model that drew them. */
  model: string;
  prompt: string;
  list: readonly Ranked[];
  work: ProgressData | null;
  error: string | null;
}

/** What the figure draws on: `wish` holds the prompt and the first seed that a press will draw. */
export interface RankParts {
  store: Store<RankState>;
  engine: Engine;
  wish: Pick<Store<{prompt: string; seed: number}>, "state" | "onChange">;
  steps: number;
  guidance: number;
  invalidation: Promise<void>;
}

export function rankStore(initial: Pick<RankState, "model" | "prompt" | "list">): Store<RankState> {
  return createStore<RankState>({...initial, source: "recorded", work: null, error: null});
}

/** Draws a prompt with eight seeds and lets CLIP put them in order. */
export function ranking({store, engine, wish, steps, guidance, invalidation}: RankParts): HTMLElement {
  const {state} = store;
  const job = createJob(store, async (signal, report) => {
    const {prompt, seed} = wish.state;
    const first = firstOf(seed);
    const label = "Drawing";
    const {name} = await engine.load();
    const [own] = rowsOf(await engine.embedTexts([prompt]));
    let list: Ranked[] = state.list.map((_, i) => ({seed: first + i, pixels: null, score: null}));
    const total = list.length * steps;
    store.set({source: "live", model: name, prompt, list});
    for (const [i, {seed}] of list.entries()) {
      let latents: Tensor | null = null;
      for await (const {prev, index} of engine.draw({prompt, seed, steps, guidance, sampler: "ddim", signal})) {
        latents = prev;
        report(i * steps + index + 1, total, `${label} picture ${i + 1} of ${list.length}, steps`);
      }
      if (signal.aborted || !latents) return;
      const image = clipped(await engine.decode(latents));
      const [row] = rowsOf(await engine.embedImages(image));
      list = list.map((old, j) => (j === i ? {seed, pixels: imagePixels(image), score: cosine(row, own)} : old));
      store.set({list});
    }
  });
  const firstOf = (seed: number): number => Math.min(seed, 2 ** 32 - state.list.length);
  const start = html("button", {type: "button", class: "primary", onclick: () => void job.run()});
  const stop = html("button", {type: "button", onclick: job.cancel}, "Stop");
  const progress = progressBar();
  const error = errorNote();
  error.addEventListener("retry", () => void job.run());
  const tiles = state.list.map(() => tile());
  const caption = html("p", {class: "caption"});
  const reading = html("p", {class: "rank-reading", "aria-live": "polite"});
  void invalidation.then(job.cancel);

  const update = ({list, source, prompt, model, work, error: message}: Readonly<RankState>): void => {
    const order = ranksOf(list);
    tiles.forEach((node, i) => node.update(list[i], order[i], prompt, source));
    stop.disabled = work === null;
    progress.update(work);
    error.update(message);
    reading.textContent = readingOf(list, order);
    caption.textContent = `${source === "live" ? "live, in this browser" : "recorded"} · “${prompt}” · ${model} model · DDIM · ${steps} steps · guidance ${guidance}`;
  };
  wish.onChange(({prompt, seed}) => {
    start.textContent = `Draw “${prompt}” with seeds ${firstOf(seed)} to ${firstOf(seed) + state.list.length - 1}`;
  });
  store.onChange(update);
  update(state);
  return html(
    "section",
    {class: "figure wide ranking", "aria-label": "Eight seeds, ranked"},
    html("div", {class: "rank-controls"}, start, stop),
    progress,
    error,
    html("ol", {class: "rank-tiles"}, ...tiles.map(({node}) => node)),
    reading,
    caption
  );
}

function readingOf(list: readonly Ranked[], order: readonly (number | null)[]): string {
  const done = list.filter(({score}) => score !== null);
  if (!done.length) return "";
  const [best, least] = [list[order.indexOf(0)], done.reduce((a, b) => (b.score! < a.score! ? b : a))];
  return `CLIP puts seed ${best.seed} first (cosine ${best.score!.toFixed(3)}) and seed ${least.seed} last (${least.score!.toFixed(3)}). Would you?`;
}

function tile() {
  const canvas = pixelCanvas(null, {smooth: true, label: "Not drawn yet"});
  const [rank, words] = [html("span", {class: "rank-place"}), html("span")];
  const node = html("li", {}, html("div", {class: "rank-picture"}, canvas, rank), words);
  return {
    node,
    update({seed, pixels, score}: Ranked, place: number | null, prompt: string, source: string): void {
      canvas.paint(pixels);
      canvas.label(
        pixels ? `${prompt}, seed ${seed}${source === "recorded" ? " (recorded)" : ""}` : `seed ${seed}, not drawn yet`
      );
      rank.textContent = place === null ? "" : `${place + 1}.`;
      node.classList.toggle("best", place === 0);
      words.textContent = `seed ${seed}${score === null ? "" : ` · ${score.toFixed(3)}`}`;
    }
  };
}
