// @vitest-environment jsdom
import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {floatToHalf} from "../../docs/page/recorded.js";
import {readQuery} from "../../docs/page/query.js";
import {createStore, type Store} from "../../docs/page/store.js";
import {headOf, masked} from "../../docs/text/betweenFigure.js";
import {differenceBars, replaceWord, summaryOf} from "../../docs/text/changeFigure.js";
import {cosine, digits, firstDifference, rowDifferences, shareText} from "../../docs/text/measures.js";
import {phrasesOf} from "../../docs/text/phrases.js";
import {createReader, ranked} from "../../docs/text/reader.js";
import {stagesOf, tensorsOf, unpack, type Reading, type TextRecording} from "../../docs/text/reading.js";
import {familiarity, finalPieces, rungsOf, verdict} from "../../docs/text/spelling.js";
import {createText} from "../../docs/text/text.js";
import {DEFAULTS, FIELDS, queryOf, type TextState} from "../../docs/text/state.js";
import type {Engine} from "../../src/worker/client.js";
import type {ModelInfo} from "../../src/models/model.js";
import type {Tensor} from "../../src/tensor.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const [K, E, HEADS] = [6, 2, 2];
const BEGIN = "<|startoftext|>";
const END = "<|endoftext|>";

/** A reading of one-token words whose numbers are the ids before each row: a causal encoder in miniature. */
function toyReading(prompt: string, source: Reading["source"] = "live"): Reading {
  const words = prompt.split(" ").filter(Boolean);
  const tokens = [BEGIN, ...words.map((word) => `${word}</w>`), END];
  while (tokens.length < K) tokens.push(END);
  const ids = tokens.map((token) => [...token].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 97);
  const rows = (of: (row: number) => number): Tensor => ({
    data: Float32Array.from({length: K * E}, (_, i) => of(Math.floor(i / E)) + (i % E)),
    dims: [K, E]
  });
  const before = (row: number) => ids.slice(0, row + 1).reduce((sum, id) => sum + id, 0);
  const attention = {data: Float32Array.from({length: HEADS * K * K}, (_, i) => i / 64), dims: [HEADS, K, K]};
  return {
    ...{
      source,
      model: "toy",
      prompt,
      ids,
      tokens,
      truncated: false,
      lastHiddenState: rows(before),
      attentions: [attention]
    },
    ...{tokenEmbeddings: rows((row) => ids[row]), positionEmbeddings: rows((row) => row)},
    hiddenStates: [rows((row) => ids[row] + row), rows(before)]
  };
}

const vocabulary = {objects: {horse: ["horse", "pony"], owl: ["owl"]}, places: {}, colors: [], words: []};

describe("readings", () => {
  test("a recording gives back what went in, text by text, then the pooled embeddings", () => {
    const readings = ["a cat", "a dog"].map((prompt) => toyReading(prompt, "recorded"));
    const pooled = [1, 2, 3, 4, 5, 6];
    const values = [...readings.flatMap(tensorsOf).flatMap(({data}) => [...data]), ...pooled];
    const recording: TextRecording = {
      ...{
        command: "",
        model: "toy",
        layers: 1,
        heads: HEADS,
        maxTokens: K,
        width: E,
        pooledWidth: 2,
        phrases: ["an owl"],
        colors: [[1, 2, 3]]
      },
      texts: readings.map(({prompt, ids, tokens, truncated}) => ({prompt, ids, tokens, truncated}))
    };
    const numbers = floatToHalf(Float32Array.from(values)).buffer as ArrayBuffer;
    const found = unpack(recording, numbers);
    expect(found.readings).toEqual(readings);
    expect([...found.pooled.get("an owl")!]).toEqual([5, 6]);
    expect(found.colors.get("an owl")).toEqual([1, 2, 3]);
  });

  test("stages go from the token to the last normalisation, each with its own range of colours", () => {
    const stages = stagesOf(toyReading("a cat"));
    expect(stages.map(({key}) => key)).toEqual(["token", "place", "sum", "layer1", "final"]);
    expect(stages[1].limit).toBeCloseTo(5, 6);
    expect(new Set(stages.map(({says}) => says)).size).toBe(5);
  });
});

