import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";
import {segments} from "../components/segments.js";
import {scenePixels, type MadeScene, type SceneStudio} from "../page/scenes.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {messageOf} from "../src/messageOf.js";
import {GROUPS, type Group} from "./recorded.js";
import type {ModelState} from "./state.js";

const SHOWN = 12;
const LAST = 99_999;

/** Colours of the first, second and third thing's mask. */
const TINTS = [
  [224, 81, 155],
  [59, 130, 246],
  [234, 179, 8]
] as const;

export interface ScenesFigureParts {
  store: Store<ModelState>;
  objects: readonly string[];
  scenes: Promise<SceneStudio>;
}

/** Scenes as the model was shown them, made here by the same code: picture, captions, and which pixel belongs to what. */
export function scenesFigure({store, objects, scenes}: ScenesFigureParts): HTMLElement {
  const {state, set} = store;
  const groups = (Object.keys(GROUPS) as Group[]).map((value) => ({value, text: GROUPS[value].title}));
  const group = segments("Scenes to look at", groups, {value: state.browse});
  const large = pixelCanvas(null, {smooth: true, label: "A scene"});
  const mask = html("input", {type: "checkbox", id: "scene-mask"});
  const told = html("div", {class: "scene-told"});
  const buttons = Array.from({length: SHOWN}, (_, i) => {
    const canvas = pixelCanvas(null, {smooth: true});
    const button = html("button", {type: "button", class: "scene-thumb", onclick: () => set({picked: i})}, canvas);
    return {button, canvas};
  });
  const open = (scene: number): void => set({scene: Math.max(0, Math.min(LAST, scene)), picked: 0});
  let made: MadeScene[] = [];

  function show(): void {
    const scene = made[state.picked];
    const masks = (mask.checked = state.mask === "on");
    if (!scene) return;
    const pixels = scenePixels(scene);
    large.paint(masks ? masked(pixels, scene.mask) : pixels);
    large.label(`${scene.captions[0].text}${masks ? ", each thing under its colour" : ""}`);
    told.replaceChildren(...wordsOf(scene));
    buttons.forEach(({button}, i) => button.setAttribute("aria-pressed", String(i === state.picked)));
  }

  async function make(): Promise<void> {
    const {browse, scene} = state;
    const {first, split} = GROUPS[browse];
    try {
      const studio = await scenes;
      made = Array.from({length: SHOWN}, (_, i) => studio.make(first + scene + i, {split, objects}));
    } catch (error) {
      told.textContent = `The scenes cannot be made: ${messageOf(error)}`;
      return;
    }
    made.forEach((each, i) => {
      buttons[i].canvas.paint(scenePixels(each));
      buttons[i].button.setAttribute("aria-label", each.captions[0].text);
      buttons[i].button.title = each.captions[0].text;
    });
    show();
  }

  group.addEventListener("input", () => set({browse: group.value as Group, picked: 0}));
  mask.addEventListener("change", () => set({mask: mask.checked ? "on" : "off"}));
  onSelected(store, ["browse", "scene"], () => void make());
  onSelected(store, ["picked", "mask"], show);
  return html(
    "section",
    {class: "figure wide", "aria-label": "Scenes"},
    group,
    html(
      "div",
      {class: "scene-stage"},
      html(
        "div",
        {class: "scene-large"},
        large,
        html("label", {class: "check", for: "scene-mask"}, mask, " show which pixel is what")
      ),
      told
    ),
    html(
      "div",
      {class: "scene-thumbs", role: "group", "aria-label": "Scenes on this sheet"},
      ...buttons.map(({button}) => button)
    ),
    html(
      "div",
      {class: "buttons"},
      html("button", {type: "button", onclick: () => open(state.scene - SHOWN)}, "Back"),
      html("button", {type: "button", onclick: () => open(state.scene + SHOWN)}, "12 more"),
      html("button", {type: "button", onclick: () => open(Math.floor(Math.random() * 40_000))}, "Somewhere else")
    ),
    html(
      "p",
      {class: "caption"},
      "live: made in this browser by the code that made the training data, the same bytes (data/scenes)."
    )
  );
}

/** A picture under its mask: each thing in a colour of its own, all else as it is. */
export function masked({data, width, height}: Pixels, mask: Uint8Array, opacity = 0.55): Pixels {
  const tinted = data.slice();
  mask.forEach((label, i) => {
    if (!label) return;
    const tint = TINTS[(label - 1) % TINTS.length];
    for (let c = 0; c < 3; c++) tinted[4 * i + c] = (1 - opacity) * tinted[4 * i + c] + opacity * tint[c];
  });
  return {data: tinted, width, height};
}

function wordsOf({spec, captions, boxes}: MadeScene): Node[] {
  const where = spec.place ?? `a plain ${spec.color} ground`;
  const when = [spec.time, spec.cosmic ? "cosmic" : null, spec.paradise ? "paradise" : null].filter(Boolean).join(", ");
  const things = spec.objects.map(({name, size, position}, i) => {
    const [left, top, right, bottom] = boxes[i];
    return html(
      "li",
      {"data-thing": i + 1},
      `${name.replaceAll("-", " ")}, ${size}, ${position}: ${right - left} × ${bottom - top} pixels at (${left}, ${top})`
    );
  });
  return [
    html("h3", {}, `Scene ${spec.seed.toLocaleString("en")}`),
    html("p", {class: "small"}, `${where}${when ? `, ${when}` : ""}`),
    html("ul", {class: "things"}, ...things),
    html("h3", {}, "What people might call it"),
    html("ol", {class: "scene-captions"}, ...captions.map(({text}) => html("li", {}, text)))
  ];
}
