import type {RunSettings} from "../components/runSettings.js";
import type {Token} from "../components/tokenRow.js";
import {attentionMaps, type AttentionMap} from "../src/trace/attention.js";
import type {Word} from "../src/trace/words.js";
import {recordedFilm, type Recording} from "../page/recorded.js";
import type {Film, Step} from "../page/film.js";
import {itemsOf, type Item} from "./tokens.js";
import {unpackMaps, type RecordedMaps} from "./recording.js";

/** Which prompt's half of guidance: with the prompt, or without it (the negative prompt's). */
export type Half = "cond" | "uncond";

/** A run of which every step's maps are known. */
export interface AttentionRun extends Film {
  /** The prompt's words, with the marks around them; the negative prompt's on the other half. */
  readonly items: Readonly<Record<Half, readonly Item[]>>;
  /** The maps of a step, all layers; recorded ones have one head a layer, and layers of one size are alike. */
  mapsAt(index: number, half: Half): readonly AttentionMap[];
}

/** A live run; its steps come one by one. */
export function liveRun(asked: {
  prompt: string;
  settings: RunSettings;
  tokens: readonly Token[];
  words: Readonly<Record<Half, readonly Word[]>>;
}): AttentionRun {
  const {prompt, settings, tokens, words} = asked;
  const steps: Step[] = [];
  const known = new WeakMap<Step, Map<Half, AttentionMap[]>>();
  return {
    ...{source: "live", prompt, settings, tokens, steps, numSteps: settings.steps, finished: false},
    items: {cond: itemsOf(words.cond, tokens.length), uncond: itemsOf(words.uncond, tokens.length)},
    mapsAt(index, half) {
      const step = steps[index];
      if (!step || (half === "uncond" && step.guidanceScale === 1)) return [];
      const halves = known.get(step) ?? new Map<Half, AttentionMap[]>();
      known.set(step, halves);
      const item = half === "cond" ? -1 : 0;
      const maps = halves.get(half) ?? attentionMaps(step.inside, {kind: "cross", item});
      halves.set(half, maps);
      return maps;
    }
  };
}

/** The run with which the page opens: latents and predictions as the home page has them, with maps beside. */
export function recordedRun(
  recording: Recording,
  numbers: ArrayBuffer,
  maps: RecordedMaps,
  bytes: ArrayBuffer
): AttentionRun {
  const film = recordedFilm(recording, numbers);
  const unpacked = unpackMaps(maps, bytes);
  return {
    ...film,
    items: {cond: itemsOf(maps.words, maps.count), uncond: itemsOf([], maps.count)},
    mapsAt: (index, half) => (half === "cond" ? (unpacked[index] ?? []) : [])
  };
}

/** The recorded maps of another run: of each frame. */
export interface MapFrames {
  readonly items: readonly Item[];
  readonly frames: readonly {readonly index: number; readonly maps: readonly AttentionMap[]}[];
}

export function framesOf(maps: RecordedMaps, bytes: ArrayBuffer): MapFrames {
  const unpacked = unpackMaps(maps, bytes);
  return {
    items: itemsOf(maps.words, maps.count),
    frames: maps.frames.map((index, i) => ({index, maps: unpacked[i]}))
  };
}