describe("measures", () => {
  test("rows differ by their distance over their mean length", () => {
    const matrix = (...values: number[]) => ({values, rows: 2, columns: 2});
    expect(rowDifferences(matrix(3, 4, 0, 1), matrix(3, 4, 0, 3))).toEqual([0, 1]);
    expect(cosine(Float32Array.of(1, 0), Float32Array.of(1, 1))).toBeCloseTo(Math.SQRT1_2, 6);
    expect([firstDifference([1, 2, 3], [1, 5, 3]), firstDifference([1], [1])]).toEqual([1, 1]);
  });

  test("numbers are written as a reader takes them in", () => {
    expect([0, 4e-7, 0.004, 0.034, 0.5, 1.25].map(shareText)).toEqual(["0", "4e−7", "0.4 %", "3.4 %", "50 %", "125 %"]);
    expect([digits(-0.1234), digits(0), digits(0.71, 2), digits(2e-5)]).toEqual(["−0.123", "0.000", "0.71", "2.0e−5"]);
  });

  test("the bars stand at zero before the changed word and the summary counts them", () => {
    const pair = {from: toyReading("a cat sat"), to: toyReading("a dog sat"), pooledCosine: null};
    const bars = differenceBars(pair, "final");
    expect(bars.map(({label}) => label)).toEqual(["begin", "a", "cat → dog", "sat", "end", "padding"]);
    expect(bars.map(({value}) => value === "0")).toEqual([true, true, false, false, false, false]);
    expect(differenceBars(pair, "sum").map(({value}) => value === "0")).toEqual([true, true, false, true, true, true]);
    expect(summaryOf(pair, "final")).toBe(
      "The first changed token stands in row 2. In the 2 rows before it not one number differs; of the 4 rows from there on, padding included, 4 differ."
    );
    expect(summaryOf({...pair, to: pair.from}, "final")).toContain("same tokens");
  });

  test("a word is replaced where it stands, and keeps its comma", () => {
    const cat = () => "cat";
    expect(replaceWord("a horse, on grass", 1, cat)).toBe("a cat, on grass");
    expect([replaceWord("a horse", -1, cat), replaceWord("horse", 1, cat), replaceWord("", -1, cat)]).toEqual(["a cat", "cat", "cat"]); // prettier-ignore
  });

  test("above the diagonal attention has no value, and head 0 is the mean of all", () => {
    const reading = toyReading("a cat");
    const first = headOf(reading, {layer: 1, head: 1})!;
    const mean = headOf(reading, {layer: 9, head: 0})!;
    expect(mean.data[0]).toBeCloseTo((first.data[0] + (K * K) / 64) / 2, 6);
    const {values} = masked(first, 2);
    expect([values[0], values[2], values[3]]).toEqual([first.data[0], first.data[K], first.data[K + 1]]);
    expect(values[1]).toBeNaN();
    expect(headOf({...reading, attentions: null}, {layer: 1, head: 1})).toBeNull();
  });
});

describe("spelling", () => {
  const replayed = {
    ...{word: "owls", start: ["o", "w", "l", "s</w>"], tokens: ["ow", "l", "s</w>"]},
    merges: [{pair: ["o", "w"] as const, rank: 4, pieces: ["ow", "l", "s</w>"], made: [0]}]
  };
  const seen = {counts: [0, 5, 9000], captions: 10_000};

  test("rungs begin with the bytes and count merges from 1", () => {
    const rungs = rungsOf(replayed);
    expect(rungs.map(({merge}) => merge?.number ?? 0)).toEqual([0, 5]);
    expect(rungs[1].made).toEqual([0]);
  });

  test("pieces that training hardly ever showed are marked", () => {
    const pieces = finalPieces(replayed, {ow: 0, l: 1, "s</w>": 2}, seen);
    expect(pieces.map(({untrained}) => untrained)).toEqual([true, true, false]);
    expect(pieces.map(({note}) => note)).toEqual([
      "in none of the training captions: untrained",
      "in hardly any training caption: 5 times",
      "9,000 times in the training captions"
    ]);
    expect(verdict(replayed, pieces)).toBe(
      "“owls” falls into 3 pieces, 2 of which training showed hardly ever or never."
    );
    expect([familiarity(9, 10_000), familiarity(10, 10_000)]).toEqual(["hardly", "known"]);
  });
});

