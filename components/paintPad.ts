import {rgb} from "d3";
import {announce, html, withValue} from "./dom.js";
import {blankPixels, paintStroke, type Point, type Rgb} from "./paint.js";
import {pixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";
import {slider} from "./slider.js";

/** Options: the picture to begin with (a white square where there is none), its side in pixels, and the colours to choose from. */
export interface PaintPadOptions {
  value?: Pixels;
  side?: number;
  colors?: Readonly<Record<string, string>>;
}

/** The pad as an input: `value` is the picture as it stands, announced after every stroke. */
export type PaintPad = HTMLElement & {value: Pixels};

const COLORS = {
  black: "#1d1b24",
  white: "#ffffff",
  red: "#d92d20",
  orange: "#f58220",
  yellow: "#ffd23f",
  green: "#3aa655",
  blue: "#2d7dd2",
  brown: "#7b4a21"
};

const WHITE: Rgb = [255, 255, 255];

/** A small canvas to paint on, by mouse, finger or keyboard: the arrows move the brush, the space bar puts it down. */
export function paintPad({value, side = 128, colors = COLORS}: PaintPadOptions = {}): PaintPad {
  let pixels = value ? copyOf(value) : blankPixels(side, WHITE);
  let color = rgbOf(Object.values(colors)[0]);
  let last: Point | null = null;
  let brush: Point = {x: side / 2, y: side / 2};
  const group = `paint-color-${(count += 1)}`;

  const canvas = pixelCanvas(pixels, {smooth: true});
  const surface = html(
    "div",
    {
      ...{class: "paint-surface", tabindex: "0", role: "application"},
      "aria-label": "Painting: the arrow keys move the brush, the space bar paints",
      "aria-roledescription": "canvas"
    },
    canvas
  );
  const size = slider("Brush", {
    min: 2,
    max: 24,
    value: 8,
    format: (radius) => `${2 * radius} px`,
    id: `${group}-size`
  });
  const clear = html("button", {type: "button", onclick: () => set(blankPixels(side, WHITE))}, "Clear");
  const swatches = Object.entries(colors).map(([name, code], i) => {
    const input = html("input", {type: "radio", name: group, "aria-label": name, checked: i === 0});
    input.addEventListener("change", () => (color = rgbOf(code)));
    return html("label", {class: "swatch", style: `--swatch: ${code}`, title: name}, input, html("span"));
  });
  const palette = html("div", {class: "palette", role: "radiogroup", "aria-label": "Colour"}, ...swatches);
  const node = html("div", {class: "paint-pad"}, surface, html("div", {class: "paint-tools"}, palette, size, clear));

  /** A fresh object for each state, so that views see that the picture is another one. */
  function show(): void {
    pixels = {...pixels};
    canvas.paint(pixels);
    surface.style.setProperty("--brush-x", `${(100 * brush.x) / side}%`);
    surface.style.setProperty("--brush-y", `${(100 * brush.y) / side}%`);
  }

  function set(next: Pixels): void {
    pixels = copyOf(next);
    show();
    announce(node);
  }

  function paintTo(point: Point): void {
    paintStroke(pixels, last ?? point, point, size.value, color);
    last = point;
    brush = point;
    show();
  }

  const pointOf = ({clientX, clientY}: PointerEvent): Point => {
    const {left, top, width, height} = canvas.getBoundingClientRect();
    return {x: ((clientX - left) / width) * side, y: ((clientY - top) / height) * side};
  };
  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    surface.setPointerCapture(event.pointerId);
    paintTo(pointOf(event));
  });
  surface.addEventListener("pointermove", (event) => {
    if (last) for (const part of event.getCoalescedEvents?.() ?? [event]) paintTo(pointOf(part));
  });
  for (const end of ["pointerup", "pointercancel"]) surface.addEventListener(end, () => finish());

  function finish(): void {
    if (!last) return;
    last = null;
    announce(node);
  }

  surface.addEventListener("keydown", (event) => {
    const move = {ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4]}[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    const clamp = (at: number) => Math.min(side, Math.max(0, at));
    if (move) brush = {x: clamp(brush.x + move[0]), y: clamp(brush.y + move[1])};
    else paintTo(brush);
    if (!move) finish();
    show();
  });
  // What the slider and the colours say of themselves is no change of the picture.
  for (const part of [size, palette]) part.addEventListener("input", (event) => event.stopPropagation());
  show();
  return withValue(
    node,
    () => copyOf(pixels), // the next stroke paints on
    (next) => {
      pixels = copyOf(next);
      show();
    }
  );
}

let count = 0;

function rgbOf(code: string): Rgb {
  const {r, g, b} = rgb(code);
  return [r, g, b];
}

function copyOf({data, width, height}: Pixels): Pixels {
  return {data: data.slice(), width, height};
}
