import {html} from "../components/dom.js";
import {heatmap, type Matrix} from "../components/heatmap.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {divergingScale} from "../components/scales.js";
import {letter} from "../components/similarityTable.js";
import type {Store} from "../page/store.js";
import type {Embeddings} from "../page/embeddings.js";
import {signed} from "./matrix.js";
import type {ClipConfig} from "../page/clipRecording.js";
import {sourceLine, type ClipState} from "./state.js";

/** The two towers on the selected pair: every stage with its shape, the two directions, and the sum that is their cosine. */
export function towers({
  store,
  embeddings,
  config
}: {
  store: Store<ClipState>;
  embeddings: Embeddings;
  config: ClipConfig;
}): HTMLElement {
  const width = config.projection_dim;
  const scale = divergingScale(3 / Math.sqrt(width));
  const blank = asMatrix(new Float32Array(width));
  const strips = [
    heatmap(blank, {color: scale, label: "Direction of the picture"}),
    heatmap(blank, {color: scale, label: "Direction of the caption"})
  ];
  const products = heatmap(blank, {color: divergingScale(4 / width), label: "Their products"});
  const picture = pixelCanvas(null, {smooth: true, label: "The picture, cut into patches"});
  const words = html("p", {class: "tower-caption"});
  const caption = html("p", {class: "caption"});
  const titles = ["", ""].map(() => html("span"));
  const sum = html("p", {class: "tower-sum", "aria-live": "polite"});
  const {image_size: side, patch_size: patch} = config.vision_config;
  const patched = html("div", {class: "patched", style: `--patches: ${side / patch}`}, picture);

  let shown = "";
  store.onChange((now) => {
    const {pictures, captions, cell} = now;
    const [chosen, told] = [pictures[cell.row], captions[cell.column]];
    const [a, b] = [embeddings.picture(chosen?.pixels ?? null), embeddings.text(told)];
    picture.paint(chosen?.pixels ?? null);
    words.textContent = `“${told}”`;
    titles[0].textContent = `Picture ${cell.row + 1}`;
    titles[1].textContent = `Caption ${letter(cell.column)}`;
    const [u, v] = [a, b].map((row) => (row ? unit(row) : new Float32Array(width)));
    strips[0].update(asMatrix(u), `Direction of picture ${cell.row + 1}: ${width} numbers`);
    strips[1].update(asMatrix(v), `Direction of caption ${letter(cell.column)}: ${width} numbers`);
    const parts = u.map((value, i) => value * v[i]);
    const cosine = parts.reduce((total, value) => total + value, 0);
    products.update(asMatrix(parts), `The ${width} products, whose sum is ${signed(cosine)}`);
    const line = a && b ? `Sum of the ${width} products: cosine ${signed(cosine)}` : "…";
    if (line !== shown) sum.textContent = line;
    shown = line;
    caption.textContent = sourceLine(now, embeddings.live([told], [chosen?.pixels ?? null]), [
      `picture ${cell.row + 1} and caption ${letter(cell.column)}, selected in the matrix above`
    ]);
  });

  return html(
    "section",
    {class: "figure wide towers", "aria-label": "Two towers"},
    html(
      "div",
      {class: "tower-pair"},
      tower("picture", titles[0], patched, visionStages(config), strips[0]),
      tower("text", titles[1], words, textStages(config), strips[1])
    ),
    html(
      "div",
      {class: "tower-meeting"},
      html("span", {class: "tower-times"}, "one times the other, number by number"),
      products,
      sum
    ),
    caption
  );
}

/** A stage of a tower: what happens, and the shape that comes out. */
type Stage = readonly [what: string, shape: string];

/** From pixels to a direction. */
export function visionStages({projection_dim: out, vision_config: vision}: ClipConfig): Stage[] {
  const {image_size: side, patch_size: patch, hidden_size: width, num_hidden_layers: layers} = vision;
  const patches = (side / patch) ** 2;
  return [
    [`a picture`, `[3, ${side}, ${side}]`],
    [`cut into patches of ${patch} × ${patch} pixels`, `[${patches}, ${3 * patch * patch}]`],
    [
      `each patch becomes one vector; a blank one joins them to collect the answer; each place’s own vector is added`,
      `[${patches + 1}, ${width}]`
    ],
    [
      `${layers} transformer layers, ${vision.num_attention_heads} heads: every patch may look at all others`,
      `[${patches + 1}, ${width}]`
    ],
    [`the blank one's vector is taken out`, `[${width}]`],
    [`a last matrix, then length 1`, `[${out}]`]
  ];
}

/** From words to a direction. */
export function textStages({projection_dim: out, text_config: text}: ClipConfig): Stage[] {
  const {max_position_embeddings: length, hidden_size: width, num_hidden_layers: layers, vocab_size: words} = text;
  return [
    [`a caption`, `text`],
    [`cut into tokens, each one of ${words.toLocaleString("en")}`, `[${length}]`],
    [`each token becomes one vector; each place’s own vector is added`, `[${length}, ${width}]`],
    [
      `${layers} transformer layers, ${text.num_attention_heads} heads: every token may look at itself and those before it`,
      `[${length}, ${width}]`
    ],
    [`the vector of the end mark is taken out: it has seen all words`, `[${width}]`],
    [`a last matrix, then length 1`, `[${out}]`]
  ];
}

function tower(kind: "picture" | "text", title: Node, input: Node, stages: readonly Stage[], strip: Node): HTMLElement {
  const items = stages.map(([what, shape]) => html("li", {}, html("span", {}, what), html("code", {}, shape)));
  return html(
    "article",
    {class: `tower tower-${kind}`},
    html("h3", {}, kind === "picture" ? "Picture tower" : "Text tower", html("small", {}, title)),
    html("div", {class: "tower-input"}, input),
    html("ol", {class: "tower-stages"}, ...items),
    strip
  );
}

function unit(row: Float32Array): Float32Array {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  return row.map((value) => value / length);
}

/** A vector in rows of 32, the last one filled up with zeros. */
function asMatrix(values: Float32Array): Matrix {
  const columns = Math.min(32, values.length);
  const rows = Math.ceil(values.length / columns);
  const filled = new Float32Array(rows * columns);
  filled.set(values);
  return {values: filled, rows, columns};
}
