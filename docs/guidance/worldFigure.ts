import {blobWorld} from "../components/blobWorld.js";
import {html} from "../components/dom.js";
import {lineChart, type Place} from "../components/lineChart.js";
import {levelText} from "../components/ruler.js";
import {segments} from "../components/segments.js";
import {slider} from "../components/slider.js";
import {codesOf} from "../page/codes.js";
import {newest} from "../page/newest.js";
import {onSelected} from "../page/selected.js";
import {createStore, type Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {makeSchedule} from "../src/schedule.js";
import {labelsOf, type Point} from "../src/world/world.js";
import {WORLD_SCHEDULE} from "../src/world/worldModel.js";
import {worldCode} from "./worldCode.js";
import type {Experiments, Plane} from "./experiments.js";
import {MOST} from "./state.js";
import {drawCloud, expectations, type Cloud, type CloudMeasure} from "./worldGuidance.js";

interface WorldState extends Plane {
  cloud: Cloud | null;
  /** Measured so far, for this world and label. */
  curve: readonly {guidance: number; measure: CloudMeasure}[];
}

/** Of the plane shown: more than the blobs need, for guided places lie beyond them. */
const EXTENT = 3;

const CURVE_SCALES = [1, 1.5, 2, 3, 4, 5.5, 7, 9, 12];

/** Guidance where everything is exact: blobs in the plane, their colours as words. */
export function worldFigure(experiments: Store<Experiments>, invalidation: Promise<void>): HTMLElement {
  const {alphasCumprod} = makeSchedule(WORLD_SCHEDULE);
  const store = createStore<WorldState>({...experiments.state.plane, cloud: null, curve: []});
  const {state} = store;
  let version = 0;
  void invalidation.then(() => version++);

  const drawing = newest({
    work: ({world, label, guidance}: WorldState) => drawCloud(world, {label, guidance}),
    ready: () => true,
    onDone: (cloud) => store.set({cloud})
  });

  /** One scale after the other, between frames; a change of the world begins anew. */
  async function measureAll(): Promise<void> {
    const mine = ++version;
    const {world, label} = state;
    const curve: WorldState["curve"][number][] = [];
    for (const guidance of CURVE_SCALES) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (mine !== version) return;
      curve.push({guidance, measure: await drawCloud(world, {label, guidance, particles: 600})});
      if (mine === version) store.set({curve: [...curve]});
    }
  }

  const changed = (change: Partial<WorldState>, anew: boolean): void => {
    store.set(change);
    drawing.want({...state}, {quiet: true});
    if (anew) void measureAll();
  };

  const label = segments(
    "The word",
    labelsOf(state.world).map((value) => ({value, text: `“${value}”`})),
    {value: state.label}
  );
  const scale = slider("Guidance scale in the plane", {
    ...{min: 0, max: MOST, step: 0.5, value: state.guidance, id: "world-guidance"},
    format: (w) => `w = ${w.toFixed(1)}`
  });
  onSelected(store, ["world", "label", "guidance", "timestep", "point"], ({cloud: _, curve: __, ...plane}) =>
    experiments.set({plane})
  );
  label.addEventListener("input", () => changed({label: label.value}, true));
  scale.addEventListener("input", () => changed({guidance: scale.value}, false));

  const node = html(
    "section",
    {class: "figure wide", "aria-label": "Guidance in the plane"},
    html(
      "div",
      {class: "figure-controls"},
      html("div", {class: "field world-word"}, html("span", {}, "The word"), label),
      scale
    ),
    html("div", {class: "world-pair"}, arrowsView(store, alphasCumprod, changed), cloudView(store)),
    curveView(store),
    codesOf(store, ["world", "label", "guidance", "timestep", "point"], (now) => worldCode(now, CURVE_SCALES))
  );
  drawing.want({...state}, {quiet: true});
  void measureAll();
  return node;
}

type Changed = (change: Partial<WorldState>, anew: boolean) => void;
type WorldStore = ReturnType<typeof createStore<WorldState>>;