describe("neighbours", () => {
  test("phrases have their article, and are ranked by cosine without the phrase itself", () => {
    expect(phrasesOf(vocabulary)).toEqual(["a horse", "an owl"]);
    const pooled = new Map([["a", [1, 0]], ["b", [0, 1]], ["c", [1, 1]]].map(([name, v]) => [name as string, Float32Array.from(v as number[])])); // prettier-ignore
    const {list} = ranked("a", ["a", "b", "c", "unknown"], pooled, {source: "live", model: "toy"})!;
    expect(list.map(({phrase, cosine: value}) => [phrase, Number(value.toFixed(3))])).toEqual([["c", 0.707], ["b", 0]]); // prettier-ignore
    expect(ranked("unknown", ["a"], pooled, {source: "live", model: "toy"})).toBeNull();
  });
});

describe("the address", () => {
  test("a plain visit has a plain address, and what was changed comes back", () => {
    const state = toyState();
    expect(queryOf(state)).toBe("");
    const query = queryOf({...state, prompt: "two cats", other: "x", stage: "layer1", row: 2});
    expect(query).toBe("?prompt=two+cats&prompt.b=x&stage=layer1&row=2");
    expect(readQuery(query, FIELDS)).toEqual({prompt: "two cats", "prompt.b": "x", stage: "layer1", row: 2});
    expect(readQuery("?stage=nonsense&row=-1&head=x", FIELDS)).toEqual({});
  });
});

function toyState(change: Partial<TextState> = {}): TextState {
  const [from, to] = [toyReading(DEFAULTS.prompt.slice(0, 5), "recorded"), toyReading("a dog", "recorded")];
  return {
    ...DEFAULTS,
    ...{
      reading: from,
      pair: {from, to, pooledCosine: null},
      hovered: null,
      playing: false,
      rung: null,
      replaying: false
    },
    ...{
      bytePairs: null,
      column: 0,
      nearest: {source: "recorded", model: "toy", phrase: "a horse", length: 1, list: []}
    },
    ...change
  };
}

describe("the reader", () => {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  const noTokenizer = () => Promise.reject(new Error("404"));

  function start(store: Store<TextState>, {fails = false} = {}) {
    const read: string[] = [];
    const embedded: string[][] = [];
    let broken = fails;
    const engine = {
      async load() {
        if (broken) throw new Error("404");
        return {vocabulary, name: "toy"} as unknown as ModelInfo;
      },
      async readText(prompt: string) {
        read.push(prompt);
        await Promise.resolve();
        return {...toyReading(prompt), offsets: []};
      },
      async embedTexts(texts: readonly string[]) {
        embedded.push([...texts]);
        return {data: Float32Array.from(texts.flatMap(({length}) => [1, length])), dims: [texts.length, 2]};
      }
    };
    const recorded = {readings: [], pooled: new Map<string, Float32Array>()};
    const reader = createReader(store, {
      engine,
      recorded,
      model: "toy",
      phrases: ["a horse"],
      fetchTokenizer: noTokenizer,
      wait: 0
    });
    return {reader, read, embedded, mend: () => (broken = false)};
  }

  const later = (callback: () => void) => callback();

  test("reads the prompt first, then the other, then embeds the phrases, each once", async () => {
    const store = createStore(toyState({prompt: "a cat", other: "a dog"}), {later});
    const {reader, read, embedded} = start(store);
    await reader.begin();
    await settled();
    expect(read).toEqual(["a cat", "a dog"]);
    expect(embedded).toEqual([["a cat", "a dog", "a horse", "an owl"]]);
    const {reading, pair, nearest} = store.state;
    expect([reading.prompt, reading.source, pair.from.prompt, pair.to.prompt]).toEqual([
      "a cat",
      "live",
      "a cat",
      "a dog"
    ]);
    expect(pair.pooledCosine).toBeCloseTo(1, 6);
    expect([nearest.source, nearest.list.map(({phrase}) => phrase)]).toEqual(["live", ["an owl"]]);
  });

  test("a new prompt takes the place of an older one, and what is known is not read again", async () => {
    const store = createStore(toyState({prompt: "a cat", other: "a dog"}), {later});
    const {reader, read} = start(store);
    await reader.begin();
    store.set({prompt: "a cow"});
    store.set({prompt: "a pig"});
    await settled();
    expect(read).toEqual(["a cat", "a dog", "a pig"]);
    store.set({prompt: "a cat"});
    await settled();
    expect([store.state.reading.prompt, read.length]).toEqual(["a cat", 3]);
  });

  test("without the model the recording stays, until a retry", async () => {
    const store = createStore(toyState({prompt: "a cat", other: "a dog"}), {later});
    const {reader, read, mend} = start(store, {fails: true});
    await reader.begin();
    expect([store.state.reading.source, store.state.bytePairs, read]).toEqual(["recorded", null, []]);
    mend();
    reader.retry();
    await settled();
    expect(store.state.reading.source).toBe("live");
  });
});

