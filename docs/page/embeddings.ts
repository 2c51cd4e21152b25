import type {Pixels} from "../components/pixels.js";
import {imageTensor} from "./scenes.js";
import {concat, rowsOf} from "../src/tensor.js";
import type {Engine} from "../src/worker/client.js";

/** Directions of texts and pictures, recorded at first and computed once each. */
export interface Embeddings {
  text(text: string): Float32Array | null;
  picture(pixels: Pixels | null): Float32Array | null;
  /** Whether all of these were computed here, not recorded. */
  live(texts: readonly string[], pictures: readonly (Pixels | null)[]): boolean;
  /** Known from a recording: shown until it is computed. */
  putText(text: string, row: Float32Array): void;
  putPicture(pixels: Pixels, row: Float32Array): void;
  /** Computes what was not computed yet of these, all texts and all pictures at once. @throws what the engine throws */
  want(texts: readonly string[], pictures: readonly (Pixels | null)[]): Promise<void>;
}

interface Row {
  values: Float32Array;
  live: boolean;
}

/** Embeddings by an engine, one request at a time: what is known by the time its turn comes is not asked for again. */
export function createEmbeddings(engine: Pick<Engine, "embedTexts" | "embedImages">): Embeddings {
  const texts = new Map<string, Row>();
  const pictures = new WeakMap<object, Row>();
  let last: Promise<unknown> = Promise.resolve();

  async function compute(wanted: readonly string[], shown: readonly (Pixels | null)[]): Promise<void> {
    const newTexts = [...new Set(wanted)].filter((text) => !texts.get(text)?.live);
    const newPictures = [...new Set(shown)].filter((pixels) => pixels && !pictures.get(pixels.data)?.live) as Pixels[];
    if (newTexts.length) {
      const rows = rowsOf(await engine.embedTexts(newTexts));
      newTexts.forEach((text, i) => texts.set(text, {values: rows[i], live: true}));
    }
    if (newPictures.length) {
      const rows = rowsOf(await engine.embedImages(concat(newPictures.map(imageTensor))));
      newPictures.forEach(({data}, i) => pictures.set(data, {values: rows[i], live: true}));
    }
  }

  return {
    text: (text) => texts.get(text)?.values ?? null,
    picture: (pixels) => (pixels && pictures.get(pixels.data)?.values) ?? null,
    live: (wanted, shown) =>
      wanted.every((text) => texts.get(text)?.live) &&
      shown.every((pixels) => pixels && pictures.get(pixels.data)?.live),
    putText: (text, values) => void texts.set(text, {values, live: false}),
    putPicture: ({data}, values) => void pictures.set(data, {values, live: false}),
    want(wanted, shown) {
      const mine = last.then(() => compute(wanted, shown));
      last = mine.catch(() => {});
      return mine;
    }
  };
}
