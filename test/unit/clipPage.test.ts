// @vitest-environment jsdom
/** The chapter on CLIP, live on the shipped towers, beside onnxruntime and PyTorch in Python. */
import {Blob} from "node:buffer";
import {readFileSync} from "node:fs";
import {IDBFactory} from "fake-indexeddb";
import * as ort from "onnxruntime-web";
import {afterAll, beforeAll, expect, test, vi} from "vitest";
import {percentage} from "../../components/shareBars.js";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {describeScene} from "../../data/scenes/scene.js";
import {createClip} from "../../docs/clip/clip.js";
import {lossText, signed, tauText} from "../../docs/clip/matrix.js";
import {loadModel} from "../../src/models/model.js";
import {openFolder} from "../../src/node.js";
import type {Tensor} from "../../src/tensor.js";
import {withoutCanvas} from "./canvas.js";

// Made by test/goldens/make_clip.py. Matrices are [pictures][captions].
interface Golden {
  readonly scenes: readonly number[];
  readonly captions: readonly string[];
  readonly cosines: number[][];
  readonly batches: readonly GoldenBatch[];
  readonly labels: readonly string[];
  readonly label_cosines: number[][];
  readonly label_shares: number[][];
  /** Of each picture: the nearest of 512 training scenes. */
  readonly nearest: readonly {index: number; cosine: number}[];
}
interface GoldenBatch {
  readonly temperature: number;
  readonly rows: number[][];
  readonly columns: number[][];
  readonly picture_losses: readonly number[];
  readonly caption_losses: readonly number[];
  readonly loss: number;
  readonly gradient: number[][];
}

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const golden = json("test/goldens/clip.json") as Golden;
/** jsdom has typed arrays of its own, and onnxruntime takes no others. */
const own = (path: string): ArrayBuffer => Uint8Array.from(readFileSync(path)).buffer;
const folder = openFolder("data/models/tiny");
const model = await loadModel(
  ort,
  {...folder, bytes: async (path) => Uint8Array.from(await folder.bytes(path))},
  json("data/models/tiny/manifest.json"),
  {session: {executionProviders: ["wasm"]}}
);
vi.stubGlobal("Blob", Blob); // jsdom's has no stream
const atlas = await openAtlas("data/scenes/atlas");
beforeAll(withoutCanvas);
afterAll(() => model.release());

const engine = {
  ...{status: {state: "ready"}, onStatus: () => () => {}, load: async () => model.info},
  clipInfo: () => model.clipInfo(),
  embedTexts: (texts: readonly string[]) => model.embedTexts(texts),
  embedImages: (images: Tensor) => model.embedImages(images)
};
const scenes = {
  make(seed: number) {
    const spec = describeScene(seed);
    return {...drawScene(spec, atlas), spec, captions: captionsOf(spec)};
  }
};

function open(): ReturnType<typeof createClip> {
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => setTimeout(callback));
  vi.stubGlobal("indexedDB", new IDBFactory());
  const asked = {
    captions: golden.captions.join("|"),
    pictures: golden.scenes.join(","),
    labels: golden.labels.join(",")
  };
  history.replaceState(
    null,
    "",
    `/?${new URLSearchParams({...asked, template: "a picture of a {}", subject: "3", pair: "2D"})}`
  );
  const page = createClip({
    ...{recording: json("docs/recorded/clip.json"), numbers: own("docs/recorded/clip.bin")},
    ...{home: json("docs/recorded/horse.json"), homeNumbers: own("docs/recorded/horse.bin")},
    ...{snapshots: [], metrics: [], scenes: Promise.resolve(scenes as never)},
    ...{engine: engine as never, invalidation: new Promise<void>(() => {})}
  });
  document.body.replaceChildren(page.matrix, page.towers, page.numbers.loss, page.numbers.labels, page.zeroShot);
  page.begin();
  return page;
}

const textOf = (selector: string) => document.querySelector(selector)!.textContent;
const cells = () => [...document.querySelectorAll(".matrix .pair")].map(({textContent}) => textContent);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

test("what the live page writes is what Python computes, to its digits", {timeout: 60_000}, async () => {
  const {store} = open();
  await vi.waitFor(() => expect(textOf(".matrix .badge")).toBe("live"), {timeout: 40_000});
  expect(cells()).toEqual(golden.cosines.flat().map(signed));
  const far = golden.cosines.flat().filter((_, k) => k % 6 !== 0);
  expect(textOf(".matrix-reading")).toBe(
    `Of picture 2 and caption D the cosine is ${signed(golden.cosines[1][3])}. Pairs on the diagonal have ${signed(mean(golden.cosines.map((row, i) => row[i])))} on average, the others ${signed(mean(far))}.`
  );
  expect(textOf(".tower-sum")).toBe(`Sum of the 128 products: cosine ${signed(golden.cosines[1][3])}`);
  expect(textOf(".matrix .caption")).toBe(
    `live, in this browser · tiny model · temperature learned: ${tauText(golden.batches[0].temperature)} · scenes ${golden.scenes.join(", ")}`
  );

  for (const {temperature, rows, columns, picture_losses, caption_losses, loss, gradient} of golden.batches) {
    store.set({temperature, view: "rows"});
    await vi.waitFor(() => expect(cells()).toEqual(rows.flat().map(percentage)));
    const margins = [...document.querySelectorAll(".matrix tbody .margin")].map(({textContent}) => textContent);
    expect(margins).toEqual(picture_losses.map(lossText));
    store.set({view: "columns"});
    await vi.waitFor(() => expect(cells()).toEqual(columns.flat().map(percentage)));
    store.set({view: "pull"});
    await vi.waitFor(() => expect(cells()).toEqual(gradient.flat().map((value) => signed(-value))));
    const halves = [picture_losses, caption_losses].map((losses) => lossText(mean(losses)));
    expect(textOf(".matrix-loss")).toContain(`½ (pictures ${halves[0]} + captions ${halves[1]}) = ${lossText(loss)}`);
    const words = textOf(".live-numbers")!;
    expect(words).toContain(`) = ${percentage(rows[1][3])}q2D`);
    expect(words).toContain(`/ (2 · 5 · ${tauText(temperature)}) = ${signed(gradient[1][3])}`);
  }

  store.set({temperature: store.state.learned});
  const shares = () => [...document.querySelectorAll(".share-bars li")].map(({textContent}) => textContent);
  await vi.waitFor(() =>
    expect(shares()).toEqual(
      golden.labels.map((label, k) => `${label}${percentage(golden.label_shares[2][k])}cosine ${signed(golden.label_cosines[2][k])}`) // prettier-ignore
    )
  );
  const best = Math.max(...golden.label_shares[2]);
  expect(document.querySelectorAll(".live-numbers")[1].textContent).toMatch(new RegExp(`\\) = ${percentage(best)}$`));

  store.set({picking: 4});
  await vi.waitFor(() => expect(textOf(".chooser-far")).toMatch(/has cosine/));
  expect(textOf(".chooser-far")).toContain(`has cosine ${golden.nearest[4].cosine.toFixed(2)} with it`);
});