describe("the page", () => {
  const recorded = (name: string) => readFileSync(`docs/recorded/${name}`);
  const json = (name: string) => JSON.parse(recorded(name).toString());
  const frame = () => new Promise((resolve) => setTimeout(resolve, 60));

  /** The chapter over what is recorded, with no model. */
  function openPage() {
    const parts = {recording: json("text.json"), counts: json("text-tokens.json")};
    const numbers = Uint8Array.from(recorded("text.bin")).buffer;
    const engine = {status: {state: "idle"}, onStatus: () => () => {}} as unknown as Engine;
    const text = createText({...parts, numbers, engine, invalidation: new Promise(() => {})});
    document.body.replaceChildren(text.matrix, text.spelling, text.sum, text.between, text.change, text.near);
    return text;
  }

  const words = (node: Element, selector: string) => [...node.querySelectorAll(selector)].map((one) => one.textContent);

  test("every figure shows the recording before the model is there", async () => {
    const {matrix, spelling, sum, between, change, near} = openPage();
    await frame();
    for (const figure of [matrix, sum, between, change, near])
      expect(figure.querySelector("figcaption")!.textContent).toMatch(/^recorded/);
    expect(words(matrix, ".token-chip span")).toEqual([
      "begin",
      "a",
      "horse",
      "on",
      "the",
      "grass",
      "end",
      "padding × 25"
    ]);
    expect(words(matrix, ".row-labels b")).toHaveLength(32);
    expect(sum.querySelector("h3")!.textContent).toBe("Row 2: “horse”");
    expect(words(between, ".bar-value").slice(-4)).toEqual(["masked", "masked", "masked", "masked"]);
    expect(change.textContent).toContain(
      "In the 5 rows before it not one number differs; of the 27 rows from there on"
    );
    expect(near.querySelectorAll(".row-bars > li")).toHaveLength(13);
    expect(words(spelling, ".rung-pieces")[0]).toBe("horses</w>");
    expect(spelling.querySelector(".verdict")!.textContent).toMatch(/^“horses”/);
  });

  test("a pressed token is the row of every figure, and the sum adds up", async () => {
    const {matrix, sum, between, store} = openPage();
    await frame();
    matrix.querySelectorAll<HTMLButtonElement>(".token-chip")[5].click();
    await frame();
    expect(store.state.row).toBe(5);
    expect(sum.querySelector("h3")!.textContent).toBe("Row 5: “grass”");
    expect(between.querySelector("h3")!.textContent).toBe("“grass” takes");
    const [token, place, total] = sum.querySelector(".sum-numbers")!.textContent!.split(":")[1].match(/[−-]?\d+\.\d+/g)!.map((text) => Number(text.replace("−", "-"))); // prettier-ignore
    expect(Math.abs(token + place - total)).toBeLessThan(0.0025);
    const shares = words(between, ".bar-value").filter((text) => text !== "masked").map((text) => parseInt(text!)); // prettier-ignore
    expect(Math.abs(shares.reduce((a, b) => a + b) - 100)).toBeLessThan(4);
  });

  test("stages are chosen by name", async () => {
    const {matrix, store} = openPage();
    await frame();
    const buttons = [...matrix.querySelectorAll<HTMLButtonElement>(".segments button")];
    buttons.find(({textContent}) => textContent === "Layer 1")!.click();
    await frame();
    expect([store.state.stage, store.state.playing]).toEqual(["layer1", false]);
    expect(matrix.querySelector(".heatmap")!.getAttribute("aria-label")).toContain("stage Layer 1");
  });
});
