import {html} from "../components/dom.js";
import {lineChart, type ChartLine, type Place} from "../components/lineChart.js";
import {Generator} from "../src/random.js";
import {endShares, principalPlane, randomWalk, type EndShares} from "../src/trajectory.js";
import {callsAt} from "../page/inStep.js";
import type {Parts} from "./stage.js";
import {ARM_NAMES, TONES, type ArmRun, type Pair} from "./state.js";

/** Everything a run carries, one after the other, and at last its result: xt before each call, in one scale. */
const pathOf = ({steps}: ArmRun): Float32Array[] => [
  ...steps.map(({xt}) => xt.data),
  ...steps.slice(-1).map(({prevXt}) => prevXt.data)
];

/** Each xt of a finished run as shares of its own result and of its own starting noise. Empty before the end. */
export function sharesOf(run: ArmRun): EndShares[] {
  const path = pathOf(run);
  if (!run.finished || path.length < 3) return [];
  return path.map((xt) => endShares(xt, path[path.length - 1], path[0]));
}

/** The shares that a mixture with nothing else in it would have: (sqrt(alpha-bar), sqrt(1 - alpha-bar)). */
const ARC: Place[] = Array.from({length: 61}, (_, i) => {
  const angle = ((Math.PI / 2) * i) / 60;
  return [Math.sin(angle), Math.cos(angle)];
});

/** The way of both arms: shares of their ends, and what neither end explains. */
export function trajectories({store}: Parts): HTMLElement {
  const plane = lineChart(
    {lines: [], label: "Nothing drawn yet"},
    {
      title: "Where xt is, between its two ends",
      x: {title: "a, share of the result x0"},
      y: {title: "b, share of the starting noise xT"},
      ...{width: 400, height: 400}
    }
  );
  const rest = lineChart(
    {lines: [], label: "Nothing drawn yet"},
    {
      title: "What neither end explains",
      x: {title: "share of the run"},
      y: {title: "rest (root mean square)"},
      ...{width: 400, height: 400}
    }
  );
  const words = html("p", {class: "measured", role: "status"});
  const known = new WeakMap<ArmRun, EndShares[]>();
  const shares = (run: ArmRun): EndShares[] => {
    if (!run.finished) return [];
    if (!known.has(run)) known.set(run, sharesOf(run));
    return known.get(run)!;
  };

  store.onChange(({runs, step}) => {
    const calls = callsAt(runs, step);
    const each = runs.map(shares);
    const at = each.map((all, i) => all[all.length && runs[i].finished ? calls[i] : 0]);
    const lines = each.map((all, i): ChartLine => {
      return {name: nameOf(runs[i], i), points: all.map(({a, b}): Place => [a, b]), tone: TONES[i], dots: true};
    });
    const arc = {name: "a mixture with nothing else in it", points: ARC, tone: "var(--line-strong)", dash: "2 4"};
    const marks = at.flatMap((share, i) => (share ? [{at: [share.a, share.b] as const, tone: TONES[i]}] : []));
    const label = at
      .map((share, i) =>
        share
          ? `Arm ${ARM_NAMES[i]}: a ${share.a.toFixed(2)}, b ${share.b.toFixed(2)}, rest ${share.rest.toFixed(2)}.`
          : ""
      )
      .join(" ");
    const low = Math.min(-0.15, ...each.flat().flatMap(({a, b}) => [a, b]));
    const high = Math.max(1.1, ...each.flat().flatMap(({a, b}) => [a, b]));
    plane.update({
      lines: [arc, ...lines],
      marks,
      label: `Shares of both ends. ${label}`,
      domain: {x: [low, high], y: [low, high]}
    });
    rest.update({
      lines: lines.map((line, i) => ({...line, dots: false, points: restPoints(each[i])})),
      marks: at.flatMap((share, i) =>
        share ? [{at: [calls[i] / (each[i].length - 1), share.rest] as const, tone: TONES[i]}] : []
      ),
      label: `The rest that neither end explains. ${label}`,
      domain: {x: [0, 1], y: [0, Math.max(0.2, ...each.flat().map((share) => share.rest))]}
    });
    words.textContent = label ? `Here: ${label}` : "The shares are known when both arms have come to their end.";
  });
  return html("div", {class: "trajectories wide"}, html("div", {class: "chart-pair"}, plane, rest), words);
}

const restPoints = (all: readonly EndShares[]): Place[] => all.map(({rest}, i) => [i / (all.length - 1), rest]);
const nameOf = ({settings: {sampler}}: ArmRun, i: number): string => `arm ${ARM_NAMES[i]}, ${sampler}`;

/** Both arms through the two directions in which all their latents differ most; beside it the same of pure noise. */
export function principalView({store}: Parts): HTMLElement {
  const axes = {x: {title: "first component"}, y: {title: "second component"}, width: 400, height: 320};
  const real = lineChart({lines: [], label: "Nothing drawn yet"}, {...axes, title: "PCA of both arms"});
  const walk = lineChart({lines: [], label: ""}, {...axes, title: "PCA of a walk of pure noise"});
  const words = html("p", {class: "measured"});
  const numbers = principalPlane(randomWalk(31, 1024, new Generator(1)));
  walk.update({
    lines: [{name: "31 points, each step fresh noise", points: numbers.points, tone: "var(--text-muted)", dots: true}],
    label: "Thirty steps of pure noise in 1,024 dimensions lie on a smooth arc, too"
  });

  let shown: Pair<ArmRun> | null = null;
  let done = false;
  store.onChange(({runs}) => {
    const finished = runs.every((run) => run.finished);
    if (runs === shown && finished === done) return;
    [shown, done] = [runs, finished];
    if (!finished) return;
    const paths = runs.map(pathOf);
    const {points, explained} = principalPlane(paths.flat());
    const ends = [points.slice(0, paths[0].length), points.slice(paths[0].length)];
    const percent = explained.map((share) => `${Math.round(100 * share)} %`);
    real.update({
      lines: ends.map((line, i) => ({name: nameOf(runs[i], i), points: line, tone: TONES[i], dots: true})),
      label: `Both arms in their principal plane, which holds ${percent.join(" and ")} of the variance`
    });
    words.textContent = `The two components hold ${percent.join(" and ")} of all variance of both arms’ latents; of the walk’s, ${numbers.explained
      .map((share) => `${Math.round(100 * share)} %`)
      .join(" and ")}.`;
  });
  return html("div", {class: "trajectories wide"}, html("div", {class: "chart-pair"}, real, walk), words);
}
