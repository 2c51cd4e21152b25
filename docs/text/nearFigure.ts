import {html} from "../components/dom.js";
import {encodeText} from "../src/models/bytePairs.js";
import {rowBars} from "../components/rowBars.js";
import {textField} from "../components/textField.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {figureOf} from "./captions.js";
import {colorsAround, type Colors, type Rgb} from "./colors.js";
import {digits} from "./measures.js";
import {SHIPPED, untrained, type TokenCounts} from "./spelling.js";
import {MOST, type Neighbour, type TextState} from "./state.js";

const NEAREST = 10;
const FARTHEST = 3;

/** What is recorded: how often training saw each token, and the colour of each thing. */
export interface NearParts {
  readonly counts: TokenCounts;
  readonly colors: Colors;
}

/** Which phrases CLIP's one vector puts near the reader's. */
export function nearFigure(store: Store<TextState>, {counts, colors}: NearParts): HTMLElement {
  const {state, set} = store;
  const examples = ["a horse", "a red apple", "the sea at night", "something to eat"];
  const field = textField("Phrase", {value: state.phrase, examples, maxLength: MOST});
  field.addEventListener("input", () => set({phrase: field.value}));
  const [near, far] = [rowBars([], {label: "Nearest phrases"}), rowBars([], {label: "Farthest phrases"})];
  const [title, note, caption] = [html("h3", {}), html("p", {class: "readout"}), html("figcaption", {})];

  onSelected(
    store,
    ["phrase", "nearest", "bytePairs"],
    ({phrase, bytePairs, nearest: {source, model, phrase: shown, list}}) => {
      field.value = phrase;
      title.textContent = `Alike to this CLIP: “${shown}” and …`;
      const shownBar = (one: Neighbour) => bar(one, colors.get(one.phrase));
      near.update(list.slice(0, NEAREST).map(shownBar));
      far.update(list.slice(-FARTHEST).map(shownBar));
      const mean = list.reduce((sum, {cosine}) => sum + cosine, 0) / (list.length || 1);
      note.textContent = [
        `The mean over all ${list.length} phrases is ${digits(mean, 2)}.`,
        colorLine(shown, list, colors),
        model === SHIPPED && bytePairs ? untrainedLine(encodeText(bytePairs, shown, MOST).ids, counts) : "",
        phrase === shown ? "" : "Your phrase needs the model, which is not here yet."
      ]
        .filter(Boolean)
        .join(" ");
      caption.textContent = `${source === "live" ? "live, in this browser" : "recorded"} · ${model} model · cosine of CLIP’s text embeddings of whole phrases · dots: mean colour of each thing’s emoji, recorded`;
    }
  );

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
function bar({phrase, cosine}: Neighbour, color: Rgb | undefined) {
  return {label: phrase, share: cosine, value: digits(cosine, 2), picture: color ? dot(color) : null};
}

function dot([red, green, blue]: Rgb): HTMLElement {
  const node = html("i", {class: "color-dot", "aria-hidden": "true"});
  node.style.background = `rgb(${red} ${green} ${blue})`;
  return node;
}

/** How alike in colour the nearest are, and all. */
function colorLine(phrase: string, list: readonly Neighbour[], colors: Colors): string {
  const around = colorsAround(phrase, list, colors, NEAREST);
  if (!around) return "";
  const [nearest, all] = [around.nearest, around.all].map((value) => value.toFixed(0));
  return `In mean colour the emoji of the ${NEAREST} nearest are ${nearest} away from that of “${phrase}”, those of all ${all} (of 442, from black to white).`;
}

/** What training did not see of a phrase; "" where it saw all of it. @param ids with begin, end and padding */
function untrainedLine(ids: readonly number[], counts: TokenCounts): string {
  const pieces = ids.slice(1, ids.indexOf(ids.at(-1)!, 1));
  const unseen = pieces.filter((id) => untrained(id, counts)).length;
  if (!unseen) return "";
  return `Training hardly ever or never showed ${unseen} of its ${pieces.length} tokens: where the phrase lies is ${unseen < pieces.length ? "partly " : ""}left to chance.`;
}
