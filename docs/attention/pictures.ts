import type {Pixels} from "../components/pixels.js";
import {SHEET} from "./experiments.js";

/** The recorded pictures by name: there are none until the sheet has come. */
export interface Pictures {
  get(name: (typeof SHEET)[number] | string): Pixels | null;
  show(sheet: readonly Pixels[]): void;
  /** Called at once where the sheet is there, and when it comes. */
  onShown(listener: () => void): void;
}

export function createPictures(): Pictures {
  let shown: readonly Pixels[] = [];
  const listeners: (() => void)[] = [];
  return {
    get: (name) => shown[SHEET.indexOf(name as (typeof SHEET)[number])] ?? null,
    show(sheet) {
      shown = sheet;
      for (const listener of listeners) listener();
    },
    onShown(listener) {
      listeners.push(listener);
      if (shown.length) listener();
    }
  };
}
