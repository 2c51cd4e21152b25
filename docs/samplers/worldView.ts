import {blobWorld, type BlobWorldView} from "../components/blobWorld.js";
import {drawingSamplers} from "../components/armSettings.js";
import {html} from "../components/dom.js";
import {lineChart, type ChartLine} from "../components/lineChart.js";
import {progressBar} from "../components/progressBar.js";
import {amplitudes} from "../components/ruler.js";
import {slider} from "../components/slider.js";
import {Generator} from "../src/random.js";
import {samplerNamed} from "../src/samplers/registry.js";
import {distanceToWorld} from "../src/world/distance.js";
import {sampleWorld} from "../src/world/world.js";
import {codeRow, withCodes} from "../page/codes.js";
import type {Store} from "../page/store.js";
import {worldCode} from "./code.js";
import {lookOf} from "./looks.js";
import type {Plane} from "./plane.js";
import {ARM_NAMES, type Pair, type SamplersState} from "./state.js";
import {drawWorld, frameAt, pathsOf, type WorldRun} from "./worldRuns.js";

const PARTICLES = 2000;
const PATHS = 24;
const MEASURED_STEPS = [3, 5, 10, 20, 50];

export interface WorldState extends Plane {
  runs: Pair<WorldRun> | null;
}

/** The exact 2-D world under both arms' samplers, from the same starting points. */
export function worldView(
  page: Store<SamplersState>,
  store: Store<WorldState>,
  invalidation: Promise<void>
): HTMLElement {
  const {state} = store;
  const steps = slider("Steps in the plane", {min: 2, max: 60, value: state.steps, id: "world-steps"});
  const position = slider("Position in the run", {
    min: 0,
    max: 8,
    value: 8,
    id: "world-position",
    format: (at) => at.toFixed(0)
  });
  const range = position.querySelector("input")!;
  const field = html("input", {type: "checkbox", id: "world-field", checked: state.field});
  const play = html("button", {type: "button"}, "Play the particles");
  const views = [view(store, 0), view(store, 1)];
  const where = html("p", {class: "ruler"});
  const lines = codeRow();

  let version = 0;
  async function redraw(): Promise<void> {
    const mine = ++version;
    const {seed, noiseSeed, arms} = page.state;
    const options = {steps: state.steps, particles: PARTICLES, seed, noiseSeed};
    lines.update(worldCode({arms, seed, noiseSeed}, {...state, particles: PARTICLES}));
    const runs = await Promise.all(arms.map((settings) => drawWorld(state.world, {...options, settings})));
    if (mine !== version) return;
    const calls = Math.max(...runs.map((run) => run.calls));
    const ended = state.position >= (state.runs ? Number(range.max) : Infinity);
    range.max = String(calls);
    store.set({runs: [runs[0], runs[1]], position: ended ? Infinity : Math.min(state.position, calls)});
  }

  /** The end is the end, however many calls a run will have. */
  const moveTo = (at: number) => store.set({position: at < Number(range.max) ? at : Infinity});
  let timer: ReturnType<typeof setInterval> | undefined;
  const pause = () => clearInterval(timer);
  void invalidation.then(pause);
  play.addEventListener("click", () => {
    pause();
    store.set({position: 0});
    timer = setInterval(() => {
      if (state.position >= Number(range.max)) return pause();
      moveTo(state.position + 1);
    }, 220);
  });
  steps.addEventListener("input", () => {
    store.set({steps: steps.value, position: Infinity});
    void redraw();
  });
  position.addEventListener("input", () => {
    pause();
    moveTo(position.value);
  });
  field.addEventListener("input", () => store.set({field: field.checked}));
  for (const {node} of views) {
    node.addEventListener("input", () => {
      store.set({world: node.value});
      void redraw();
    });
  }
  let asked = "";
  page.onChange(({arms, seed, noiseSeed}) => {
    const now = JSON.stringify([arms.map(({sampler, eta}) => [sampler, eta]), seed, noiseSeed]);
    if (now !== asked) void redraw();
    asked = now;
  });
  store.onChange((now) => {
    if (!now.runs) return;
    const master = now.runs[1].calls > now.runs[0].calls ? now.runs[1] : now.runs[0];
    const at = master.frames[Math.min(now.position, master.calls)];
    position.value = Math.min(now.position, master.calls);
    const {signal, noise} = amplitudes(at.alphaCumprod);
    where.textContent = `signal ${signal} %, noise ${noise} % (amplitudes)`;
    views.forEach(({show}) => show(at.alphaCumprod));
  });

  const figure = html(
    "section",
    {class: "figure wide", "aria-label": "The exact world in two dimensions"},
    html(
      "div",
      {class: "figure-controls"},
      steps,
      position,
      html("div", {class: "world-buttons"}, play, html("label", {}, field, " Arrows: where the flow leads"))
    ),
    where,
    html("div", {class: "arms"}, ...views.map(({figure}) => figure)),
    measurement(page, store, invalidation)
  );
  return withCodes(figure, lines);
}

