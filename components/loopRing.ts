import {announce, html, svg, withValue} from "./dom.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";
import {unrollPoint} from "./unroll.js";

/** What the loop shows: how far it has turned, the latents it carries now, and the key frames it has left behind. */
export interface LoopData {
  numSteps: number;
  done: number;
  selected: number;
  latents: Pixels | null;
  keys: {index: number; pixels: Pixels | null}[];
}

/** The loop as an input: `value` tells whether it is unrolled. */
export type LoopRing = HTMLElement & {value: boolean; update(data: LoopData): void};

const radius = 84;
const centre = 100;

/**
 * The sampling loop, rolled up: a ring that fills clockwise from the bottom, one tick a step, key frames as beads on it, the latents of the
 * moment in the middle. Its button unrolls it.
 */
export function loopRing(data: LoopData, {unrolled = false} = {}): LoopRing {
  let open = unrolled;
  const progress = svg("path", {class: "loop-progress"});
  const dot = svg("circle", {class: "loop-dot", r: 4.5});
  const ticks = svg("path", {class: "loop-ticks"});
  const latents = pixelCanvas(null);
  const beads = html("div", {class: "loop-beads"});
  const button = html("button", {type: "button", class: "loop-button", onclick: () => toggle()});
  const node = html(
    "div",
    {class: "loop"},
    html(
      "div",
      {class: "loop-stage"},
      svg(
        "svg",
        {viewBox: "0 0 200 200", "aria-hidden": "true"},
        svg("circle", {class: "loop-track", cx: centre, cy: centre, r: radius}),
        ticks,
        progress,
        dot
      ),
      html("div", {class: "loop-latents"}, latents),
      beads
    ),
    button
  );

  function toggle(): void {
    show(!open);
    announce(node);
  }

  function show(next: boolean): void {
    open = next;
    node.classList.toggle("unrolled", open);
    button.setAttribute("aria-expanded", String(open));
    button.replaceChildren(loopArrow(), html("span", {}, open ? "Roll it up again" : "Unroll the loop"));
  }

  function update({numSteps, done, selected, latents: pixels, keys}: LoopData): void {
    ticks.setAttribute("d", tickPath(numSteps));
    progress.setAttribute("d", arcPath(numSteps ? done / numSteps : 0));
    const at = ringPoint(numSteps ? (selected + 1) / numSteps : 0);
    dot.setAttribute("cx", at.x.toFixed(2));
    dot.setAttribute("cy", at.y.toFixed(2));
    latents.paint(pixels);
    updateBeads(beads, keys);
  }

  show(open);
  update(data);
  return Object.assign(
    withValue(
      node,
      () => open,
      (next: boolean) => show(next)
    ),
    {update}
  );
}

/** A point of the ring: `s` turns from 0 at the bottom clockwise to 1. */
function ringPoint(s: number, r = radius): {x: number; y: number} {
  const {x, y} = unrollPoint(s, 0, {radius: r, length: 0});
  return {x: centre + x, y: centre - r + y};
}

function tickPath(numSteps: number): string {
  return Array.from({length: numSteps}, (_, i) => {
    const [from, to] = [ringPoint((i + 1) / numSteps, radius - 9), ringPoint((i + 1) / numSteps, radius - 5)];
    return `M${from.x.toFixed(2)},${from.y.toFixed(2)}L${to.x.toFixed(2)},${to.y.toFixed(2)}`;
  }).join("");
}

function arcPath(share: number): string {
  if (share <= 0) return "";
  const end = Math.min(share, 0.9999);
  const [from, to] = [ringPoint(0), ringPoint(end)];
  return `M${from.x},${from.y}A${radius},${radius} 0 ${end > 0.5 ? 1 : 0} 1 ${to.x.toFixed(2)},${to.y.toFixed(2)}`;
}

/** Beads stand evenly around the ring, where the frames of the unrolling film start. */
function updateBeads(parent: HTMLElement, keys: LoopData["keys"]): void {
  while (parent.children.length > keys.length) parent.lastElementChild?.remove();
  while (parent.children.length < keys.length) parent.append(pixelCanvas(null));
  keys.forEach(({pixels}, i) => {
    const bead = parent.children[i] as PixelCanvas;
    const {x, y} = ringPoint((i + 0.5) / keys.length);
    bead.style.left = `${x / 2}%`;
    bead.style.top = `${y / 2}%`;
    bead.classList.toggle("empty", !pixels);
    bead.paint(pixels);
  });
}

function loopArrow(): SVGSVGElement {
  return svg(
    "svg",
    {viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true", class: "loop-arrow"},
    svg("path", {d: "M10 17.2A7.2 7.2 0 1 1 17.2 10"}),
    svg("path", {d: "M14.2 8.6L17.2 11.4L19.6 8"})
  );
}
