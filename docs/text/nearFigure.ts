import {html} from "../components/dom.js";
import {rowBars} from "../components/rowBars.js";
import {textField} from "../components/textField.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {figureOf} from "./captions.js";
import {digits} from "./measures.js";
import {MOST, type Neighbour, type TextState} from "./state.js";

const NEAREST = 10;
const FARTHEST = 3;

/** Which phrases CLIP's one vector puts near the reader's. */
export function nearFigure(store: Store<TextState>): HTMLElement {
  const {state, set} = store;
  const examples = ["a horse", "a red apple", "the sea at night", "something to eat"];
  const field = textField("Phrase", {value: state.phrase, examples, maxLength: MOST});
  field.addEventListener("input", () => set({phrase: field.value}));
  const [near, far] = [rowBars([], {label: "Nearest phrases"}), rowBars([], {label: "Farthest phrases"})];
  const [title, note, caption] = [html("h3", {}), html("p", {class: "readout"}), html("figcaption", {})];

  onSelected(store, ["phrase", "nearest"], ({phrase, nearest: {source, model, phrase: shown, list}}) => {
    field.value = phrase;
    title.textContent = `Alike to this CLIP: “${shown}” and …`;
    near.update(list.slice(0, NEAREST).map(bar));
    far.update(list.slice(-FARTHEST).map(bar));
    const mean = list.reduce((sum, {cosine}) => sum + cosine, 0) / (list.length || 1);
    note.textContent = `The mean over all ${list.length} phrases is ${digits(mean, 2)}. ${phrase === shown ? "" : "Your phrase needs the model, which is not here yet."}`;
    caption.textContent = `${source === "live" ? "live, in this browser" : "recorded"} · ${model} model · cosine of CLIP’s text embeddings of whole phrases`;
  });

  return figureOf(
    "Phrases that are alike to this CLIP",
    field,
    title,
    html("div", {class: "near"}, near, html("p", {class: "far-words"}, "and least alike:"), far),
    note,
    caption
  );
}

/** A cosine as a bar: nothing is drawn for one below 0, whose number tells. */
function bar({phrase, cosine}: Neighbour) {
  return {label: phrase, share: cosine, value: digits(cosine, 2)};
}
