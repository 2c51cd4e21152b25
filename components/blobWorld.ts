import type {Point, World, WorldBlob} from "../src/world/world.js";
import {labelsOf} from "../src/world/world.js";
import {labelColor} from "./blobColors.js";
import {paintWorld, type WorldPicture} from "./blobPaint.js";
import {announce, html, withValue} from "./dom.js";

export type {WorldPicture} from "./blobPaint.js";

/** Options of the view. `extent`: the plane is shown from -extent to extent. */
export interface BlobWorldOptions {
  extent?: number;
  /** The accessible name of the picture. */
  label?: string;
  /** Whether the blobs can be moved. */
  movable?: boolean;
  /** Hears of the place under the pointer, null when it leaves. */
  onPoint?: (point: Point | null) => void;
}

/** The world as an input: `value` holds its blobs, "input" tells that one was moved or spread. */
export type BlobWorldView = HTMLElement & {value: World; update(picture: WorldPicture, label?: string): void};

/** Side of the canvas in its own pixels; CSS gives it its size on the page. */
const SIZE = 640;

/** How far an arrow key moves a blob, and how a key changes its spread. */
const KEY_STEP = 0.1;
const MOVES: Record<string, Point> = {
  ArrowLeft: [-KEY_STEP, 0],
  ArrowRight: [KEY_STEP, 0],
  ArrowUp: [0, KEY_STEP],
  ArrowDown: [0, -KEY_STEP]
};
const SPREADS: Record<string, number> = {"+": 1.15, "=": 1.15, "-": 1 / 1.15};

/**
 * The plane with its density in colours, particles, paths and arrows, and a ring of one standard deviation around each blob's
 * middle. A ring can be dragged, or moved by the arrow keys; + and - change its spread.
 */
export function blobWorld(
  picture: WorldPicture,
  {extent = 2.6, label = "The plane with its blobs", movable = true, onPoint}: BlobWorldOptions = {}
): BlobWorldView {
  const canvas = html("canvas", {width: SIZE, height: SIZE, role: "img", "aria-label": label});
  const node = html("div", {class: "blob-world"}, canvas);
  const handles: HTMLButtonElement[] = [];
  let shown = picture;

  function update(next: WorldPicture, name?: string): void {
    shown = next;
    if (name) canvas.setAttribute("aria-label", name);
    while (handles.length > next.world.length) handles.pop()?.remove();
    while (handles.length < next.world.length) handles.push(addHandle(handles.length));
    handles.forEach((handle, i) => place(handle, next.world, i, {extent, movable}));
    const context = canvas.getContext("2d");
    if (context) paintWorld({context, size: SIZE, extent}, next);
  }

  function addHandle(index: number): HTMLButtonElement {
    const handle = html("button", {type: "button", class: "blob-handle"});
    if (movable) {
      handle.title = "Drag it, or use the arrow keys; + and − change its spread";
      listen(
        handle,
        () => shown.world[index],
        pointOf,
        (blob) => change(index, blob)
      );
    }
    node.append(handle);
    return handle;
  }

  function change(index: number, blob: WorldBlob): void {
    update({...shown, world: shown.world.map((other, i) => (i === index ? inside(blob, extent) : other))});
    announce(node);
  }

  function pointOf({clientX, clientY}: PointerEvent): Point {
    const {left, top, width} = canvas.getBoundingClientRect();
    return [((clientX - left) / width) * 2 * extent - extent, extent - ((clientY - top) / width) * 2 * extent];
  }

  if (onPoint) {
    node.addEventListener("pointermove", (event) => onPoint(pointOf(event)));
    node.addEventListener("pointerleave", () => onPoint(null));
  }
  update(picture);
  return Object.assign(
    withValue(node, () => shown.world),
    {update}
  );
}

/** Pointer and keyboard of one blob. */
function listen(
  handle: HTMLButtonElement,
  blob: () => WorldBlob,
  pointOf: (event: PointerEvent) => Point,
  change: (blob: WorldBlob) => void
): void {
  let grip: Point | null = null;
  handle.addEventListener("pointerdown", (event) => {
    const [[x, y], {mean}] = [pointOf(event), blob()];
    grip = [mean[0] - x, mean[1] - y]; // it keeps its place under the finger
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = pointOf(event);
    change({...blob(), mean: [x + grip[0], y + grip[1]]});
  });
  for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => (grip = null));
  handle.addEventListener("keydown", (event) => {
    const {mean, deviation} = blob();
    const [move, spread] = [MOVES[event.key], SPREADS[event.key]];
    if (move) change({...blob(), mean: [mean[0] + move[0], mean[1] + move[1]]});
    if (spread) change({...blob(), deviation: deviation * spread});
    if (move || spread) event.preventDefault();
  });
}

/** Kept within the plane, and to a spread that can be seen. */
function inside(blob: WorldBlob, extent: number): WorldBlob {
  const held = (value: number) => Math.min(extent, Math.max(-extent, value));
  const deviation = Math.min(extent / 2, Math.max(0.05, blob.deviation));
  return {...blob, deviation, mean: [held(blob.mean[0]), held(blob.mean[1])]};
}

function place(
  handle: HTMLButtonElement,
  world: World,
  index: number,
  {extent, movable}: {extent: number; movable: boolean}
): void {
  const {mean, deviation, label} = world[index];
  const percent = (length: number) => `${(100 * length) / (2 * extent)}%`;
  const where = mean.map((value) => value.toFixed(1).replace("-", "−")).join(", ");
  handle.disabled = !movable;
  handle.setAttribute("aria-label", `${label} blob at (${where}), spread ${deviation.toFixed(2)}`);
  handle.style.left = percent(mean[0] + extent);
  handle.style.top = percent(extent - mean[1]);
  handle.style.width = percent(2 * deviation);
  handle.style.setProperty("--blob", `rgb(${labelColor(label, labelsOf(world)).join(" ")})`);
}
