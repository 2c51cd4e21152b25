import {lineChart} from "../components/lineChart.js";

/** The mean squared error of the training steps since the point before. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** The ends of the axis: what lies beyond is drawn at the edge. */
const [LEAST, MOST] = [0.02, 2];

/** The loss by training step, and the line below which it cannot stay. */
export function lossChart() {
  const node = lineChart(
    {lines: [], label: "Loss by training step: nothing yet"},
    {
      x: {title: "training step"},
      y: {title: "mean squared error", log: true, format: String, ticks: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]},
      ...{width: 640, height: 220}
    }
  );
  node.classList.add("loss-curve");
  const held = (value: number) => Math.min(MOST, Math.max(LEAST, value));
  return {
    node,
    show(curve: readonly LossPoint[], steps: number, least: number | null): void {
      const most = Math.max(100, steps);
      const points = curve.map(({step, loss}) => [step, held(loss)] as const);
      const floor = least === null ? [] : [0, most].map((step) => [step, held(least)] as const);
      node.update({
        lines: [
          {name: "loss: the mean of the steps since the last point", points, tone: "var(--unet-strong)"},
          {name: "the least possible: the exact answer's", points: floor, tone: "var(--text-muted)", dash: "6 3"}
        ],
        label: `Loss by training step: ${curve.length ? curve.at(-1)!.loss.toFixed(3) : "nothing"} at step ${steps}`,
        domain: {x: [0, most], y: [LEAST, MOST]}
      });
    }
  };
}

/** The loss of late: the mean of the last few points, which is steadier than the last. */
export function recentLoss(curve: readonly LossPoint[]): number {
  const last = curve.slice(-10);
  return last.reduce((sum, {loss}) => sum + loss, 0) / last.length;
}

/** At most 300 points of a curve, older ones merged in pairs, so that plotting stays quick. */
export function thinned<T>(curve: T[]): T[] {
  return curve.length > 300 ? curve.filter((_, i) => i % 2 || i > 200) : curve;
}
