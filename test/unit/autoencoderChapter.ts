/** The chapter on the autoencoder from its recording alone, with grey pictures and a model that never comes. */
import {readFileSync} from "node:fs";
import {afterAll} from "vitest";
import {pictureSource} from "../../components/pictureSource.js";
import {createAutoencoder} from "../../docs/autoencoder/autoencoder.js";
import type {Recording} from "../../docs/autoencoder/recording.js";
import type {Engine} from "../../src/worker/client.js";

const read = (name: string) => readFileSync(`docs/recorded/autoencoder.${name}`);
const recording = JSON.parse(read("json").toString()) as Recording;
const bytes = read("bin");
const pixels = (grey: number) => ({
  ...{data: new Uint8ClampedArray(4 * 128 * 128).fill(grey), width: 128, height: 128}
});
const scene = async (seed: number) => ({kind: "scene" as const, name: `scene ${seed}`, pixels: pixels(90), seed});

// The page writes its address half a second after a change: it must still find one.
afterAll(() => new Promise((resolve) => setTimeout(resolve, 700)));

export async function chapter(query = "") {
  history.replaceState(null, "", `/autoencoder${query}`);
  const engine = {
    ...{status: {state: "idle"}, onStatus: () => () => {}, load: () => new Promise(() => {})},
    decode: () => new Promise(() => {})
  } as unknown as Engine;
  const pictures = {scene, own: async () => [], source: (options = {}) => pictureSource({scene, ...options})};
  const page = await createAutoencoder({
    ...{recording, engine, pictures, invalidation: new Promise<void>(() => {}), reducedMotion: true},
    numbers: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    sheet: recording.sheet.map((_, i) => pixels(10 * i))
  });
  await new Promise((resolve) => requestAnimationFrame(resolve));
  return page;
}
