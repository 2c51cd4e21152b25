import type {Tensor} from "../src/tensor.js";
import {noisedWorld, type NoisedWorld} from "../src/world/noisedWorld.js";
import {labelsOf, type Point, type World} from "../src/world/world.js";
import {labelColor, mixed, type Rgb} from "./blobColors.js";

/** What is painted of a world. Points are places xt at the noise level. */
export interface WorldPicture {
  world: World;
  /** Of the density and the field: 1 is the clean world. */
  alphaCumprod?: number;
  /** Particles [1, 2, N, 1], each in the mixed colours of the blobs it may have come from. */
  points?: Tensor | null;
  /** Curves through the plane, in the colours of their ends. */
  paths?: readonly (readonly Point[])[];
  /** Arrows on a grid: "flow", the way of noise taken away without noise added, or "score", the slope of log p. */
  field?: "flow" | "score" | null;
  /** Arrows of the page's own, from one place to another, in ink or in the colour of a curve; two heads at the edge: it goes on. */
  arrows?: readonly {from: Point; to: Point; tone?: "plain" | "a" | "d"}[];
}

/** The plane from -extent to extent in both directions, on a square canvas. */
export interface Plane {
  context: CanvasRenderingContext2D;
  size: number;
  extent: number;
}

/** Cells a side of the density's picture, and of the field. */
const CELLS = 80;
const ARROWS = 15;

/** Paints all of a world, lowest first: density, field, paths, particles, arrows. */
export function paintWorld(plane: Plane, picture: WorldPicture): void {
  const {world, alphaCumprod = 1, points, paths = [], field, arrows = []} = picture;
  const labels = labelsOf(world);
  const colors = world.map(({label}) => labelColor(label, labels));
  const at = noisedWorld(world, alphaCumprod);
  const style = getComputedStyle(plane.context.canvas);
  const ink = style.color;
  const toned = (tone: string | undefined) =>
    (tone && style.getPropertyValue(tone === "plain" ? "--text-muted" : `--curve-${tone}`)) || ink;
  plane.context.clearRect(0, 0, plane.size, plane.size);
  paintDensity(plane, at, colors);
  if (field) paintField(plane, at[field], ink);
  for (const path of paths) paintPath(plane, path, at, colors);
  if (points) paintPoints(plane, points, at, colors);
  for (const {from, to, tone} of arrows) {
    const end = cutAtEdge(from, to, plane.extent);
    paintArrow(plane, {from, to: end}, {color: toned(tone), width: tone ? 4 : 3, heads: end === to ? 1 : 2});
  }
}

const toCanvas = ({size, extent}: Plane, [x, y]: Point): Point => [
  (size * (x + extent)) / (2 * extent),
  (size * (extent - y)) / (2 * extent)
];

/** Where an arrow leaves the plane, with a little room for its head; its own end when it does not. */
export function cutAtEdge([x0, y0]: Point, to: Point, extent: number): Point {
  const held = 0.97 * extent;
  const share = ([from, end]: readonly [number, number]) =>
    Math.abs(end) > extent ? (Math.sign(end) * held - from) / (end - from) : 1;
  const kept = Math.min(share([x0, to[0]]), share([y0, to[1]]));
  return kept >= 1 ? to : [x0 + Math.max(0, kept) * (to[0] - x0), y0 + Math.max(0, kept) * (to[1] - y0)];
}

function paintDensity(plane: Plane, at: NoisedWorld, colors: readonly Rgb[]): void {
  const {context, size, extent} = plane;
  const place = (i: number) => -extent + ((i + 0.5) * 2 * extent) / CELLS;
  const cells = Array.from({length: CELLS ** 2}, (_, i): Point => [place(i % CELLS), -place(Math.floor(i / CELLS))]);
  const densities = cells.map(at.density);
  const most = densities.reduce((a, b) => Math.max(a, b), 0);
  const pixels = new ImageData(CELLS, CELLS);
  cells.forEach((cell, i) => {
    const share = (densities[i] / most) ** 0.6; // so that the faint parts are seen beside the peaks
    pixels.data.set([...mixed(colors, at.weights(cell)), 150 * share], 4 * i);
  });
  const small = Object.assign(document.createElement("canvas"), {width: CELLS, height: CELLS});
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.drawImage(small, 0, 0, size, size);
}

function paintField(plane: Plane, vector: (point: Point) => Point, color: string): void {
  const step = (2 * plane.extent) / ARROWS;
  const places = Array.from({length: ARROWS ** 2}, (_, i): Point => [
    -plane.extent + ((i % ARROWS) + 0.5) * step,
    -plane.extent + (Math.floor(i / ARROWS) + 0.5) * step
  ]);
  const vectors = places.map(vector);
  const longest = vectors.reduce((most, [x, y]) => Math.max(most, Math.hypot(x, y)), 1e-9);
  plane.context.globalAlpha = 0.55;
  places.forEach((from, i) => {
    const [x, y] = vectors[i].map((value) => (0.9 * step * value) / longest);
    paintArrow(plane, {from, to: [from[0] + x, from[1] + y]}, {color, width: 1.5});
  });
  plane.context.globalAlpha = 1;
}

function paintPath(plane: Plane, path: readonly Point[], at: NoisedWorld, colors: readonly Rgb[]): void {
  const {context} = plane;
  const end = path.at(-1);
  if (!end) return;
  context.strokeStyle = `rgb(${mixed(colors, at.weights(end)).map(Math.round).join(" ")} / 75%)`;
  context.lineWidth = 2;
  context.beginPath();
  for (const point of path) context.lineTo(...toCanvas(plane, point));
  context.stroke();
}

function paintPoints(plane: Plane, {data, dims}: Tensor, at: NoisedWorld, colors: readonly Rgb[]): void {
  const {context, size} = plane;
  const count = dims[2];
  const dot = size / (count > 1000 ? 200 : 120);
  for (let i = 0; i < count; i++) {
    const point: Point = [data[i], data[count + i]];
    const [x, y] = toCanvas(plane, point);
    context.fillStyle = `rgb(${mixed(colors, at.weights(point)).map(Math.round).join(" ")} / 70%)`;
    context.fillRect(x - dot / 2, y - dot / 2, dot, dot);
  }
}

function paintArrow(
  plane: Plane,
  {from, to}: {from: Point; to: Point},
  {color, width, heads = 1}: {color: string; width: number; heads?: number}
): void {
  const {context} = plane;
  const [[x0, y0], [x1, y1]] = [toCanvas(plane, from), toCanvas(plane, to)];
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 1) return;
  const head = Math.min(4 * width, length / 2);
  const angle = Math.atan2(y1 - y0, x1 - x0);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  for (let i = 0; i < heads; i++) {
    const [x, y] = [x1 - 0.8 * i * head * Math.cos(angle), y1 - 0.8 * i * head * Math.sin(angle)];
    for (const side of [-1, 1]) {
      context.moveTo(x, y);
      context.lineTo(x - head * Math.cos(angle + 0.5 * side), y - head * Math.sin(angle + 0.5 * side));
    }
  }
  context.stroke();
}
