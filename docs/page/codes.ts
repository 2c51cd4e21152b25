import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import {onSelected} from "./selected.js";
import type {Store} from "./store.js";

/** The lines that made a figure: with this site's engine, and in Python where the same number can be had there. */
export interface Codes {
  readonly engine: string;
  readonly python?: string;
}

/** A row of folds that can be told of new lines. */
export type CodeRow = HTMLElement & {update(codes: Codes): void};

/** The row of folds: the same words on every page. The Python fold is there when there is Python to show. */
export function codeRow(codes: Codes = {engine: "", python: ""}): CodeRow {
  const engine = codeFold("Code", codes.engine);
  const python = codeFold("as diffusers Python", codes.python ?? "");
  const folds = codes.python === undefined ? [engine] : [engine, python];
  return Object.assign(html("div", {class: "codes wide"}, ...folds), {
    update(next: Codes): void {
      engine.update(next.engine);
      python.update(next.python ?? "");
    }
  });
}

/** A row that follows the named values of a page's state. */
export function codesOf<S extends object>(
  store: Pick<Store<S>, "state" | "onChange">,
  names: readonly (keyof S)[],
  write: (state: Readonly<S>) => Codes
): CodeRow {
  const row = codeRow(write(store.state));
  onSelected(store, names, (state) => row.update(write(state)));
  return row;
}

/** A figure with its codes right below it. */
export const withCodes = (figure: HTMLElement, row: CodeRow): HTMLElement => html("div", {class: "wide"}, figure, row);

/** A text as JavaScript writes it. */
export const jsText = (text: string): string => JSON.stringify(text);

/** A text as Python writes it: ASCII alone, so that the copy runs in any terminal. */
export const pyText = (text: string): string =>
  JSON.stringify(text).replace(/[\u{7f}-\u{10ffff}]/gu, (sign) => {
    const code = sign.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
