import {arrowPlane, type ArrowPlaneData, type PlanePlace} from "../components/arrowPlane.js";
import {html} from "../components/dom.js";
import {segments} from "../components/segments.js";
import {degreesBetween, lengthOf, type GuidancePlane} from "../src/guidancePlane.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {Experiments} from "./experiments.js";
import {MOST, type GuidanceState} from "./state.js";
import {viewOf} from "./views.js";

type Kind = Experiments["arrows"];

const NAMES: Record<Kind, {u: string; c: string; w: string; what: string}> = {
  noise: {u: "u", c: "c", w: "ε", what: "The two predicted noises"},
  picture: {u: "x̂₀(u)", c: "x̂₀(c)", w: "x̂₀(w)", what: "The two expected pictures"}
};
const MARKS = [2, 4, 7, 12];

/** The two predictions of the shown step and what the scale makes of them, as arrows in their own plane. */
export function arrowsFigure(store: Store<GuidanceState>, experiments: Store<Experiments>): HTMLElement {
  const choices = [
    {value: "noise", text: "predicted noises"},
    {value: "picture", text: "expected pictures"}
  ];
  const choice = segments("What the arrows are", choices, {value: experiments.state.arrows});
  const empty = {arrows: [], room: [[0, 0]] as PlanePlace[], label: "No step yet"};
  const whole = arrowPlane(empty, {width: 400, height: 185});
  const lens = arrowPlane(empty, {width: 400, height: 210});
  const lensFrame = html("figure", {}, html("figcaption", {class: "caption"}, "their tips, enlarged"), lens);
  const words = html("p", {class: "caption facts"});

  function show(): void {
    const {film, step: index, guidance} = store.state;
    const step = film.steps[index];
    if (!step) return;
    const kind = experiments.state.arrows;
    const view = viewOf(step);
    const plane = kind === "noise" ? view.noisePlane : view.picturePlane;
    whole.update(wholeData(plane, guidance, kind));
    lens.update(lensData(plane, guidance, kind));
    words.textContent = factsOf(plane, guidance, kind);
  }

  choice.addEventListener("input", () => experiments.set({arrows: choice.value as Kind}));
  onSelected(experiments, ["arrows"], show);
  store.onChange(show);
  return html("div", {class: "arrows-figure"}, choice, whole, lensFrame, words);
}

function wholeData(plane: GuidancePlane, scale: number, kind: Kind): ArrowPlaneData {
  const {uncond, cond} = plane;
  const {u, c, w} = NAMES[kind];
  const tip = plane.guided(scale);
  const reach = plane.guided(MOST);
  return {
    arrows: [
      {name: u, to: uncond, tone: "plain"},
      {name: c, to: cond, tone: "d"},
      {name: w, to: tip, tone: "a"}
    ],
    line: [uncond, cond],
    room: [[0, 0], uncond, cond, reach],
    label: `${NAMES[kind].what} as arrows from 0. ${factsOf(plane, scale, kind)}`
  };
}

/** The same around the tips: u to c, and on along the line. */
function lensData(plane: GuidancePlane, scale: number, kind: Kind): ArrowPlaneData {
  const {uncond, cond} = plane;
  const marks = MARKS.map((at) => ({at: plane.guided(at), text: `w = ${at}`}));
  return {
    arrows: [
      {name: "", from: uncond, to: cond, tone: "d"},
      {name: "", from: uncond, to: plane.guided(scale), tone: "a"}
    ],
    marks: [
      {at: plane.guided(scale), text: `w = ${scale.toFixed(1)}`, left: true},
      {at: uncond, text: `${NAMES[kind].u}: w = 0`},
      {at: cond, text: `${NAMES[kind].c}: w = 1`},
      ...marks
    ],
    line: [uncond, cond],
    room: [uncond, plane.guided(MOST)],
    label: `The tips of the arrows: from u through c on along the line, to the scale ${scale.toFixed(1)}`
  };
}

/** Lengths and angles, as they are drawn. */
export function factsOf(plane: GuidancePlane, scale: number, kind: Kind): string {
  const {u, c, w} = NAMES[kind];
  const tip = plane.guided(scale);
  const size = (place: PlanePlace) => lengthOf(place).toFixed(3);
  const angles = `angle of ${u} and ${c} ${plane.angle.toFixed(1)}°, of ${u} and ${w} ${degreesBetween(plane.uncond, tip).toFixed(1)}°`;
  const lengths = `lengths ${u} ${size(plane.uncond)}, ${c} ${size(plane.cond)}, ${c} − ${u} ${plane.difference.toFixed(3)}, ${w} ${size(tip)}`;
  return `${lengths}; ${angles}.`;
}
