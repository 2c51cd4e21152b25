import {html} from "../components/dom.js";
import {colorLegend, heatmap, type Cell} from "../components/heatmap.js";
import {labelledMatrix, type Label} from "../components/labelledMatrix.js";
import {divergingScale, type ColorScale} from "../components/scales.js";
import {segments} from "../components/segments.js";
import {textField} from "../components/textField.js";
import {
  nameOf,
  placeTokens,
  readable,
  TINTS,
  tokenChips,
  type PlacedToken,
  type TokenKind
} from "../components/tokenChips.js";
import type {Token} from "../components/tokenRow.js";
import {encodeText} from "../src/models/bytePairs.js";
import type {Store} from "../page/store.js";
import {figureOf, sourceLine} from "./captions.js";
import {digits} from "./measures.js";
import {playButton} from "./playing.js";
import {stageShown, stagesOf, type Reading, type Stage} from "./reading.js";
import {SHIPPED, untrained, type TokenCounts} from "./spelling.js";
import {MOST, type TextState} from "./state.js";

const EXAMPLES = ["a horse on the grass", "paradise, cosmic, beach", "a red apple in the snow", "two unicorns"];

/** The prompt, its tokens, and the matrix at a stage: the page's main figure. */
export function matrixFigure(store: Store<TextState>, counts: TokenCounts): HTMLElement {
  const {state, set} = store;
  const field = textField("Prompt", {value: state.prompt, examples: EXAMPLES, maxLength: MOST});
  field.addEventListener("input", () => set({prompt: field.value, row: null, hovered: null}));
  const onHover = (row: number | null) => set({hovered: row});
  const chips = tokenChips([], {onHover, label: "Tokens of the prompt"});
  chips.addEventListener("input", () => set({row: chips.value}));
  const count = html("p", {class: "figure-note"});

  const [play, names] = [playButton(store), segments("Stage", [])];
  names.addEventListener("input", () => set({stage: names.value, playing: false}));
  const says = html("p", {class: "stage-says", "aria-live": "polite"});

  let cell: Cell | null = null;
  const map = heatmap(EMPTY, {
    ...{color: divergingScale(1), label: "The matrix"},
    onHover(next) {
      cell = next;
      set({hovered: next?.row ?? null});
    },
    onPick: ({row}) => set({row: row === state.row ? null : row}),
    cellText: (at) => readout(at, placedOf(state.reading))
  });
  const matrix = labelledMatrix(map, {onRow: onHover, onPickRow: (row) => set({row})});
  const [line, legend, caption] = [html("p", {class: "readout"}), html("div", {}), html("figcaption", {})];

  let painted: Stage | null = null;
  store.onChange(({prompt, reading, stage, row, hovered, playing}) => {
    field.value = prompt;
    const read = tokensOf(state, counts);
    chips.update(read.tokens, row);
    chips.mark(hovered);
    count.textContent = countLine(read);

    const stages = stagesOf(reading);
    const shown = stageShown(reading, stage);
    names.update(
      stages.map(({key, name}) => ({value: key, text: name})),
      shown.key
    );
    play.update(playing);
    if (shown !== painted) {
      const color = scaleOf(shown.limit);
      says.textContent = shown.says;
      map.update(shown.matrix, labelOf(shown, reading), color);
      legend.replaceChildren(legendOf(shown, color));
      matrix.update(placedOf(reading).map(rowLabel), []);
      caption.textContent = sourceLine(reading, "one row a token, one column a number");
    }
    painted = shown;
    map.mark(row === null ? null : {row});
    matrix.mark(hovered ?? row);
    line.textContent = cell
      ? readout({...cell, value: shown.matrix.values[cell.row * shown.matrix.columns + cell.column]}, placedOf(reading))
      : "Point at the matrix, or focus it and use the arrow keys, to read its numbers.";
  });

  return figureOf(
    "From the prompt to a matrix",
    field,
    html("div", {class: "chips-block"}, chips, count),
    html("div", {class: "stage-controls"}, play.node, names),
    says,
    html("div", {class: "main-matrix"}, matrix),
    html("div", {class: "matrix-foot"}, line, legend),
    caption
  );
}

