import {prefersReducedMotion, svg} from "../components/dom.js";
import {easeInOut, unrollPath, unrollPoint} from "../components/unroll.js";

/** The nodes that take part when the loop unrolls (or rolls up again). */
export interface MoveParts {
  root: HTMLElement;
  loop: HTMLElement;
  stripRow: HTMLElement;
  strip: HTMLElement;
  open: boolean;
}

const duration = 1150;

/**
 * Unrolls the loop into the strip, or rolls it up. The strip's own frames ride on the film: each starts at its place on the ring and follows
 * the arc while its curvature goes to nothing. With reduced motion the strip is simply there.
 */
export async function moveFilm({root, loop, stripRow, strip, open}: MoveParts): Promise<void> {
  const run = String(Number(root.dataset.move ?? 0) + 1);
  root.dataset.move = run;
  stripRow.classList.add("open");
  if (prefersReducedMotion()) return settle(stripRow, open);
  const film = measure(root, loop, strip);
  const track = svg("svg", {class: "film-track", "aria-hidden": "true"}, svg("path", {}));
  root.append(track);
  root.classList.add("moving");
  makeRoom(stripRow, open);
  const began = performance.now();
  for (let share = 0; share < 1 && root.dataset.move === run;) {
    share = Math.min(1, ((await nextFrame()) - began) / duration);
    place(film, track, easeInOut(open ? share : 1 - share));
  }
  track.remove();
  if (root.dataset.move !== run) return;
  root.classList.remove("moving");
  for (const {node} of film.frames) node.style.transform = node.style.opacity = "";
  settle(stripRow, open);
}

/** What stands below the strip slides down for it, or up again. */
function makeRoom(stripRow: HTMLElement, open: boolean): void {
  const room = {marginBottom: `${stripRow.style.marginBottom || "0px"}`};
  const none = {marginBottom: `-${stripRow.offsetHeight}px`};
  stripRow.animate(open ? [none, room] : [room, none], {duration, easing: "cubic-bezier(0.65, 0, 0.35, 1)"});
}

function settle(stripRow: HTMLElement, open: boolean): void {
  stripRow.classList.toggle("open", open);
}

interface FilmPlaces {
  ring: {x: number; y: number; radius: number};
  strip: {x: number; y: number; length: number};
  frames: {node: HTMLElement; x: number; y: number; s: number; small: number}[];
}

/** Where everything lies now, in the stage's own coordinates. */
function measure(root: HTMLElement, loop: HTMLElement, strip: HTMLElement): FilmPlaces {
  const origin = root.getBoundingClientRect();
  const ring = (loop.querySelector(".loop-stage") ?? loop).getBoundingClientRect();
  const band = strip.getBoundingClientRect();
  const nodes = [...strip.querySelectorAll<HTMLElement>(".frame")];
  return {
    ring: {x: ring.x + ring.width / 2 - origin.x, y: ring.y + 0.08 * ring.height - origin.y, radius: 0.42 * ring.width},
    strip: {x: band.x + band.width / 2 - origin.x, y: band.y + band.height / 2 - origin.y, length: band.width},
    frames: nodes.map((node, i) => {
      const box = node.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2 - origin.x, box.y + box.height / 2 - origin.y];
      return {node, x, y, s: (i + 0.5) / nodes.length, small: (0.13 * ring.width) / box.width};
    })
  };
}

/** One moment of the unrolling: `u` of 0 is the closed loop, 1 the strip. */
function place({ring, strip, frames}: FilmPlaces, track: SVGSVGElement, u: number): void {
  const shape = {radius: ring.radius, length: strip.length};
  const fixed = {x: ring.x + u * (strip.x - ring.x), y: ring.y + u * (strip.y - ring.y)};
  track.firstElementChild?.setAttribute("d", unrollPath(u, shape, fixed));
  for (const {node, x, y, s, small} of frames) {
    const point = unrollPoint(s, u, shape);
    const home = u ** 3; // the strip may stand in two rows on a narrow screen: its frames end at their own places
    const dx = (1 - home) * (fixed.x + point.x - x);
    const dy = (1 - home) * (fixed.y + point.y - y);
    node.style.transform = `translate(${dx.toFixed(1)}px, ${dy.toFixed(1)}px) scale(${(small + u * (1 - small)).toFixed(3)})`;
  }
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
