import {html} from "../components/dom.js";
import {rowBars, type RowBar} from "../components/rowBars.js";
import {segments} from "../components/segments.js";
import {textField} from "../components/textField.js";
import {readable, TINTS, type PlacedToken} from "../components/tokenChips.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {figureOf} from "./captions.js";
import {placedOf} from "./matrixFigure.js";
import {digits, firstDifference, rowDifferences, shareText} from "./measures.js";
import {stageShown, stagesOf} from "./reading.js";
import {MOST, type ReadingPair, type TextState} from "./state.js";

/** Two prompts row by row: where, and how far, their matrices differ. */
export function changeFigure(store: Store<TextState>): HTMLElement {
  const {state, set} = store;
  const field = textField("Another prompt", {value: state.other, maxLength: MOST});
  field.addEventListener("input", () => set({other: field.value}));
  const ready = html("div", {class: "chips", role: "group", "aria-label": "Ready changes"});
  for (const [text, change] of CHANGES)
    ready.append(
      html("button", {type: "button", class: "chip", onclick: () => set({other: change(state.prompt)})}, text)
    );

  const names = segments("After", []);
  names.addEventListener("input", () => set({after: names.value}));
  const bars = rowBars([], {label: "Difference of each row"});
  const [summary, pooled, caption] = [
    html("p", {class: "readout"}),
    html("p", {class: "readout"}),
    html("figcaption", {})
  ];

  function show({pair, other, after}: Readonly<TextState>): void {
    field.value = other;
    const stages = stagesOf(pair.from).filter(({key}) => key !== "place");
    names.update(
      stages.map(({key, name}) => ({value: key, text: name})),
      stageShown(pair.from, after).key
    );
    bars.update(differenceBars(pair, names.value));
    summary.textContent = summaryOf(pair, names.value);
    pooled.textContent =
      pair.pooledCosine === null
        ? "The cosine of the two prompts’ single vectors comes with the model."
        : `CLIP also squeezes each prompt into one single vector; the cosine of the two is ${digits(pair.pooledCosine, 2)}.`;
    caption.textContent = `${pair.from.source === "live" ? "live, in this browser" : "recorded"} · “${pair.from.prompt}” beside “${pair.to.prompt}” · ${pair.from.model} model · difference of two rows over the mean of their lengths`;
  }

  onSelected(store, ["pair", "other", "after"], show);
  return figureOf(
    "Change one word",
    html("div", {class: "change-controls"}, field, ready),
    names,
    bars,
    summary,
    pooled,
    caption
  );
}

/** Ready changes of a prompt. */
const CHANGES: readonly (readonly [string, (prompt: string) => string])[] = [
  ["another last word", (prompt) => replaceWord(prompt, -1, (word) => (word === "beach" ? "snow" : "beach"))],
  ["another first thing", (prompt) => replaceWord(prompt, 1, (word) => (word === "cat" ? "dog" : "cat"))],
  ["one word more", (prompt) => `${prompt.trim()} at night`],
  ["the order turned round", (prompt) => prompt.trim().split(/\s+/).reverse().join(" ")]
];

/** A prompt with the word at an index (from the end where it is negative) replaced; its comma stays. */
export function replaceWord(prompt: string, index: number, change: (word: string) => string): string {
  const words = prompt.trim().split(/\s+/);
  const at = Math.min(words.length - 1, index < 0 ? words.length + index : index);
  const [, word, tail] = words[at].match(/^(.*?)([.,;:!?]*)$/)!;
  return words.with(at, change(word) + tail).join(" ");
}

/** A bar a row, up to the later one of the two end marks and two rows of padding; the rest is told in the summary. */
export function differenceBars(pair: ReadingPair, stageKey: string): RowBar[] {
  const differences = differencesOf(pair, stageKey);
  const largest = Math.max(...differences, 1e-9);
  const [from, to] = [placedOf(pair.from), placedOf(pair.to)];
  return differences.slice(0, rowsShown(pair)).map((value, i) => ({
    label: from[i].id === to[i].id ? nameIn(from[i]) : `${nameIn(from[i])} → ${nameIn(to[i])}`,
    tint: from[i].kind === "piece" ? `tint-${from[i].word % TINTS}` : "mark",
    share: value / largest,
    value: shareText(value)
  }));
}

const nameIn = ({kind, text}: PlacedToken): string => (kind === "piece" ? readable(text) : kind);

function rowsShown({from, to}: ReadingPair): number {
  const end = Math.max(...[from, to].map((reading) => placedOf(reading).findIndex(({kind}) => kind === "end")));
  return Math.min(from.ids.length, end + 3);
}

function differencesOf({from, to}: ReadingPair, stageKey: string): number[] {
  const [a, b] = [from, to].map((reading) => stagesOf(reading).find(({key}) => key === stageKey)!.matrix);
  return rowDifferences(a, b);
}

/** What the bars show, counted: rows before the first changed token, and those from it on. */
export function summaryOf(pair: ReadingPair, stageKey: string): string {
  const first = firstDifference(pair.from.ids, pair.to.ids);
  const differences = differencesOf(pair, stageKey);
  if (first === differences.length) return "The two prompts have the same tokens, so nothing differs.";
  const largestBefore = Math.max(0, ...differences.slice(0, first));
  const before = largestBefore === 0 ? "not one number differs" : `rows differ by ${shareText(largestBefore)} at most`;
  const after = differences.slice(first);
  const changed = after.filter((value) => value > 0).length;
  return `The first changed token stands in row ${first}. In the ${first} ${first === 1 ? "row" : "rows"} before it ${before}; of the ${after.length} rows from there on, padding included, ${changed} differ.`;
}
