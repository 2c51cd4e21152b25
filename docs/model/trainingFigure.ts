import {html, prefersReducedMotion} from "../components/dom.js";
import {colorLegend, heatmap} from "../components/heatmap.js";
import {lineChart} from "../components/lineChart.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";
import {divergingScale} from "../components/scales.js";
import {segments} from "../components/segments.js";
import {slider} from "../components/slider.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {messageOf} from "../src/messageOf.js";
import {BATCHES, curvesOf, duration, historyPictures, openHistory, secondsAt, type History} from "./history.js";
import type {ModelState, Trained} from "./state.js";

const PARTS: readonly {value: Trained; text: string}[] = [
  {value: "unet", text: "UNet"},
  {value: "vae", text: "Autoencoder"},
  {value: "clip", text: "CLIP"}
];

const WORDS: Readonly<Record<Trained, string>> = {
  unet: "Eight prompts, drawn from the same noise by the UNet as it was at this step (DDIM, 12 steps, seed 7). Below, left: the mean squared error of its answer, over all cells of the latents and over those that hold a thing. Right: the loss that was made small, in which each timestep has its weight.",
  vae: "Four scenes that training never saw, and what the autoencoder as it was at this step gave back of them. Below: the loss, and the PSNR, a logarithmic measure of likeness in decibels (dB).",
  clip: "Sixteen scenes that training never saw (down) and their sixteen captions (across): the cosine of each pair. Below: the loss, and how often the right caption of a batch of 64 came first. The chapter on CLIP opens this matrix."
};

const AXES: Readonly<Record<Trained, readonly {title: string; log?: boolean}[]>> = {
  unet: [
    {title: "error of the noise", log: true},
    {title: "loss", log: true}
  ],
  vae: [{title: "loss", log: true}, {title: "PSNR (dB)"}],
  clip: [{title: "loss"}, {title: "right caption first (%)"}]
};

/** Milliseconds that a checkpoint stands while they play. */
const PACE = 750;

/** The recorded training of the three parts: what each checkpoint did, and the loss; scrubbed or played. */
export function trainingFigure(store: Store<ModelState>, invalidation: Promise<void>): HTMLElement {
  const {state, set} = store;
  const known = new Map<Trained, History>();
  const pictures = new Map<string, Pixels[]>();
  const choice = segments("Which part", PARTS, {value: state.part});
  const play = html("button", {type: "button", class: "round", "aria-label": "Play the training"});
  const range = slider("Checkpoint", {min: 0, max: 10, value: state.checkpoint, format: (i) => wordsOf(i)});
  const stage = html("div", {class: "record-stage"});
  const charts = html("div", {class: "record-charts"});
  const caption = html("p", {class: "caption"});
  let timer: ReturnType<typeof setInterval> | undefined;
  let views: ReturnType<typeof viewsOf> | null = null;

  function wordsOf(index: number): string {
    const history = known.get(state.part);
    if (!history) return "";
    const {step} = history.checkpoints[Math.min(index, history.checkpoints.length - 1)];
    const seen = (step * BATCHES[state.part]).toLocaleString("en");
    return `step ${step.toLocaleString("en")} · ${seen} pictures seen · ${duration(secondsAt(history.metrics, step))}`;
  }

  function show(): void {
    const history = known.get(state.part);
    if (!history || !views) return;
    const last = history.checkpoints.length - 1;
    range.max = last;
    const index = Math.min(state.checkpoint, last);
    range.value = index;
    views.update(history, index, pictures);
  }

  async function open(): Promise<void> {
    const {part} = state;
    try {
      if (!known.has(part)) known.set(part, await openHistory(part));
      if (state.part !== part) return;
      const history = known.get(part)!;
      views = viewsOf(part, history);
      stage.replaceChildren(views.stage);
      charts.replaceChildren(...views.charts);
      caption.textContent = WORDS[part];
      show();
      if (part !== "clip") await fetchPictures(part, history);
    } catch (error) {
      caption.textContent = messageOf(error);
    }
  }

  async function fetchPictures(part: "unet" | "vae", {checkpoints}: History): Promise<void> {
    const names: (number | "original")[] = [
      ...(part === "vae" ? ["original" as const] : []),
      ...checkpoints.map(({step}) => step)
    ];
    await Promise.all(
      names.map(async (name) => {
        const key = `${part} ${name}`;
        if (pictures.has(key)) return;
        pictures.set(key, await historyPictures(part, name));
        if (state.part === part) show();
      })
    );
  }

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    if (state.playing) set({playing: false});
  }

  function start(): void {
    const last = range.max;
    set({playing: true, checkpoint: state.checkpoint >= last ? 0 : state.checkpoint});
    clearInterval(timer);
    timer = setInterval(() => {
      if (state.checkpoint >= range.max) return pause();
      set({checkpoint: state.checkpoint + 1});
    }, PACE);
  }

  choice.addEventListener("input", () => set({part: choice.value as Trained, checkpoint: 10}));
  range.addEventListener("input", () => {
    pause();
    set({checkpoint: range.value});
  });
  play.addEventListener("click", () => (state.playing ? pause() : start()));
  onSelected(store, ["part"], () => void open());
  onSelected(store, ["checkpoint"], show);
  onSelected(store, ["playing"], ({playing}) => {
    play.setAttribute("aria-label", playing ? "Pause" : "Play the training");
    play.classList.toggle("playing", playing);
  });
  void invalidation.then(pause);
  if (!prefersReducedMotion() && !new URLSearchParams(location.search).has("checkpoint")) start();

  return html(
    "section",
    {class: "figure wide training-record", "aria-label": "The training, recorded"},
    html("div", {class: "record-head"}, choice, html("span", {class: "badge badge-recorded"}, "recorded")),
    html("div", {class: "player record-player"}, play, range),
    stage,
    charts,
    caption
  );
}

