import {html} from "./dom.js";
import {matrixPixels} from "./heatmap.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import {sequentialScale} from "./scales.js";

/** A layer as the diagram draws it: what it is called, the letter on it, and the shape that leaves it. */
export interface DiagramNode {
  readonly role: string;
  readonly kind: "convolution" | "resnet" | "transformer" | "down" | "up";
  /** [channels, height, width] */
  readonly shape: readonly number[];
}

/** One rung of the U: the layers before a skip, the skip's shape, and the layers that read it. */
export interface DiagramRung {
  readonly down: readonly DiagramNode[];
  readonly skip: readonly number[];
  readonly up: readonly DiagramNode[];
}

export interface DiagramData {
  readonly rungs: readonly DiagramRung[];
  readonly middle: readonly DiagramNode[];
  /** Roles in the order they run. */
  readonly order: readonly string[];
  /** What enters, in words: the latents, the time, the text. */
  readonly sample: readonly number[];
  readonly time: number;
  readonly text: readonly [tokens: number, width: number];
}

/** What changes from moment to moment. */
export interface DiagramView {
  /** The role under the reader's eye. */
  readonly chosen: string | null;
  /** How many layers have run: the last of them is lit. null: all, none lit. */
  readonly ran: number | null;
  /** How much goes on at each place of a layer's output, [h * w]; null: not known. */
  activity(role: string): ArrayLike<number> | null;
}

/** A diagram whose `update` costs little; a press on a layer asks `onPick`. */
export type UnetDiagram = HTMLElement & {update(view: DiagramView): void};

/** The role that stands for the time embedding. */
export const TIME = "time_embedding";

export const KIND_NAMES: Readonly<Record<DiagramNode["kind"], string>> = {
  convolution: "convolution",
  resnet: "ResNet block",
  transformer: "spatial transformer",
  down: "halve the sides",
  up: "double the sides"
};
const LETTERS: Readonly<Record<DiagramNode["kind"], string>> = {
  convolution: "C",
  resnet: "R",
  transformer: "T",
  down: "↓",
  up: "↑"
};
/** Of each map by itself: how much is where, not how much there is. */
const COLOR = sequentialScale(1);

/** A UNet of any depth: the way down on the left, the way up on the right, a line for every skip. */
export function unetDiagram(data: DiagramData, {onPick}: {onPick: (role: string) => void}): UnetDiagram {
  const {rungs, middle, order, sample, time, text} = data;
  const largest = Math.max(...rungs.map(({skip}) => skip[1]));
  const smallest = Math.min(...rungs.map(({skip}) => skip[1]));
  const depth = Math.log2(largest / smallest) || 1;
  const cells = new Map<string, {button: HTMLButtonElement; canvas: PixelCanvas; shape: readonly number[]}>();
  const place = new Map(order.map((role, i) => [role, i]));

  function cell(node: DiagramNode): HTMLElement {
    const canvas = pixelCanvas(null);
    const name = `${node.role}: ${KIND_NAMES[node.kind]}, gives ${shapeText(node.shape)}`;
    const button = html(
      "button",
      {type: "button", class: `unet-node unet-${node.kind}`, "aria-pressed": "false", "aria-label": name, title: name},
      canvas,
      html("span", {class: "unet-letter", "aria-hidden": "true"}, LETTERS[node.kind])
    );
    button.style.setProperty("--size", String(Math.log2(node.shape[1] / smallest) / depth));
    button.addEventListener("click", () => onPick(node.role));
    cells.set(node.role, {button, canvas, shape: node.shape});
    return html("div", {class: "unet-cell"}, button, shapeLabel(node.shape));
  }

  const timeButton = html(
    "button",
    {type: "button", class: "unet-source unet-time", "aria-pressed": "false"},
    html("b", {}, "time"),
    ` [${time}] → every R`
  );
  timeButton.addEventListener("click", () => onPick(TIME));
  const node = html(
    "div",
    {class: "unet-diagram", role: "group", "aria-label": "The layers of the UNet"},
    html(
      "div",
      {class: "unet-sources"},
      html("span", {class: "unet-source"}, html("b", {}, "latents"), ` ${shapeText(sample)} → first C`),
      timeButton,
      html("span", {class: "unet-source unet-words"}, html("b", {}, "words"), ` [${text.join(", ")}] → every T`)
    ),
    ...rungs.map(({down, skip, up}) =>
      html(
        "div",
        {class: "unet-rung"},
        html("div", {class: "unet-down"}, ...down.map(cell)),
        html("div", {class: "unet-skip"}, html("span", {}, shapeText(skip))),
        html("div", {class: "unet-up"}, ...up.map(cell))
      )
    ),
    html("div", {class: "unet-middle"}, ...middle.map(cell))
  );

  return Object.assign(node, {
    update({chosen, ran, activity}: DiagramView): void {
      timeButton.setAttribute("aria-pressed", String(chosen === TIME));
      for (const [role, {button, canvas, shape}] of cells) {
        const at = place.get(role) ?? 0;
        const open = ran === null || at < ran;
        button.setAttribute("aria-pressed", String(role === chosen));
        button.classList.toggle("lit", ran !== null && at === ran - 1);
        button.classList.toggle("waiting", !open);
        canvas.paint(open ? pixelsOf(activity(role), shape) : null);
      }
    }
  });
}

const painted = new WeakMap<object, ReturnType<typeof matrixPixels>>();

/** The pixels of an activity, made once. */
function pixelsOf(activity: ArrayLike<number> | null, [, rows, columns]: readonly number[]) {
  if (!activity) return null;
  const known = painted.get(activity);
  if (known) return known;
  let most = 0;
  for (let i = 0; i < activity.length; i++) most = Math.max(most, activity[i]);
  const values = Float32Array.from(activity, (value) => value / (most || 1));
  const pixels = matrixPixels({values, rows, columns}, COLOR);
  painted.set(activity, pixels);
  return pixels;
}

/** "[96, 16, 16]" */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** Channels above, sides below: narrow enough for a phone. */
const shapeLabel = ([channels, height, width]: readonly number[]): HTMLElement =>
  html("span", {class: "unet-shape", "aria-hidden": "true"}, html("b", {}, String(channels)), ` ${height}×${width}`);
