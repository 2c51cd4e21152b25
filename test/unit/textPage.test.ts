// @vitest-environment jsdom
/** The chapter on text, live on the shipped model, beside transformers and the tokenizers library in Python. */
import {readFileSync} from "node:fs";
import * as ort from "onnxruntime-web";
import {afterAll, beforeAll, describe, expect, test, vi} from "vitest";
import {differenceBars, summaryOf} from "../../docs/text/changeFigure.js";
import {headOf, masked} from "../../docs/text/betweenFigure.js";
import {lengthOf, rowDifferences, shareText} from "../../docs/text/measures.js";
import {colorsAround, type Colors} from "../../docs/text/colors.js";
import {softmaxOf} from "../../docs/text/formulas.js";
import {phrasesOf} from "../../docs/text/phrases.js";
import {pooledCosine, ranked} from "../../docs/text/reader.js";
import {scoresOf} from "../../docs/text/scores.js";
import {rowOf, stagesOf, type Reading, type TextRecording} from "../../docs/text/reading.js";
import {finalPieces, rungsOf} from "../../docs/text/spelling.js";
import {createText} from "../../docs/text/text.js";
import {readBytePairs, replay} from "../../src/models/bytePairs.js";
import type {InsideRequest} from "../../src/models/insides.js";
import {loadModel} from "../../src/models/model.js";
import {openFolder} from "../../src/node.js";
import type {Engine} from "../../src/worker/client.js";
import {withoutCanvas} from "./canvas.js";

// Made by test/goldens/make_text.py.
interface Golden {
  readonly rows: readonly number[];
  readonly texts: Readonly<Record<string, GoldenText>>;
  readonly words: Readonly<Record<string, GoldenWord>>;
  /** [layers, heads, 8, 8], and the last row [layers, heads, K] of them. */
  readonly attention: {readonly prompt: string; readonly shares: number[][][][]; readonly row_31: number[][][]};
  readonly pairs: readonly GoldenPair[];
  /** Of a phrase: each other phrase's cosine to it. */
  readonly near: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The mean colour of each phrase's emoji; how far apart those of the ten nearest phrases are on average, and of all. */
  readonly colors: Readonly<Record<string, number[]>>;
  readonly color_distances: {readonly nearest: number; readonly all: number};
}
interface GoldenText {
  readonly ids: readonly number[];
  /** Up to the end mark. */
  readonly tokens: readonly string[];
  readonly truncated: boolean;
  /** By stage: of every row the sum and the length, of `rows` the first three numbers. */
  readonly sums: Readonly<Record<string, number[]>>;
  readonly lengths: Readonly<Record<string, number[]>>;
  readonly entries: Readonly<Record<string, number[][]>>;
}
interface GoldenWord {
  /** After which merge the word stands in which pieces. */
  readonly steps: readonly {readonly number: number; readonly pieces: readonly string[]}[];
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
}
interface GoldenPair {
  readonly prompts: readonly [string, string];
  readonly pooled_cosine: number;
  readonly differences: Readonly<Record<string, number[]>>;
}

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const golden = json("test/goldens/text.json") as Golden;
/** jsdom has typed arrays of its own, and onnxruntime takes no others. */
const folder = openFolder("data/models/tiny");
const model = await loadModel(
  ort,
  {...folder, bytes: async (path) => Uint8Array.from(await folder.bytes(path))},
  json("data/models/tiny/manifest.json"),
  {session: {executionProviders: ["wasm"]}}
);
const bytePairs = readBytePairs(json("data/models/tiny/tokenizer/tokenizer.json"));
beforeAll(withoutCanvas);
afterAll(() => model.release());

const readings = new Map<string, Reading>();
async function read(prompt: string): Promise<Reading> {
  const known = readings.get(prompt);
  if (known) return known;
  const reading: Reading = {...(await model.readText(prompt)), source: "live", model: "tiny", prompt};
  readings.set(prompt, reading);
  return reading;
}