/** One noised point, and the three places where it is expected to come from. */
function arrowsView(store: WorldStore, alphasCumprod: Float32Array, changed: Changed): HTMLElement {
  const {state} = store;
  const timestep = slider("Timestep in the plane", {
    ...{min: 0, max: 999, value: state.timestep, id: "world-timestep"},
    format: (t) => levelText({timestep: t, alphaCumprod: alphasCumprod[t]})
  });
  const axes = ([0, 1] as const).map((axis) =>
    slider(axis ? "Point, up" : "Point, across", {
      ...{min: -2.4, max: 2.4, step: 0.05, value: state.point[axis], id: `world-point-${axis}`},
      format: (value) => value.toFixed(2).replace("-", "−")
    })
  );
  const view = blobWorld(
    {world: state.world},
    {extent: EXTENT, label: "Blobs under noise and three expectations", onPoint: (point) => point && store.set({point})}
  );
  const caption = html("figcaption", {class: "caption"});
  timestep.addEventListener("input", () => store.set({timestep: timestep.value}));
  axes.forEach((slide, axis) =>
    slide.addEventListener("input", () => {
      const {point} = state;
      store.set({point: axis ? [point[0], slide.value] : [slide.value, point[1]]});
    })
  );
  view.addEventListener("input", (event) => {
    event.stopPropagation();
    changed({world: view.value}, true);
  });
  const update = whileVisible(view, ({world, label, guidance, timestep: t, point}: Readonly<WorldState>) => {
    const alphaCumprod = alphasCumprod[t];
    const {u, c, w} = expectations(world, label, point, alphaCumprod, guidance);
    axes.forEach((slide, axis) => (slide.value = point[axis]));
    view.update({
      ...{world, alphaCumprod},
      arrows: [
        {from: point, to: u, tone: "plain"},
        {from: point, to: w, tone: "a"},
        {from: point, to: c, tone: "d"}
      ]
    });
    const at = (place: Point) => `(${place.map((value) => value.toFixed(2).replace("-", "−")).join(", ")})`;
    caption.textContent = `exact · from xt = ${at(point)}: expected without a word, grey, ${at(u)}; with “${label}”, blue, ${at(c)}; guided, pink, ${at(w)}${w.some((value) => Math.abs(value) > EXTENT) ? ", beyond the edge (two heads)" : ""}`;
  });
  store.onChange(update);
  return html("figure", {class: "world-view"}, view, timestep, ...axes, caption);
}

/** The particles drawn at the scale. */
function cloudView(store: WorldStore): HTMLElement {
  const view = blobWorld({world: store.state.world}, {extent: EXTENT, label: "Drawn particles", movable: false});
  const caption = html("figcaption", {class: "caption"});
  const update = whileVisible(view, ({world, cloud, label, guidance}: Readonly<WorldState>) => {
    view.update(
      {world, points: cloud?.points ?? null},
      `Particles drawn with “${label}” at scale ${guidance.toFixed(1)}, over the clean blobs`
    );
  });
  store.onChange((state) => {
    update(state);
    const {cloud} = state;
    caption.textContent = cloud
      ? `live · 1,500 particles, DDIM, 30 steps: spread ${cloud.spread.toFixed(2)} of the true one, middles ${cloud.overshoot.toFixed(2)} beside the true ones, two samples ${cloud.diversity.toFixed(2)} apart, sliced Wasserstein distance ${cloud.distance.toFixed(3)} to the blobs asked for`
      : "drawing";
  });
  return html("figure", {class: "world-view"}, view, caption);
}

/** The same numbers at many scales, filled in as they are measured. */
function curveView(store: WorldStore): HTMLElement {
  const chart = lineChart(
    {lines: [], label: "Not measured yet", domain: {x: [0, MOST], y: [0, 1.5]}},
    {x: {title: "guidance scale w"}, y: {title: "plane's units; spread: 1 is right"}, width: 640, height: 260}
  );
  store.onChange(({curve}) => {
    const places = (key: keyof CloudMeasure) => curve.map(({guidance, measure}): Place => [guidance, measure[key]]);
    const lines = [
      {name: "spread, of the true one", points: places("spread"), tone: "var(--curve-a)", dots: true},
      {name: "overshoot of the middles", points: places("overshoot"), tone: "var(--curve-b)", dots: true, dash: "6 3"},
      {name: "distance of two samples", points: places("diversity"), tone: "var(--curve-c)", dots: true, dash: "2 3"}
    ];
    const told = curve.map(
      ({guidance, measure: {spread, overshoot, diversity}}) =>
        `w ${guidance}: spread ${spread.toFixed(2)}, overshoot ${overshoot.toFixed(2)}, two samples ${diversity.toFixed(2)} apart`
    );
    const most = Math.max(1.2, ...lines.flatMap(({points}) => points.map(([, y]) => y)));
    chart.update({lines, label: `Measured in the plane. ${told.join("; ")}`, domain: {x: [0, MOST], y: [0, most]}});
  });
  return html(
    "div",
    {class: "measurement"},
    chart,
    html("p", {class: "caption"}, "live, in this browser: 600 particles at each scale, DDIM, 30 steps, seed 7")
  );
}
