import {html} from "../components/dom.js";
import type {Cell} from "../components/gridCursor.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {valueBars} from "../components/valueBars.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {Tensor} from "../src/tensor.js";
import type {AutoencoderState} from "./state.js";

/** Milliseconds at each place while the lens moves by itself. */
const PACE = 220;

/** One place of the latents under the glass: its pixels, its four numbers, and the pixels made of them. */
export function lens(store: Store<AutoencoderState>, invalidation: Promise<void>): HTMLElement {
  const before = pixelCanvas(null, {label: "The pixels at this place"});
  const after = pixelCanvas(null, {label: "The pixels that the decoder paints there"});
  const bars = valueBars([]);
  const where = html("span", {class: "lens-place"});
  const play = html("button", {type: "button", class: "round"});
  play.addEventListener("click", () => store.set({playing: !store.state.playing}));
  const node = html(
    "div",
    {class: "lens"},
    html("p", {class: "lens-title"}, play, where),
    html("figure", {}, before, html("figcaption", {}, "8 × 8 pixels, 3 colours each: 192 numbers")),
    html("span", {class: "arrow", "aria-hidden": "true"}),
    html("figure", {class: "lens-values"}, bars, html("figcaption", {}, "4 numbers")),
    html("span", {class: "arrow", "aria-hidden": "true"}),
    html("figure", {}, after, html("figcaption", {}, "192 numbers again, made of those 4 and their neighbours"))
  );

  onSelected(store, ["coded", "cell"], ({coded, cell}) => {
    where.textContent = `Row ${cell.row + 1}, column ${cell.column + 1}`;
    if (!coded) return;
    before.paint(square(coded.picture.pixels, cell, coded.latents));
    after.paint(square(imagePixels(coded.decoded), cell, coded.latents));
    bars.update(valuesAt(coded.latents, cell).map((value, i) => ({name: `channel ${i + 1}`, value})));
  });
  onSelected(store, ["playing"], ({playing}) => {
    play.classList.toggle("playing", playing);
    play.setAttribute("aria-label", playing ? "Pause the lens" : "Let the lens move");
  });

  const timer = setInterval(() => {
    const {playing, cell} = store.state;
    if (playing && inView(node)) store.set({cell: following(cell)});
  }, PACE);
  void invalidation.then(() => clearInterval(timer));
  return node;
}

/** Whether a reader can see it: what moves out of sight would move the figures below. */
function inView(node: Element): boolean {
  const {top, bottom} = node.getBoundingClientRect();
  return !document.hidden && bottom > 0 && top < innerHeight;
}

/** The next place in reading order; after the last the first. */
export function following({row, column}: Cell, rows = 16, columns = 16): Cell {
  if (column + 1 < columns) return {row, column: column + 1};
  return {row: (row + 1) % rows, column: 0};
}

/** The numbers of all channels at a place: [1, C, h, w] -> C values. */
export function valuesAt({data, dims}: Tensor, {row, column}: Cell): number[] {
  const [, channels, height, width] = dims;
  return Array.from({length: channels}, (_, channel) => data[(channel * height + row) * width + column]);
}

/** The pixels of a picture that lie under one place of its latents. */
function square({data, width}: Pixels, {row, column}: Cell, {dims}: Tensor): Pixels {
  const side = width / dims[3];
  const cut = new Uint8ClampedArray(4 * side * side);
  for (let y = 0; y < side; y++) {
    const from = 4 * ((row * side + y) * width + column * side);
    cut.set(data.subarray(from, from + 4 * side), 4 * side * y);
  }
  return {data: cut, width: side, height: side};
}
