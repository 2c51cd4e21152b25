import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {seedField} from "../components/seedField.js";
import type {Store} from "../page/store.js";
import type {NoiseState} from "./state.js";
import {OFFERED, type Subjects} from "./subjects.js";

/** Which picture is noised, and with which noise. */
export function chooser(store: Store<NoiseState>, subjects: Subjects): HTMLElement {
  const {state, set, onChange} = store;
  const choose = (seed: number) => (set({eye: null}), void subjects.chooseScene(seed).catch(() => {})); // told by the engine's status
  const thumbs = OFFERED.map((seed) => thumb(seed, subjects, () => choose(seed)));
  const another = html(
    "button",
    {type: "button", class: "chip", onclick: () => choose(1000 + Math.floor(Math.random() * 1e6))},
    "Another scene"
  );
  const seed = seedField(state.seed, {label: "Seed"});
  seed.addEventListener("input", () => set({seed: seed.value, eye: null}));
  onChange(({scene, seed: wanted}) => {
    thumbs.forEach((button, i) => button.setAttribute("aria-pressed", String(OFFERED[i] === scene)));
    seed.value = wanted;
  });
  return html(
    "div",
    {class: "chooser"},
    html("div", {class: "thumbs", role: "group", "aria-label": "The picture"}, ...thumbs, another),
    html("div", {class: "chooser-seed"}, seed, html("small", {class: "muted"}, "throws the noise"))
  );
}

function thumb(seed: number, subjects: Subjects, onclick: () => void): HTMLButtonElement {
  const canvas = pixelCanvas(null, {smooth: true});
  const button = html("button", {type: "button", class: "thumb", "aria-label": `Scene ${seed}`, onclick}, canvas);
  void subjects.look(seed).then(({caption, pixels}) => {
    canvas.paint(pixels);
    button.setAttribute("aria-label", `Scene ${seed}: ${caption}`);
  });
  return button;
}
