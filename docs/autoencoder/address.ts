import {choice, number, seed, text, writeQuery, type Field} from "../page/query.js";
import type {Cell} from "../components/gridCursor.js";
import {readEdits, writeEdits, type Edits} from "./edits.js";
import type {AutoencoderState} from "./state.js";

/** What an address of this chapter can hold. Pictures are named by their scene's number; others do not travel in an address. */
export interface Address {
  prompt: string;
  seed: number;
  toSeed: number;
  scene: number;
  to: number;
  cell: Cell;
  channel: number;
  brush: "add" | "set";
  amount: number;
  size: number;
  edits: Edits;
  snr: number;
  noise: number;
  share: number;
  spread: number;
  sample: number;
  nothing: number;
  loudness: number;
}

const cell: Field<Cell> = (value) => {
  const [, row, column] = (/^(\d{1,2})\.(\d{1,2})$/.exec(value) ?? []).map(Number);
  return row >= 1 && row <= 16 && column >= 1 && column <= 16 ? {row: row - 1, column: column - 1} : undefined;
};

/** A number of 1 to 4 in the address, counted from 0 here. */
const channel: Field<number> = (value) => (/^[1-4]$/.test(value) ? Number(value) - 1 : undefined);

const size: Field<number> = (value) => ([1, 3, 5].includes(Number(value)) ? Number(value) : undefined);

export const fields: {[K in keyof Address]: Field<Address[K]>} = {
  ...{prompt: text, seed, toSeed: seed, scene: seed, to: seed, cell, channel, brush: choice("add", "set")},
  ...{
    amount: number(-4, 4),
    size,
    edits: (value) => readEdits(value),
    snr: number(-10, 30, {whole: true}),
    noise: seed
  },
  ...{share: number(0, 1), spread: number(0, 30), sample: seed, nothing: seed, loudness: number(0, 2)}
};

/** The query of a state, without what is as it was at first. */
export function addressOf(state: Readonly<AutoencoderState>, first: Readonly<AutoencoderState>): string {
  return writeQuery(valuesOf(state), valuesOf(first));
}

function valuesOf(state: Readonly<AutoencoderState>): Record<string, string | number | null> {
  const {
    prompt,
    seed: drawn,
    toSeed,
    brush,
    amount,
    size: side,
    snr,
    noise,
    share,
    spread,
    sample,
    nothing,
    loudness
  } = state;
  return {
    ...{prompt, seed: drawn, toSeed, scene: state.picture.seed ?? null, to: state.to.seed ?? null},
    ...{cell: state.playing ? null : `${state.cell.row + 1}.${state.cell.column + 1}`, channel: state.channel + 1},
    ...{brush, amount, size: side, edits: writeEdits(state.edits), snr, noise, share, spread, sample, nothing, loudness}
  };
}
