import {html} from "../components/dom.js";
import {onCanvas, paintPoints, type Drawing} from "../components/pointDrawing.js";
import {noisedWorld} from "../src/world/noisedWorld.js";
import type {Tensor} from "../src/tensor.js";
import type {Point, World} from "../src/world/world.js";

/** The plane is shown from -EXTENT to EXTENT. */
export const EXTENT = 2.4;
export const COLORS = ["#d9661f", "#0f9a83"];
const [SIZE, ARROWS] = [480, 13];
/** Seen on a light ground and on a dark one. */
const INK = "#7d7d7d";
/** An arrow of the noise 1 is this long; the longest fills its cell. */
const UNIT = (0.8 * 2 * EXTENT) / ARROWS;

/** From a noised place towards where the clean point is believed to be. Faint: hardly a noised point ever comes there. */
export interface Arrow {
  readonly from: Point;
  readonly to: Point;
  readonly faint: boolean;
}

/** The drawing, pale; arrows; and points that were drawn. */
export interface PlanePicture {
  readonly drawing: Drawing;
  readonly arrows?: readonly Arrow[];
  readonly points?: readonly Point[];
}

export type NetPlane = HTMLCanvasElement & {update(picture: PlanePicture, label: string): void};

/** The plane of the small network as a picture. */
export function netPlane(label: string): NetPlane {
  const canvas = html("canvas", {width: SIZE, height: SIZE, role: "img", class: "point-drawing", "aria-label": label});
  return Object.assign(canvas, {
    update({drawing, arrows = [], points = []}: PlanePicture, words: string): void {
      canvas.setAttribute("aria-label", words);
      const context = canvas.getContext("2d");
      if (!context) return;
      context.clearRect(0, 0, SIZE, SIZE);
      paintPoints(context, drawing, COLORS, {size: SIZE, extent: EXTENT, radius: 2, alpha: 0.18});
      paintArrows(context, arrows);
      const drawn = {points, labels: points.map(() => 0)};
      paintPoints(context, drawn, ["#b3226c"], {size: SIZE, extent: EXTENT, radius: 3, alpha: 0.85});
    }
  });
}

/** Middles of the cells of a grid over the plane. */
export const grid: readonly Point[] = Array.from({length: ARROWS ** 2}, (_, i): Point => {
  const place = (k: number) => -EXTENT + ((k + 0.5) * 2 * EXTENT) / ARROWS;
  return [place(i % ARROWS), place(Math.floor(i / ARROWS))];
});

/** How probable it is that a noised point of a world comes to each place of the grid, beside the likeliest: 0 ... 1. */
export function likelyOf(world: World, alphaCumprod: number): number[] {
  const {density} = noisedWorld(world, alphaCumprod);
  const densities = grid.map(density);
  const most = Math.max(...densities);
  return densities.map((value) => value / (most || 1));
}

/** Arrows against the noise at the places of the grid; long ones are cut. `eps` [1, 2, N, 1]. */
export function arrowsOf({data}: Tensor, likely: readonly number[]): Arrow[] {
  return grid.map((from, i) => {
    const [x, y] = [data[i], data[grid.length + i]];
    const scale = (UNIT * Math.min(1, Math.hypot(x, y) / 2)) / (Math.hypot(x, y) || 1);
    return {from, to: [from[0] - scale * x, from[1] - scale * y], faint: likely[i] < 0.01};
  });
}

function paintArrows(context: CanvasRenderingContext2D, arrows: readonly Arrow[]): void {
  context.strokeStyle = context.fillStyle = INK;
  context.lineWidth = 1.5;
  for (const {from, to, faint} of arrows) {
    context.globalAlpha = faint ? 0.3 : 1;
    const [[x0, y0], [x1, y1]] = [onCanvas(from, SIZE, EXTENT), onCanvas(to, SIZE, EXTENT)];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const head = Math.min(7, length);
    if (length < 1) continue;
    const [ux, uy] = [((x1 - x0) / length) * head, ((y1 - y0) / length) * head];
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1 - 0.6 * ux, y1 - 0.6 * uy);
    context.stroke();
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x1 - ux - 0.45 * uy, y1 - uy + 0.45 * ux);
    context.lineTo(x1 - ux + 0.45 * uy, y1 - uy - 0.45 * ux);
    context.fill();
  }
  context.globalAlpha = 1;
}