/** As many digits as the page shows, and one more. */
const near = (found: ArrayLike<number>, wanted: readonly number[], digits: number) =>
  wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));

describe("a prompt, as transformers reads it in Python,", () => {
  test.each(Object.entries(golden.texts))("%s", async (prompt, wanted) => {
    const reading = await read(prompt);
    expect(reading.ids).toEqual(wanted.ids);
    expect(reading.tokens.slice(0, wanted.tokens.length)).toEqual(wanted.tokens);
    expect(reading.truncated).toBe(wanted.truncated);
    const stages = stagesOf(reading);
    expect(stages.map(({key}) => key)).toEqual(Object.keys(wanted.sums));
    for (const {key, matrix} of stages) {
      const rows = wanted.sums[key].map((_, i) => rowOf(matrix, i));
      near(rows.map((row) => row.reduce((sum, value) => sum + value, 0)), wanted.sums[key], 3); // prettier-ignore
      near(rows.map(lengthOf), wanted.lengths[key], 3);
      golden.rows.forEach((row, i) => near(rows[row], wanted.entries[key][i], 4));
    }
  });
});

test.each(Object.entries(golden.words))("%s is merged as the tokenizers library does", (word, wanted) => {
  const found = replay(bytePairs, word);
  expect(rungsOf(found).map(({pieces, merge}) => ({number: merge?.number ?? 0, pieces}))).toEqual(wanted.steps);
  const pieces = finalPieces(found, bytePairs.ids, {counts: [], captions: 1});
  expect(pieces.map(({text, id}) => [text, id])).toEqual(wanted.tokens.map((token, i) => [token, wanted.ids[i]]));
});

test("attention between the words is transformers’, layer by layer and head by head", async () => {
  const {prompt, shares, row_31} = golden.attention;
  const reading = await read(prompt);
  shares.forEach((heads, layer) =>
    heads.forEach((rows, head) => {
      const weights = headOf(reading, {layer: layer + 1, head: head + 1})!;
      const {values} = masked(weights, 8);
      rows.flat().forEach((share, i) => {
        const [row, column] = [Math.floor(i / 8), i % 8];
        if (column > row) expect([share, values[i]]).toEqual([0, NaN]);
        else expect(values[i]).toBeCloseTo(share, 4);
      });
      near(rowOf({values: weights.data, rows: 32, columns: 32}, 31), row_31[layer][head], 4);
    })
  );
  const mean = headOf(reading, {layer: 2, head: 0})!;
  const wanted = Array.from({length: 32}, (_, i) => row_31[1].reduce((sum, row) => sum + row[i] / 4, 0));
  near(rowOf({values: mean.data, rows: 32, columns: 32}, 31), wanted, 4);
});

describe("a changed word", () => {
  test.each(golden.pairs)("$prompts changes the rows that Python finds changed", async ({prompts, ...wanted}) => {
    const [from, to] = [await read(prompts[0]), await read(prompts[1])];
    for (const [key, differences] of Object.entries(wanted.differences)) {
      const matrices = [from, to].map((reading) => stagesOf(reading).find((stage) => stage.key === key)!.matrix);
      const found = rowDifferences(matrices[0], matrices[1]);
      near(found, differences, 4);
      differences.forEach((value, i) => expect(found[i] === 0, `${key}, row ${i}`).toBe(value === 0));
    }
    const {data, dims} = await model.embedTexts(prompts);
    const pooled = new Map(prompts.map((text, i) => [text, data.slice(i * dims[1], (i + 1) * dims[1])]));
    const pair = {from, to, pooledCosine: pooledCosine(pooled, ...prompts)};
    expect(pair.pooledCosine).toBeCloseTo(wanted.pooled_cosine, 4);
    const bars = differenceBars(pair, "final");
    expect(bars.map(({value}) => value)).toEqual(wanted.differences.final.slice(0, bars.length).map(shareText));
    const same = wanted.differences.final.findIndex((value) => value !== 0);
    expect(summaryOf(pair, "final")).toContain(`In the ${same} rows before it not one number differs; of the ${32 - same} rows`); // prettier-ignore
  });
});