const EMPTY = {values: [0], rows: 1, columns: 1};

/** The prompt's tokens, and whether it had more of them than fit. */
interface Tokens {
  readonly tokens: readonly Token[];
  readonly truncated: boolean;
}

/** Those of a reading of the same prompt, else by the shipped model's tokenizer where it has come, else none. */
export function tokensOf({prompt, reading, bytePairs}: Readonly<TextState>, counts: TokenCounts): Tokens {
  const isShipped = reading.model === SHIPPED;
  if (reading.prompt !== prompt && !(bytePairs && isShipped)) return {tokens: [], truncated: false};
  const read = reading.prompt === prompt ? reading : encodeText(bytePairs!, prompt, reading.ids.length);
  return {
    tokens: read.tokens.map((text, i) => ({
      text,
      id: read.ids[i],
      untrained: isShipped && untrained(read.ids[i], counts)
    })),
    truncated: read.truncated
  };
}

const placed = new WeakMap<Reading, PlacedToken[]>();

/** A reading's tokens with their places and purposes, made once. */
export function placedOf(reading: Reading): PlacedToken[] {
  const known = placed.get(reading);
  const tokens = known ?? placeTokens(reading.tokens.map((text, i) => ({text, id: reading.ids[i]})));
  placed.set(reading, tokens);
  return tokens;
}

/** The name of a row, in the colour of its word. */
export function rowLabel({text, kind, word}: PlacedToken): Label {
  return kind === "piece" ? {text: readable(text), tint: `tint-${word % TINTS}`} : {text: kind, tint: "mark"};
}

function countLine({tokens, truncated}: Tokens): string {
  if (!tokens.length) return "The tokens of this prompt come with the model.";
  const placed = placeTokens(tokens);
  const kinds = placed.map(({kind}) => kind);
  const unseen = placed.filter((token) => token.kind === "piece" && token.untrained).length;
  const count = (wanted: TokenKind) => kinds.filter((kind) => kind === wanted).length;
  const [pieces, padding] = [count("piece"), count("padding")];
  const rest = padding ? `padding fills the other ${padding} places` : "no place is left for padding";
  const chance = unseen
    ? ` Training hardly ever or never showed ${unseen === pieces ? (pieces === 1 ? "it" : "them") : `${unseen} of them`}: dashed frames mark what it did not teach.`
    : "";
  const cut = truncated ? " The prompt has more tokens than fit: its end is cut off and never read." : "";
  return `${pieces} ${pieces === 1 ? "token" : "tokens"} between begin and end; ${rest}, so that every prompt has ${tokens.length} rows.${cut}${chance}`;
}

/** Colour scales by their limit: the same object keeps its table of colours. */
const scales = new Map<number, ColorScale>();
function scaleOf(limit: number): ColorScale {
  const known = scales.get(limit) ?? divergingScale(limit);
  if (scales.size > 40) scales.clear();
  scales.set(limit, known);
  return known;
}

function labelOf({name, matrix: {rows, columns}}: Stage, {prompt}: Reading): string {
  return `The matrix of “${prompt}” at the stage ${name}: ${rows} rows, ${columns} columns`;
}

function legendOf({limit}: Stage, color: ColorScale): HTMLElement {
  const format = (value: number) => digits(value, limit < 0.5 ? 2 : 1);
  return colorLegend(color, {from: -limit, to: limit, title: "value; 99 of 100 lie in this range", format});
}

function readout({row, column, value}: Cell, tokens: readonly PlacedToken[]): string {
  return `Row ${row} of 0 to ${tokens.length - 1}, ${nameOf(tokens[row])}, number ${column}: ${digits(value)}`;
}
