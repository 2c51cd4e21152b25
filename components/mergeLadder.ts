import {html} from "./dom.js";

/** One rung: the pieces of the word, which of them this merge made, and which merge it was (from 1); the first rung has none. */
export interface Rung {
  readonly pieces: readonly string[];
  readonly made: readonly number[];
  readonly merge: {readonly pair: readonly [string, string]; readonly number: number} | null;
}

/** A final piece: its id, and what is to be said of it; `untrained` marks one that training never showed. */
export interface FinalPiece {
  readonly text: string;
  readonly id: number;
  readonly note: string;
  readonly untrained: boolean;
}

/** A ladder that can be given another word. */
export type MergeLadder = HTMLElement & {
  update(rungs: readonly Rung[], shown: number, tokens: readonly FinalPiece[]): void;
};

/** A word on its way from bytes to tokens, a rung a merge, of which the first `shown` are visible; below the last one its tokens. */
export function mergeLadder(
  rungs: readonly Rung[],
  {shown = rungs.length, tokens = [] as readonly FinalPiece[]} = {}
): MergeLadder {
  const list = html("ol", {class: "rungs"});
  const final = html("ul", {class: "final-pieces", "aria-label": "Tokens of the word"});
  const node = html("div", {class: "merge-ladder"}, list, final);

  function update(next: readonly Rung[], count: number, pieces: readonly FinalPiece[]): void {
    list.replaceChildren(...next.map((rung, i) => rungNode(rung, i >= count, i === count - 1)));
    final.replaceChildren(...pieces.map(finalNode));
    final.classList.toggle("waiting", count < next.length);
  }

  update(rungs, shown, tokens);
  return Object.assign(node, {update});
}

function rungNode({pieces, made, merge}: Rung, hidden: boolean, latest: boolean): HTMLElement {
  const word = html(
    "span",
    {class: "rung-pieces"},
    ...pieces.map((piece, i) => html("span", {class: made.includes(i) ? "piece made" : "piece"}, ...spelled(piece)))
  );
  const words = merge
    ? html(
        "span",
        {class: "rung-merge"},
        `merge ${merge.number}: `,
        ...spelled(merge.pair[0]),
        " + ",
        ...spelled(merge.pair[1])
      )
    : html("span", {class: "rung-merge"}, "bytes");
  const state = hidden ? "rung waiting" : latest ? "rung latest" : "rung";
  return html("li", {class: state, "aria-hidden": hidden ? "true" : null}, words, word);
}

function finalNode({text, id, note, untrained}: FinalPiece): HTMLElement {
  return html(
    "li",
    {class: untrained ? "final-piece untrained" : "final-piece"},
    html("b", {}, ...spelled(text)),
    html("code", {}, `id ${id}`),
    html("span", {}, note)
  );
}

/** A piece with the mark of a word's end set apart. */
function spelled(piece: string): (Node | string)[] {
  return piece.endsWith("</w>") ? [piece.slice(0, -4), html("small", {class: "word-end"}, "</w>")] : [piece];
}