test("phrases lie as near each other as in Python, in the same order", async () => {
  const phrases = phrasesOf(model.info.vocabulary);
  const texts = [...new Set([...phrases, ...Object.keys(golden.near)])];
  const {data, dims} = await model.embedTexts(texts);
  const pooled = new Map(texts.map((text, i) => [text, data.slice(i * dims[1], (i + 1) * dims[1])]));
  for (const [phrase, wanted] of Object.entries(golden.near)) {
    const {list} = ranked(phrase, phrases, pooled, {source: "live", model: "tiny"})!;
    expect(new Set(list.map((one) => one.phrase))).toEqual(new Set(Object.keys(wanted)));
    for (const one of list) expect(one.cosine).toBeCloseTo(wanted[one.phrase], 4);
    const order = Object.keys(wanted).sort((a, b) => wanted[b] - wanted[a]);
    expect(list.slice(0, 10).map((one) => one.phrase)).toEqual(order.slice(0, 10));
  }
});

test("the scores of a row give its attention", async () => {
  const {prompt, shares} = golden.attention;
  for (const [layer, head, row] of [
    [1, 1, 2],
    [3, 2, 6]
  ]) {
    // prettier-ignore
    const scores = await scoresOf(model, {prompt, layer, head, heads: 4, row});
    const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
    const wanted = shares[layer - 1][head - 1][row].slice(0, row + 1);
    near(scores.map((score) => Math.exp(score) / sum), wanted, 4); // prettier-ignore
    const best = wanted.indexOf(Math.max(...wanted));
    const line = document.createElement("p");
    line.append(...softmaxOf(scores, row));
    expect(line.textContent).toMatch(new RegExp(`^a${row}, ${best} = e.* = ${Math.round(100 * wanted[best])} %$`));
  }
});

test("the colours of things are those of their emoji, and the chapter’s figures are the measured ones", () => {
  const recording = json("docs/recorded/text.json") as TextRecording;
  expect(recording.phrases).toEqual(Object.keys(golden.colors));
  recording.phrases.forEach((phrase, i) =>
    golden.colors[phrase].forEach((value, channel) =>
      expect(Math.abs(recording.colors[i][channel] - value), phrase).toBeLessThan(0.51)
    )
  );
  const {nearest, all} = golden.color_distances;
  const words = `the ten nearest phrases are on average ${nearest.toFixed(0)} away in colour and all phrases ${all.toFixed(0)}`;
  const swapped = golden.pairs.find(({prompts}) => prompts[0].startsWith("a red apple"))!;
  const page = readFileSync("docs/text.md", "utf8");
  expect(page).toContain(words);
  expect(page).toContain(`the cosine of their single vectors is ${swapped.pooled_cosine.toFixed(2)}`);
  const [doughnut, cow] = ["a doughnut", "a cow"].map((other) => golden.near["a horse"][other].toFixed(2));
  expect(page).toContain(`more like a doughnut (cosine ${doughnut}) than like a cow (${cow})`);
  const {counts} = json("docs/recorded/text-tokens.json") as {counts: number[]};
  const never = counts
    .slice(0, -2)
    .filter((count) => count === 0)
    .length.toLocaleString("en");
  expect(page).toContain(`Of the ${counts.length.toLocaleString("en")} tokens of this small model these are ${never},`);
  const {final} = swapped.differences;
  expect(page).toContain(`the rows of the two colours differ by ${shareText(final[2])} and ${shareText(final[6])}`);
  const list = Object.entries(golden.near["a horse"])
    .map(([phrase, value]) => ({phrase, cosine: value, length: 1}))
    .sort((a, b) => b.cosine - a.cosine);
  const around = colorsAround("a horse", list, new Map(Object.entries(golden.colors)) as unknown as Colors, 10)!;
  expect(around.nearest).toBeLessThan(around.all / 2);
});