/** The nodes of a part, made once, and what fills them for a checkpoint. */
function viewsOf(part: Trained, history: History) {
  const charts = AXES[part].map((y, i) =>
    lineChart(curvesOf(part, history, 0)[i], {
      x: {title: "step of training", log: true, ticks: [10, 100, 1000, 5000]},
      y,
      width: 480,
      height: 200
    })
  );
  const body = part === "unet" ? drawings(history) : part === "vae" ? reconstructions() : cosineMatrix();
  return {
    stage: body.node,
    charts,
    update(of: History, index: number, pictures: ReadonlyMap<string, Pixels[]>): void {
      const {step} = of.checkpoints[index];
      curvesOf(part, of, step).forEach((data, i) => charts[i].update(data));
      body.update(of, index, (name) => pictures.get(`${part} ${name}`) ?? null);
    }
  };
}

interface Body {
  readonly node: HTMLElement;
  update(history: History, index: number, sheet: (name: number | "original") => Pixels[] | null): void;
}

function drawings({checkpoints}: History): Body {
  const tiles = (checkpoints[0].prompts ?? []).map((prompt) => ({
    prompt,
    canvas: pixelCanvas(null, {smooth: true, label: prompt})
  }));
  const node = html(
    "div",
    {class: "record-drawings"},
    ...tiles.map(({prompt, canvas}) => html("figure", {}, canvas, html("figcaption", {}, prompt)))
  );
  return {
    node,
    update({checkpoints: all}, index, sheet) {
      const {step} = all[index];
      const shown = sheet(step);
      tiles.forEach(({prompt, canvas}, i) => {
        if (shown) canvas.paint(shown[i]);
        canvas.label(`${prompt}, drawn after ${step} steps of training (recorded)`);
      });
    }
  };
}

function reconstructions(): Body {
  const pairs = Array.from({length: 4}, (_, i) => ({
    original: pixelCanvas(null, {smooth: true, label: `Scene ${i + 1}`}),
    back: pixelCanvas(null, {smooth: true, label: `Scene ${i + 1}, given back`}),
    words: html("figcaption")
  }));
  const node = html(
    "div",
    {class: "record-pairs"},
    ...pairs.map(({original, back, words}) => html("figure", {}, html("div", {}, original, back), words))
  );
  return {
    node,
    update({checkpoints}, index, sheet) {
      const {step, psnr = []} = checkpoints[index];
      const [originals, shown] = [sheet("original"), sheet(step)];
      pairs.forEach(({original, back, words}, i) => {
        if (originals) original.paint(originals[i]);
        if (shown) back.paint(shown[i]);
        words.textContent = `scene, and given back: ${psnr[i]?.toFixed(1)} dB`;
      });
    }
  };
}

function cosineMatrix(): Body {
  const color = divergingScale(1);
  const size = 16;
  const map = heatmap({values: new Float32Array(size * size), rows: size, columns: size}, {color, label: "Cosines"});
  const legend = colorLegend(color, {from: -1, to: 1, title: "cosine; pictures down, captions across"});
  const node = html("div", {class: "record-matrix"}, map, legend);
  return {
    node,
    update({checkpoints}, index) {
      const {step, cosine = []} = checkpoints[index];
      map.update(
        {values: cosine.flat(), rows: size, columns: size},
        `Cosines of 16 pictures and 16 captions after ${step} steps`
      );
    }
  };
}
