import type {Point} from "../src/world/world.js";
import {announce, html, withProperty, withValue} from "./dom.js";

/** Points in the plane and what each is: an index into the colours. */
export interface Drawing {
  readonly points: readonly Point[];
  readonly labels: readonly number[];
}

/** Options. `extent`: the plane is shown from -extent to extent; `colors`: one CSS colour a label. */
export interface PointDrawingOptions {
  value?: Drawing;
  colors: readonly string[];
  names: readonly string[];
  extent?: number;
  /** Uniform numbers in [0, 1), which scatter the points of a brush. */
  random?: () => number;
}

/** A drawing of points as an input. "input" follows each stroke. `brush` is the label that is drawn with. */
export type PointDrawing = HTMLElement & {value: Drawing; brush: number};

const SIZE = 480;
/** Points a touch of the brush leaves, how far they scatter, how far an arrow key moves the cursor. */
const [SPRAY, SPREAD, KEY_STEP] = [6, 0.09, 0.12];
const MOST_POINTS = 4000;
const MOVES: Record<string, Point> = {
  ArrowLeft: [-KEY_STEP, 0],
  ArrowRight: [KEY_STEP, 0],
  ArrowUp: [0, KEY_STEP],
  ArrowDown: [0, -KEY_STEP]
};

/** A canvas to draw points on, by pointer or by arrow keys and the space bar. */
export function pointDrawing({
  value = {points: [], labels: []},
  colors,
  names,
  extent = 2.4,
  random = Math.random
}: PointDrawingOptions): PointDrawing {
  const canvas = html("canvas", {
    ...{width: SIZE, height: SIZE, tabindex: 0, role: "application", class: "point-drawing"},
    "aria-label": "Drawing of points: arrow keys move the brush, the space bar draws"
  });
  let drawing = value;
  let cursor: Point = [0, 0];
  let brush = 0;
  let drawingNow = false;

  function paint(): void {
    const context = canvas.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, SIZE, SIZE);
    paintPoints(context, drawing, colors, {size: SIZE, extent});
    if (canvas === document.activeElement) {
      const [x, y] = onCanvas(cursor, SIZE, extent);
      context.strokeStyle = colors[brush];
      context.lineWidth = 3;
      context.beginPath();
      context.arc(x, y, 12, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  function spray([x, y]: Point): void {
    if (drawing.points.length >= MOST_POINTS) return;
    const scattered = Array.from({length: SPRAY}, (): Point => {
      const [angle, length] = [2 * Math.PI * random(), SPREAD * Math.sqrt(random())];
      return [x + length * Math.cos(angle), y + length * Math.sin(angle)];
    });
    drawing = {
      points: [...drawing.points, ...scattered],
      labels: [...drawing.labels, ...scattered.map(() => brush)]
    };
    paint();
  }

  function placeOf({offsetX, offsetY}: PointerEvent): Point {
    const at = (offset: number, length: number) => (2 * offset * extent) / (length || 1) - extent;
    return [at(offsetX, canvas.clientWidth), -at(offsetY, canvas.clientHeight)];
  }

  canvas.addEventListener("pointerdown", (event) => {
    drawingNow = true;
    canvas.setPointerCapture?.(event.pointerId);
    spray((cursor = placeOf(event)));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drawingNow) spray((cursor = placeOf(event)));
  });
  for (const type of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(type, () => {
      if (drawingNow) announce(node);
      drawingNow = false;
    });
  }
  canvas.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    const limited = (place: number) => Math.min(extent, Math.max(-extent, place));
    if (move) cursor = [limited(cursor[0] + move[0]), limited(cursor[1] + move[1])];
    else {
      spray(cursor);
      announce(node);
    }
    paint();
  });
  for (const type of ["focus", "blur"]) canvas.addEventListener(type, paint);

  const node = html("div", {class: "point-drawing-frame"}, canvas);
  paint();
  const input = withValue(
    node,
    () => drawing,
    (next: Drawing) => {
      drawing = next;
      paint();
    }
  );
  return withProperty(
    input,
    "brush",
    () => brush,
    (label: number) => {
      brush = Math.min(names.length - 1, Math.max(0, label));
      paint();
    }
  );
}

/** Points as dots in their colours. */
export function paintPoints(
  context: CanvasRenderingContext2D,
  {points, labels}: Drawing,
  colors: readonly string[],
  {size, extent, radius = 3.2, alpha = 0.75}: {size: number; extent: number; radius?: number; alpha?: number}
): void {
  context.globalAlpha = alpha;
  points.forEach((point, i) => {
    const [x, y] = onCanvas(point, size, extent);
    context.fillStyle = colors[labels[i]] ?? "gray";
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  });
  context.globalAlpha = 1;
}

/** A place of the plane on a square canvas. */
export function onCanvas([x, y]: Point, size: number, extent: number): Point {
  return [(size * (x + extent)) / (2 * extent), (size * (extent - y)) / (2 * extent)];
}