test("what the live page writes is what Python computes, to its digits", async () => {
  const recorded = (name: string) => readFileSync(`docs/recorded/${name}`);
  const engine = {
    ...{status: {state: "idle"}, onStatus: () => () => {}, load: async () => model.info},
    readText: (text: string) => model.readText(text),
    embedTexts: (texts: readonly string[]) => model.embedTexts(texts),
    inside: (request: InsideRequest) => model.inside(request)
  } as unknown as Engine;
  const parts = {recording: json("docs/recorded/text.json"), counts: json("docs/recorded/text-tokens.json")};
  let leave = () => {};
  const invalidation = new Promise<void>((resolve) => (leave = resolve));
  const text = createText({...parts, numbers: Uint8Array.from(recorded("text.bin")).buffer, engine, invalidation});
  document.body.replaceChildren(text.matrix, text.spelling, text.sum, text.between, text.change, text.near);
  text.begin();
  const {store} = text;
  const prompt = "a red apple and a yellow star";
  store.set({prompt, other: "a yellow apple and a red star", row: 5, playing: false});
  await new Promise<void>((done) =>
    store.onChange(({nearest, pair}) => {
      if (nearest.source === "live" && pair.from.prompt === prompt && pair.pooledCosine !== null) done();
    })
  );
  leave();

  const three = (value: number) => value.toFixed(3).replace("-", "−");
  const [token, place, sum] = ["token", "place", "sum"].map((key) => golden.texts[prompt].entries[key][golden.rows.indexOf(5)][0]); // prettier-ignore
  const bracketed = place < 0 ? `(${three(place)})` : three(place);
  expect(text.sum.querySelector(".sum-numbers")!.textContent).toBe(
    `Number 0 of this row: ${three(token)} + ${bracketed} = ${three(sum)}`
  );
  expect(text.formulas.sum.textContent).toContain(`= ${three(token)} + ${bracketed} = ${three(sum)}`);
  const {sums, lengths, entries} = golden.texts[prompt];
  const [mean, square] = [sums.layer3[5] / 192, lengths.layer3[5] ** 2 / 192];
  const deviation = Math.sqrt(square - mean ** 2);
  const [before, after] = ["layer3", "final"].map((key) => entries[key][golden.rows.indexOf(5)][0]);
  const normal = (before - mean) / Math.sqrt(deviation ** 2 + 1e-5);
  expect(text.formulas.norm.textContent).toBe(
    `μ5 = ${three(mean)}, σ5 = ${three(deviation)}: number 0 of the row, ${three(before)}, lies ${three(normal)} standard deviations from the mean, and γ0 and β0 make ${three(after)} of it`
  );
  const pair = golden.pairs.find(({prompts}) => prompts[0] === prompt)!;
  expect(text.formulas.change.textContent).toContain(
    `= ${shareText(pair.differences.final[2])} for “red” and “yellow”`
  );
  expect(text.change.textContent).toContain(`the cosine of the two is ${pair.pooled_cosine.toFixed(2)}.`);
  const bars = [...text.near.querySelectorAll(".row-bars li")].map((bar) => [
    bar.querySelector(".bar-label")!.textContent!,
    bar.querySelector(".bar-value")!.textContent!
  ]);
  const cosines = golden.near["a horse"];
  expect(bars).toEqual(bars.map(([phrase]) => [phrase, cosines[phrase].toFixed(2).replace("-", "−")]));
  const meanOfAll = Object.values(cosines).reduce((a, b) => a + b) / Object.keys(cosines).length;
  expect(text.near.textContent).toContain(`The mean over all ${Object.keys(cosines).length} phrases is ${meanOfAll.toFixed(2)}`); // prettier-ignore

  store.set({row: 2});
  await vi.waitFor(() => expect(store.state.word).toBe("red"));
});
