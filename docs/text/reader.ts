import {readBytePairs, type TokenizerFile} from "../src/models/bytePairs.js";
import type {Engine} from "../src/worker/client.js";
import type {Store} from "../page/store.js";
import {cosine, lengthOf} from "./measures.js";
import {phrasesOf} from "./phrases.js";
import type {Reading, Recorded} from "./reading.js";
import type {Nearest, TextState} from "./state.js";

/** What the reader of prompts needs; tests bring their own. */
export interface ReaderOptions {
  engine: Pick<Engine, "load" | "readText" | "embedTexts">;
  recorded: Omit<Recorded, "colors">;
  /** The name of the recorded model. */
  model: string;
  phrases: readonly string[];
  /** The model's `tokenizer.json`. */
  fetchTokenizer(): Promise<TokenizerFile>;
  /** Milliseconds after the last key before the model is asked. */
  wait?: number;
}

/** So many texts are embedded in one call: the page stays quick to answer between two. */
const BATCH = 20;

/** So many readings are kept, each of about 0.2 MB. */
const KEPT = 12;

/**
 * Keeps readings, their comparison and the neighbours at what the state asks for: one question to the engine at a time, the newest first,
 * and none twice.
 */
export function createReader(
  store: Store<TextState>,
  {engine, recorded, model, phrases, fetchTokenizer, wait = 150}: ReaderOptions
) {
  const {state} = store;
  const live = new Map<string, Reading>();
  const pooled = new Map<string, Float32Array>();
  let wanted = phrases;
  let liveModel = model;
  let embeds = true; // a model without CLIP has no embeddings of whole texts
  let [working, stopped, failed, begun] = [false, false, false, false];
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** What is to be asked next: first the prompt, then what it is compared with, then the phrases. */
  function nextTask(): (() => Promise<void>) | null {
    const unread = [state.prompt, state.other].find((text) => !live.has(text));
    if (unread !== undefined) return () => read(unread);
    const loose = [...new Set([state.prompt, state.other, state.phrase, ...wanted])].filter(
      (text) => !pooled.has(text)
    );
    return loose.length && embeds ? () => embed(loose.slice(0, BATCH)) : null;
  }

  async function read(prompt: string): Promise<void> {
    live.set(prompt, {...(await engine.readText(prompt)), source: "live", model: liveModel, prompt});
    for (const known of live.keys())
      if (live.size > KEPT && ![state.prompt, state.other].includes(known)) live.delete(known);
    publish();
  }

  async function embed(texts: readonly string[]): Promise<void> {
    const found = await engine.embedTexts(texts).catch(() => null);
    embeds = found !== null;
    if (!found) return;
    const {data, dims} = found;
    texts.forEach((text, i) => pooled.set(text, data.slice(i * dims[1], (i + 1) * dims[1])));
    publish();
  }

  async function work(): Promise<void> {
    if (working || stopped || !begun) return;
    working = true;
    try {
      const info = await engine.load();
      liveModel = info.name;
      const known = phrasesOf(info.vocabulary);
      wanted = known.length ? known : phrases;
      failed = false;
      for (let task = nextTask(); task && !stopped; task = nextTask()) await task();
    } catch {
      failed = true; // told by the engine's status, which offers to try again
    } finally {
      working = false;
    }
  }

  /** Puts the newest answers into the state: the newest that fit, never older ones. */
  function publish(): void {
    const [from, to] = [live.get(state.prompt), live.get(state.other)];
    const change: Partial<TextState> = {};
    if (from && from !== state.reading) change.reading = from;
    if (from && to) change.pair = {from, to, pooledCosine: pooledCosine(pooled, state.prompt, state.other)};
    const nearest = nearestTo(state.phrase);
    if (nearest) change.nearest = nearest;
    store.set(change);
  }

  /** Live where all of it is there, else recorded where the phrase is. */
  function nearestTo(phrase: string): Nearest | null {
    const complete = pooled.has(phrase) && wanted.every((text) => pooled.has(text));
    const [source, from] = complete ? (["live", pooled] as const) : (["recorded", recorded.pooled] as const);
    if (state.nearest.source === "live" && source === "recorded") return null;
    return ranked(phrase, complete ? wanted : phrases, from, {source, model: complete ? liveModel : model});
  }

  function ask(): void {
    clearTimeout(timer);
    publishKnown();
    if (!failed) timer = setTimeout(() => void work(), wait);
  }

  /** What is known already needs no waiting. */
  function publishKnown(): void {
    if (live.has(state.prompt) || recorded.pooled.has(state.phrase)) publish();
  }

  let asked = "";
  store.onChange(({prompt, other, phrase}) => {
    const key = JSON.stringify([prompt, other, phrase]);
    if (key === asked) return;
    asked = key;
    ask();
  });

  return {
    /** Fetches the tokenizer, then the model. */
    async begin(): Promise<void> {
      begun = true;
      const bytePairs = await fetchTokenizer().then(readBytePairs, () => null); // without it, recorded words remain
      store.set({bytePairs});
      await work();
    },
    /** Tries again after a failure. */
    retry(): void {
      failed = false;
      embeds = true;
      void work();
    },
    stop(): void {
      stopped = true;
      clearTimeout(timer);
    }
  };
}

/** The cosine of two texts' embeddings; null where one is not known. */
export function pooledCosine(pooled: ReadonlyMap<string, Float32Array>, a: string, b: string): number | null {
  const [from, to] = [pooled.get(a), pooled.get(b)];
  return from && to ? cosine(from, to) : null;
}

/** Phrases by their cosine to one of them, or to another that is known; null where it is not. */
export function ranked(
  phrase: string,
  phrases: readonly string[],
  pooled: ReadonlyMap<string, Float32Array>,
  of: Pick<Nearest, "source" | "model">
): Nearest | null {
  const own = pooled.get(phrase);
  if (!own) return null;
  const others = phrases.filter((text) => text !== phrase && pooled.has(text));
  const list = others
    .map((text) => ({phrase: text, cosine: cosine(own, pooled.get(text)!), length: lengthOf(pooled.get(text)!)}))
    .sort((a, b) => b.cosine - a.cosine);
  return {...of, phrase, length: lengthOf(own), list};
}