/** One arm's plane. */
function view(
  {state}: Store<WorldState>,
  index: 0 | 1
): {node: BlobWorldView; figure: HTMLElement; show: (alpha: number) => void} {
  const name = ARM_NAMES[index];
  const node = blobWorld({world: state.world}, {label: `The plane of arm ${name}`});
  const caption = html("figcaption");
  function show(alphaCumprod: number): void {
    const run = state.runs?.[index];
    if (!run) return;
    const frame = frameAt(run, alphaCumprod);
    const {xt, alphaCumprod: level} = run.frames[frame];
    const title = samplerNamed(run.sampler).title;
    const told = `${title}: ${run.calls} calls; its end is ${run.distance.toFixed(3)} from the true world`;
    node.update(
      {
        ...{world: state.world, alphaCumprod: level, points: xt, paths: pathsOf(run, frame, PATHS)},
        field: state.field && level < 1 ? "flow" : null
      },
      `The plane of arm ${name}, call ${frame} of ${run.calls}. ${told}`
    );
    caption.textContent = `Arm ${name}. ${told} (sliced Wasserstein distance, ${PARTICLES.toLocaleString("en")} particles).`;
  }
  return {node, figure: html("figure", {class: `arm arm-${name.toLowerCase()}`}, node, caption), show};
}

/** Every sampler's distance to the true world by number of UNet calls, measured at a press. */
function measurement(page: Store<SamplersState>, store: Store<WorldState>, invalidation: Promise<void>): HTMLElement {
  const press = html("button", {type: "button"}, "Measure every sampler on this world");
  const progress = progressBar();
  const axes = {
    x: {title: "calls", log: true, ticks: [3, 5, 10, 20, 50, 100]},
    y: {title: "distance to the true world", log: true}
  };
  const chart = lineChart(
    {lines: [], label: "Not measured yet", domain: {x: [3, 100], y: [0.02, 1]}},
    {...axes, width: 640, height: 320}
  );
  let stop: AbortController | null = null;
  void invalidation.then(() => stop?.abort());

  press.addEventListener("click", async () => {
    stop?.abort();
    const mine = (stop = new AbortController());
    const {world} = store.state;
    const samplers = drawingSamplers.filter(({name}) => name !== "lcm");
    const chance = distanceToWorld(sampleWorld(world, PARTICLES, new Generator(1)), world);
    const lines: ChartLine[] = [];
    for (const [i, {name, title}] of samplers.entries()) {
      const points: [number, number][] = [];
      for (const steps of MEASURED_STEPS) {
        progress.update({label: `Measuring ${title}, ${steps} steps`, done: i, total: samplers.length});
        await new Promise((resolve) => setTimeout(resolve));
        const settings = {sampler: name, eta: 0};
        const run = await drawWorld(world, {settings, steps, particles: PARTICLES, seed: page.state.seed});
        if (mine.signal.aborted) return;
        points.push([run.calls, run.distance]);
      }
      lines.push({name: title, points, dots: true, ...lookOf(name)});
      const floor = {
        name: `${PARTICLES.toLocaleString("en")} true points of the world itself`,
        tone: "var(--text-muted)",
        dash: "2 4"
      };
      const best = lines.map((line) => `${line.name} ${line.points.at(-1)![1].toFixed(3)}`).join(", ");
      chart.update({
        lines: [
          ...lines,
          {
            ...floor,
            points: [
              [3, chance],
              [100, chance]
            ]
          }
        ],
        label: `Distance to the true world by UNet calls; with ${MEASURED_STEPS.at(-1)} steps: ${best}`,
        domain: {x: [3, 100], y: [0.02, 1]}
      });
    }
    progress.update(null);
  });
  return html("div", {class: "measurement"}, press, progress, chart);
}
