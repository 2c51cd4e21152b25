import {announce, html, withValue} from "./dom.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";

/** One key frame: the noisy latents that enter the step, and the clean picture the step guesses. `null`: not there yet. */
export interface StripFrame {
  index: number;
  timestep: number | null;
  xt: Pixels | null;
  x0: Pixels | null;
}

/** The strip as an input: `value` is the selected step's index. */
export type FilmStrip = HTMLElement & {value: number; update(frames: readonly StripFrame[], selected: number): void};

/** The loop, unrolled: key frames on film, noisy above and guessed below. Press one to go to its step. */
export function filmStrip(frames: readonly StripFrame[], {selected = 0} = {}): FilmStrip {
  let value = selected;
  const node = html("div", {class: "film", role: "group", "aria-label": "Key frames of the loop"});
  const cells: Cell[] = [];

  function update(next: readonly StripFrame[], nextSelected: number): void {
    value = nextSelected;
    while (cells.length > next.length) cells.pop()?.button.remove();
    while (cells.length < next.length) cells.push(addCell());
    const nearest = nearestFrame(next, value);
    next.forEach((frame, i) => fill(cells[i], frame, i === nearest));
  }

  function addCell(): Cell {
    const [xt, x0, caption] = [pixelCanvas(null), pixelCanvas(null), html("span", {class: "frame-caption"})];
    const button = html("button", {type: "button", class: "frame"}, xt, x0, caption);
    button.addEventListener("click", () => {
      value = Number(button.dataset.index);
      announce(node);
    });
    node.append(button);
    return {button, xt, x0, caption};
  }

  update(frames, selected);
  return Object.assign(
    withValue(node, () => value),
    {update}
  );
}

/** The position of the frame closest to step `index`. */
export function nearestFrame(frames: readonly {index: number}[], index: number): number {
  let best = 0;
  frames.forEach((frame, i) => {
    if (Math.abs(frame.index - index) < Math.abs(frames[best].index - index)) best = i;
  });
  return best;
}

interface Cell {
  button: HTMLButtonElement;
  xt: PixelCanvas;
  x0: PixelCanvas;
  caption: HTMLElement;
}

function fill({button, xt, x0, caption}: Cell, frame: StripFrame, pressed: boolean): void {
  xt.paint(frame.xt);
  x0.paint(frame.x0);
  xt.classList.toggle("smooth", (frame.xt?.width ?? 0) > 16);
  x0.classList.toggle("smooth", (frame.x0?.width ?? 0) > 16);
  caption.textContent = String(frame.index + 1);
  button.dataset.index = String(frame.index);
  button.disabled = frame.timestep === null;
  button.setAttribute("aria-pressed", String(pressed));
  const where = frame.timestep === null ? "not reached yet" : `t = ${frame.timestep}`;
  button.setAttribute("aria-label", `Go to step ${frame.index + 1}, ${where}`);
}
