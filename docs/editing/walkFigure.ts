import {html, prefersReducedMotion} from "../components/dom.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {lineChart} from "../components/lineChart.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {segments} from "../components/segments.js";
import {slider} from "../components/slider.js";
import {caption, figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {tile} from "../page/tile.js";
import {drawRun} from "./drawing.js";
import {lengthOf} from "./measure.js";
import type {PageParts} from "./parts.js";
import {press} from "./press.js";
import type {RecordedWalks} from "./recording.js";
import {walkNoise} from "./walking.js";

type Lane = "arc" | "line" | "words";
const LANES: readonly Lane[] = ["arc", "line", "words"];
const PACE = 320;

interface WalkParts extends PageParts {
  readonly walk: RecordedWalks;
  readonly invalidation: Promise<void>;
}

/** Three walks as films: between two seeds along the arc and straight, and between two prompts. */
export function walkFigure({store, engine, turns, recording, walk, invalidation}: WalkParts) {
  const {dims} = recording;
  const {shares, seed, toSeed, prompt, toPrompt, steps, guidance} = walk;
  const pictures: Record<Lane, Map<number, Pixels>> = {arc: new Map(), line: new Map(), words: new Map()};
  const drawn = new Set<Lane>();
  let [at, playing] = [0, false];
  const tiles = {
    arc: tile("Seeds, along the arc", "Drawn from noise on the arc between two seeds"),
    line: tile("Seeds, straight through", "Drawn from noise on the straight line between two seeds"),
    words: tile("Words, straight through", "Drawn from a mixture of two prompts")
  };
  const share = slider("Share of the way", {
    min: 0,
    max: shares.length - 1,
    value: 0,
    format: (i) => `${Math.round(100 * shares[i])} %`,
    id: "walk-share"
  });
  const play = html("button", {type: "button", class: "round", onclick: () => (playing ? stop() : start())});
  const strips = Object.fromEntries(
    LANES.map((lane) => [lane, shares.map(() => pixelCanvas(null, {smooth: true}))])
  ) as Record<Lane, ReturnType<typeof pixelCanvas>[]>;
  const which = segments("Which walk to draw here", [
    {value: "arc", text: "along the arc"},
    {value: "line", text: "straight"},
    {value: "words", text: "words"}
  ]);
  const fine = Array.from({length: 41}, (_, i) => i / 40);
  const lengths = (way: "arc" | "line") =>
    fine.map((s) => [100 * s, lengthOf(walkNoise(seed, toSeed, s, way, dims))] as const);
  const [arc, line] = [lengths("arc"), lengths("line")];
  const chart = lineChart(
    {lines: [], label: ""},
    {x: {title: "share of the way (%)"}, y: {title: "length of the noise (root mean square)"}, width: 560, height: 240}
  );
  const verdict = html("p", {class: "verdict"});
  const words = caption();
  const button = press(turns, `Draw these ${shares.length} pictures here`, async (signal, report) => {
    const lane = which.value as Lane;
    const order = [...shares].sort((a, b) => coarseness(a) - coarseness(b));
    const options = {seed, steps, guidance, sampler: "ddim", prompt, signal};
    const fresh = new Map<number, Pixels>();
    for (const [i, s] of order.entries()) {
      const counted = (done: number) =>
        report(i * steps + done, order.length * steps, `Picture ${i + 1} of ${order.length}, steps`);
      const made =
        lane === "line"
          ? await drawRun(
              engine,
              "textToImage",
              {...options, latents: walkNoise(seed, toSeed, s, "line", dims)},
              {numSteps: steps, report: counted}
            )
          : await drawRun(
              engine,
              "interpolation",
              {...options, share: s, ...(lane === "arc" ? {toSeed} : {toPrompt})},
              {numSteps: steps, report: counted}
            );
      if (!made.result) return;
      fresh.set(s, imagePixels(await engine.decode(made.result)));
      pictures[lane] = fresh;
      drawn.add(lane);
      show();
    }
  });

  let timer: ReturnType<typeof setInterval> | undefined;
  function start(): void {
    playing = true;
    let by = 1;
    timer = setInterval(() => {
      if (at + by < 0 || at + by >= shares.length) by = -by;
      at += by;
      show();
    }, PACE);
    show();
  }
  function stop(): void {
    playing = false;
    clearInterval(timer);
    show();
  }
  void invalidation.then(() => clearInterval(timer));
  share.addEventListener("input", () => {
    at = share.value;
    stop();
  });

  function show(): void {
    share.value = at;
    play.classList.toggle("playing", playing);
    play.setAttribute("aria-label", playing ? "Pause the walks" : "Play the walks");
    const now = shares[at];
    const length = (way: "arc" | "line") => lengthOf(walkNoise(seed, toSeed, now, way, dims)).toFixed(2);
    const note: Record<Lane, string> = {
      arc: `noise of length ${length("arc")}`,
      line: `noise of length ${length("line")}`,
      words: `noise of length ${length("arc")} at 0 %, all the way`
    };
    note.words = `seed ${seed} all the way`;
    for (const lane of LANES) {
      tiles[lane].update({
        pixels: pictures[lane].get(now) ?? null,
        badge: pictures[lane].has(now) ? (drawn.has(lane) ? "live" : "recorded") : null,
        note: note[lane]
      });
      strips[lane].forEach((canvas, i) => {
        canvas.paint(pictures[lane].get(shares[i]) ?? null);
        canvas.classList.toggle("current", i === at);
      });
    }
    chart.update({
      lines: [
        {name: "along the arc", points: arc, tone: "var(--decoder-strong)"},
        {name: "straight", points: line, tone: "var(--unet-strong)", dash: "5 4"}
      ],
      marks: [arc, line].map((points, i) => ({
        at: points[Math.round(now * 40)],
        tone: i ? "var(--unet-strong)" : "var(--decoder-strong)"
      })),
      domain: {x: [0, 100], y: [0.5, 1.1]},
      label: `Length of the noise. Straight: ${line[20][1].toFixed(2)} in the middle; along the arc: ${arc[20][1].toFixed(2)}`
    });
  }

  const least = line.reduce((low, place) => (place[1] < low[1] ? place : low));
  verdict.textContent = `Straight through, the noise is shortest at ${least[0].toFixed(0)} % of the way: ${least[1].toFixed(3)}, where noise should have 1. Two independent noises stand nearly at right angles, so the middle of their straight line has √½ = 0.707 of their length. Along the arc the length stays between ${Math.min(...arc.map(([, y]) => y)).toFixed(3)} and ${Math.max(...arc.map(([, y]) => y)).toFixed(3)}.`;
  words.textContent = `Seeds ${seed} and ${toSeed}, “${prompt}”; words: to “${toPrompt}” · DDIM · ${steps} steps · guidance ${guidance} · lengths computed here, from the seeds’ own noise`;
  onSelected(store, ["ready"], (now) => (button.enabled = now.ready));

  const lane = (name: Lane) => html("div", {class: "walk-strip", "aria-hidden": "true"}, ...strips[name]);
  const node = figure(
    "Walks as films",
    html("div", {class: "player walk-bar"}, play, share),
    html("div", {class: "walk-tiles"}, ...LANES.map((name) => html("div", {}, tiles[name], lane(name)))),
    html("div", {class: "chart-pair"}, chart, verdict),
    html("div", {class: "figure-controls"}, which, button),
    words
  );
  show();
  return Object.assign(node, {
    showRecorded(sheet: readonly Pixels[]): void {
      LANES.forEach((lane, row) => {
        if (!drawn.has(lane)) shares.forEach((s, i) => pictures[lane].set(s, sheet[row * shares.length + i]));
      });
      show();
      if (!playing && !prefersReducedMotion()) start();
    }
  });
}

/** Ends first, then the middle, then quarters. */
const coarseness = (share: number): number => [0, 1, 0.5, 0.25, 0.75].indexOf(share) + (share % 0.25 ? 10 : 0);
