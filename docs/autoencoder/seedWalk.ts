import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {progressBar} from "../components/progressBar.js";
import {seedField} from "../components/seedField.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import type {Recording, RecordedPictures} from "./recording.js";
import type {AutoencoderState} from "./state.js";
import {tile, type Tile} from "../page/tile.js";

/** The walk between two seeds: its picture, and what draws it anew. */
export interface SeedWalk {
  tile: Tile;
  controls: HTMLElement;
}

/** What it needs: the state, the engine, and the recorded walk. */
export interface SeedWalkParts {
  store: Store<AutoencoderState>;
  engine: Pick<Engine, "run" | "decode">;
  recording: Recording;
  pictures: RecordedPictures;
  invalidation: Promise<void>;
}

/** Pictures by their share, and what they were drawn from. */
interface Frames {
  source: "recorded" | "live";
  prompt: string;
  seed: number;
  toSeed: number;
  pictures: Map<number, Pixels>;
}

/**
 * One prompt drawn from noises on the arc between those of two seeds. Each picture is a whole run of the UNet, so it is
 * recorded at first and drawn here on request, the nearest one to the chosen share being shown.
 */
export function seedWalk({store, engine, recording, pictures, invalidation}: SeedWalkParts): SeedWalk {
  const {state} = store;
  const {shares, seeds} = recording;
  let frames: Frames = {
    ...{source: "recorded", prompt: seeds.prompt, seed: seeds.seed, toSeed: seeds.toSeed},
    pictures: new Map(shares.map((share) => [share, pictures.get(`seeds ${share}`)!]))
  };
  let running: AbortController | null = null;
  const shown = tile("Between two seeds", "The picture drawn from noise between two seeds");
  const prompt = html("input", {type: "text", id: "prompt", autocomplete: "off", maxlength: 400, value: state.prompt});
  const seed = seedField(state.seed, {label: "Seed"});
  const toSeed = seedField(state.toSeed, {label: "Second seed"});
  const draw = html("button", {type: "button", class: "chip"}, `Draw these ${shares.length} pictures`);
  const bar = progressBar();
  const error = errorNote();

  prompt.addEventListener("input", (event) => event.stopPropagation());
  prompt.addEventListener("change", () => store.set({prompt: prompt.value.trim() || seeds.prompt}));
  seed.addEventListener("input", () => store.set({seed: seed.value}));
  toSeed.addEventListener("input", () => store.set({toSeed: toSeed.value}));
  draw.addEventListener("click", () => (running ? running.abort() : void run()));
  error.addEventListener("retry", () => void run());
  void invalidation.then(() => running?.abort());

  async function run(): Promise<void> {
    running = new AbortController();
    const {signal} = running;
    const settings = {prompt: state.prompt, seed: state.seed, toSeed: state.toSeed};
    const next: Frames = {source: "live", ...settings, pictures: new Map()};
    draw.textContent = "Stop";
    error.update(null);
    try {
      await drawAll(next, signal);
    } catch (reason) {
      if (!signal.aborted) error.update(reason instanceof Error ? reason.message : String(reason));
    } finally {
      running = null;
      draw.textContent = `Draw these ${shares.length} pictures`;
      bar.update(null);
    }
  }

  /** Both ends first, then what lies between, so that the walk fills in from coarse to fine. */
  async function drawAll(next: Frames, signal: AbortSignal): Promise<void> {
    const order = coarseToFine(shares);
    const total = order.length * seeds.steps;
    const began = performance.now();
    let done = 0;
    bar.update({label: "Waiting for the model", done: 0, total});
    for (const share of order) {
      const {prompt: words, seed: from, toSeed: to} = next;
      const options = {prompt: words, seed: from, toSeed: to, share, ...settingsOf(seeds), signal};
      let last = null;
      for await (const step of engine.run("interpolation", options)) {
        last = step.prev;
        done += 1;
        const left = ((performance.now() - began) / done / 1000) * (total - done);
        bar.update({
          label: `Picture ${next.pictures.size + 1} of ${order.length}, about ${Math.ceil(left)} s left`,
          done,
          total
        });
      }
      if (signal.aborted || !last) return;
      next.pictures.set(share, imagePixels(await engine.decode(last)));
      frames = next;
      show();
    }
  }

  function show(): void {
    const share = nearest([...frames.pictures.keys()], state.share);
    const {source, prompt: words, seed: from, toSeed: to} = frames;
    const note = `“${words}”, seeds ${from} and ${to}, at ${Math.round(100 * share)} %`;
    shown.update({pixels: frames.pictures.get(share)!, badge: source, note});
  }

  onSelected(store, ["share"], show);

  const controls = html(
    "details",
    {class: "seed-walk"},
    html("summary", {}, "Two seeds of your own"),
    html(
      "div",
      {class: "figure-controls"},
      html("div", {class: "field prompt-field"}, html("label", {for: "prompt"}, "Prompt"), prompt),
      seed,
      toSeed
    ),
    html(
      "div",
      {class: "draw-row"},
      draw,
      html(
        "span",
        {class: "tile-note"},
        `${shares.length} runs of ${seeds.steps} steps, ${seeds.sampler.toUpperCase()}, guidance ${seeds.guidance}`
      )
    ),
    bar,
    error
  );
  return {tile: shown, controls};
}

const settingsOf = ({steps, guidance}: Recording["seeds"]) => ({steps, guidance, sampler: "ddim" as const});

/** The one of `numbers` that lies nearest to `to`. */
export function nearest(numbers: readonly number[], to: number): number {
  return numbers.reduce((best, number) => (Math.abs(number - to) < Math.abs(best - to) ? number : best));
}

/** Both ends, then the middle, then the middles of the halves. */
export function coarseToFine(shares: readonly number[]): number[] {
  const last = shares.length - 1;
  const order = [0, last];
  for (let stride = last; stride >= 1; stride = Math.floor(stride / 2)) {
    for (let i = 0; i <= last; i += stride) if (!order.includes(i)) order.push(i);
  }
  shares.forEach((_, i) => order.includes(i) || order.push(i));
  return order.map((i) => shares[i]);
}
