import {html, prefersReducedMotion} from "../components/dom.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {lineChart} from "../components/lineChart.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {segments} from "../components/segments.js";
import {slider} from "../components/slider.js";
import {codeRow} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {tile} from "../page/tile.js";
import {walkCode} from "./code.js";
import {drawRun} from "./drawing.js";
import {formulaLines, walkText} from "./formulas.js";
import {lengthOf} from "./measure.js";
import type {PageParts} from "./parts.js";
import {press} from "./press.js";
import type {RecordedWalks} from "./recording.js";
import {walkOf} from "./state.js";
import {walkAsk} from "./walkAsk.js";
import {laneKey, LANES, lengthVerdict, stopsOfWalks, walkNoise, type Lane, type Walk, type Way} from "./walking.js";

const PACE = 320;
/** Films that are kept. */
const KEPT = 24;

interface WalkParts extends PageParts {
  readonly walk: RecordedWalks;
  readonly invalidation: Promise<void>;
}

/** The pictures of one walk by share of the way, and whether they were drawn here. */
interface Film {
  readonly live: boolean;
  readonly pictures: Map<number, Pixels>;
}

/** Three walks as films: between two seeds along the arc and straight, and between two prompts; the reader's own on a press. */
export function walkFigure({store, engine, turns, recording, walk: recorded, invalidation}: WalkParts) {
  const {dims} = recording;
  const {shares, steps, guidance} = recorded;
  const films = new Map<string, Film>();
  let walk = walkOf(store.state);
  let [at, playing] = [placeOf(store.state.walkShare ?? 0), false];
  const tiles = {
    arc: tile("Seeds, along the arc", "Drawn from noise on the arc between two seeds"),
    line: tile("Seeds, straight through", "Drawn from noise on the straight line between two seeds"),
    words: tile("Words, straight through", "Drawn from a mixture of two prompts")
  };
  const share = slider("Share of the way", {
    ...{min: 0, max: shares.length - 1, value: 0, id: "walk-share"},
    format: (i) => `${Math.round(100 * shares[i])} %`
  });
  const play = html("button", {type: "button", class: "round", onclick: () => (playing ? rest() : start())});
  const strips = Object.fromEntries(
    LANES.map((lane) => [lane, shares.map(() => pixelCanvas(null, {smooth: true}))])
  ) as Record<Lane, ReturnType<typeof pixelCanvas>[]>;
  const which = segments("Which walks to draw here", [
    {value: "all", text: "all three"},
    {value: "arc", text: "along the arc"},
    {value: "line", text: "straight"},
    {value: "words", text: "words"}
  ]);
  const fine = Array.from({length: 41}, (_, i) => i / 40);
  let lengths: Record<Way, readonly (readonly [number, number])[]> = {arc: [], line: []};
  const chart = lineChart(
    {lines: [], label: ""},
    {x: {title: "share of the way (%)"}, y: {title: "length of the noise (root mean square)"}, width: 560, height: 240}
  );
  const verdict = html("p", {class: "verdict"});
  const words = caption();
  const codes = codeRow();
  const formula = formulaLines();
  const filmOf = (lane: Lane): Film | undefined => films.get(laneKey(lane, walk));

  const button = press(turns, "Draw these walks here", async (signal, report) => {
    const [asked, chosen] = [walk, which.value];
    const lanes = chosen === "all" ? LANES : LANES.filter((lane) => lane === chosen);
    if (!asked.prompt.trim() || (lanes.includes("words") && !asked.toPrompt.trim()))
      throw new Error("a prompt is empty: write what to draw, for example a castle in the desert");
    const stops = stopsOfWalks(shares, lanes);
    const fresh = new Map(lanes.map((lane) => [lane, {live: true, pictures: new Map<number, Pixels>()}]));
    for (const [i, {share: s, lanes: same}] of stops.entries()) {
      const counted = (done: number) =>
        report(i * steps + done, stops.length * steps, `Picture ${i + 1} of ${stops.length}, steps`);
      const latents = await drawStop(same[0], s, asked, signal, counted);
      if (!latents) return;
      const pixels = imagePixels(await engine.decode(latents));
      for (const lane of same) {
        fresh.get(lane)!.pictures.set(s, pixels);
        keep(laneKey(lane, asked), fresh.get(lane)!);
      }
      show();
    }
  });

  async function drawStop(
    lane: Lane,
    s: number,
    {prompt, toPrompt, seed, toSeed}: Walk,
    signal: AbortSignal,
    report: (done: number) => void
  ) {
    const options = {seed, steps, guidance, sampler: "ddim", prompt, signal};
    const told = {numSteps: steps, report};
    const run =
      lane === "words"
        ? await drawRun(engine, "interpolation", {...options, share: s, toPrompt}, told)
        : await drawRun(engine, "textToImage", {...options, latents: walkNoise(seed, toSeed, s, lane, dims)}, told);
    return run.result;
  }

  function keep(key: string, film: Film): void {
    films.delete(key);
    films.set(key, film);
    const oldest = [...films].find(([, {live}]) => live);
    if (films.size > KEPT && oldest) films.delete(oldest[0]);
  }

  let timer: ReturnType<typeof setInterval> | undefined;
  function start(): void {
    playing = true;
    store.set({walkShare: null});
    let by = 1;
    clearInterval(timer);
    timer = setInterval(() => {
      const next = nextDrawn(by) ?? nextDrawn((by = -by));
      if (next === undefined || next === at) return; // nothing drawn yet
      at = next;
      show();
    }, PACE);
    show();
  }
  /** The place of the films that is nearest to a share of the way. */
  function placeOf(asked: number): number {
    const far = shares.map((share) => Math.abs(share - asked));
    return far.indexOf(Math.min(...far));
  }
  /** The next place that way of which there is a picture. */
  function nextDrawn(by: number): number | undefined {
    const drawn = LANES.flatMap((lane) => [...(filmOf(lane)?.pictures.keys() ?? [])]).map((s) => shares.indexOf(s));
    const ahead = drawn.filter((i) => (i - at) * by > 0);
    return ahead.length ? ahead.reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a)) : undefined;
  }
  function stop(): void {
    playing = false;
    clearInterval(timer);
    show();
  }
  /** The reader stops the films where they are. */
  function rest(): void {
    stop();
    store.set({walkShare: shares[at]});
  }
  void invalidation.then(() => clearInterval(timer));
  share.addEventListener("input", () => {
    at = share.value;
    rest();
  });

  /** Another way to go: its lengths, its words, its code. */
  function choose(next: Walk): void {
    walk = next;
    const {seed, toSeed, prompt, toPrompt} = walk;
    const along = (way: Way) => fine.map((s) => [100 * s, lengthOf(walkNoise(seed, toSeed, s, way, dims))] as const);
    lengths = {arc: along("arc"), line: along("line")};
    verdict.textContent = lengthVerdict(walk, lengths);
    words.textContent = `Seeds ${seed} and ${toSeed}, “${prompt}”; words: to “${toPrompt}”, seed ${seed} · DDIM · ${steps} steps · guidance ${guidance} · lengths computed here, from the seeds’ own noise`;
    codes.update(walkCode({...walk, steps, guidance, shares}));
    show();
  }

  function show(): void {
    share.value = at;
    formula.update(...walkText(walk, shares[at], dims));
    play.classList.toggle("playing", playing);
    play.setAttribute("aria-label", playing ? "Pause the walks" : "Play the walks");
    const now = shares[at];
    const long = (way: Way) => `noise of length ${lengths[way][Math.round(now * 40)][1].toFixed(2)}`;
    const notes: Record<Lane, string> = {
      ...{arc: long("arc"), line: long("line")},
      words: `seed ${walk.seed} all the way`
    };
    for (const lane of LANES) {
      const film = filmOf(lane);
      const pixels = film?.pictures.get(now) ?? null;
      tiles[lane].update({
        pixels,
        badge: pixels && film ? (film.live ? "live" : "recorded") : null,
        note: pixels ? notes[lane] : `${notes[lane]}; not drawn yet`
      });
      strips[lane].forEach((canvas, i) => {
        canvas.paint(film?.pictures.get(shares[i]) ?? null);
        canvas.classList.toggle("current", i === at);
      });
    }
    chart.update({
      lines: [
        {name: "along the arc", points: lengths.arc, tone: "var(--decoder-strong)"},
        {name: "straight", points: lengths.line, tone: "var(--unet-strong)", dash: "5 4"}
      ],
      marks: [lengths.arc, lengths.line].map((points, i) => ({
        at: points[Math.round(now * 40)],
        tone: i ? "var(--unet-strong)" : "var(--decoder-strong)"
      })),
      domain: {x: [0, 100], y: [0.5, 1.1]},
      label: `Length of the noise. Straight: ${lengths.line[20][1].toFixed(2)} in the middle; along the arc: ${lengths.arc[20][1].toFixed(2)}`
    });
  }

  choose(walk);
  onSelected(store, ["ready"], (now) => (button.enabled = now.ready));
  onSelected(store, ["walkPrompt", "walkToPrompt", "walkSeed", "walkToSeed"], (now) => choose(walkOf(now)));

  const lane = (name: Lane) => html("div", {class: "walk-strip", "aria-hidden": "true"}, ...strips[name]);
  const node = figure(
    "Walks as films",
    walkAsk(store, recorded),
    html("div", {class: "walk-press"}, which, button),
    html("div", {class: "player walk-bar"}, play, share),
    html("div", {class: "walk-tiles"}, ...LANES.map((name) => html("div", {}, tiles[name], lane(name)))),
    html("div", {class: "chart-pair"}, chart, verdict),
    words,
    codes
  );
  return Object.assign(node, {
    formula,
    showRecorded(sheet: readonly Pixels[]): void {
      LANES.forEach((name, row) => {
        const key = laneKey(name, recorded);
        if (films.has(key)) return; // drawn here already
        films.set(key, {live: false, pictures: new Map(shares.map((s, i) => [s, sheet[row * shares.length + i]]))});
      });
      show();
      if (!playing && store.state.walkShare === null && !prefersReducedMotion()) start();
    }
  });
}
