// With the shipped model, in Node. Weights change from release to release: these tests hold what must not.
import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {loadModelFromFolder} from "../../src/node.js";
import type {Model} from "../../src/models/model.js";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {Generator} from "../../src/random.js";
import {batchItem, concat} from "../../src/tensor.js";
import {probabilitiesOf} from "../../src/trace/attention.js";

const FOLDER = "data/models/tiny";
let model: Model;

beforeAll(async () => {
  model = await loadModelFromFolder(FOLDER); // runs the self-test
});

async function draw(options: Partial<DrawOptions> = {}): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  const run = {prompt: "a horse on the grass", seed: 5, steps: 4, guidance: 4, ...options};
  for await (const record of textToImage(model, run)) records.push(record);
  return records;
}

describe("the shipped model", () => {
  test("says what it is: 128 x 128 pictures, 4 x 16 x 16 latents, and what it knows", () => {
    expect(model.info).toMatchObject({width: 128, height: 128, latentShape: [4, 16, 16]});
    expect(model.info.vocabulary?.objects.horse).toContain("horse");
    expect(model.info.preview.factors).toHaveLength(4);
  });

  test("its files weigh at most 40 MB", () => {
    const {files} = JSON.parse(readFileSync(`${FOLDER}/manifest.json`, "utf8")) as {files: {size: number}[]};
    expect(files.reduce((sum, {size}) => sum + size, 0)).toBeLessThan(40e6);
  });

  test("draws the same picture for the same prompt and seed, in [-1, 1] but for edges", async () => {
    const [a, b] = [await draw(), await draw()];
    expect(a[3].prev.data).toEqual(b[3].prev.data);
    const image = await model.decode(a[3].prev);
    expect(image.dims).toEqual([1, 3, 128, 128]);
    expect(Math.max(...image.data.map(Math.abs))).toBeLessThan(3);
  });

  test("a picture encoded and decoded again is nearly itself", async () => {
    const records = await draw({steps: 8});
    const picture = await model.decode(records[7].prev);
    const latents = await model.encode(picture);
    expect(latents.dims).toEqual([1, ...model.latentShape]);
    const {data} = await model.decode(latents);
    expect(data.reduce((sum, value, i) => sum + Math.abs(value - picture.data[i]), 0) / data.length).toBeLessThan(0.1);
  });

  test("a fork with nothing changed ends bit for bit alike", async () => {
    const trunk = await draw();
    expect((await draw({from: trunk[2]}))[1].prev.data).toEqual(trunk[3].prev.data);
  });

  test("one call with a batch of two equals two calls", async () => {
    const states = await model.encodeText(["", "a cat in the city"]);
    const sample = new Generator(1).randn([1, ...model.latentShape]);
    const {output: both} = await model.predict(concat([sample, sample]), 500, states);
    for (const row of [0, 1]) {
      const {output: alone} = await model.predict(sample, 500, batchItem(states, row));
      alone.data.forEach((value, i) => expect(both.data[row * alone.data.length + i]).toBeCloseTo(value, 3));
    }
  });

  test("shares of attention over all tokens sum to 1 in every layer, and asking for them changes nothing", async () => {
    const layers = await model.attentionLayers();
    expect(layers.map(({kind}) => kind)).toEqual(layers.map((_, i) => (i % 2 ? "cross" : "self")));
    const plain = await draw();
    const [{inside, prev}] = await draw({trace: layers.map(({tensor}) => tensor), steps: 4});
    expect(prev.data).toEqual(plain[0].prev.data);
    for (const {tensor, kind} of layers) {
      const {data, dims} = probabilitiesOf(inside[tensor], 1, 2);
      const [, queries, keys] = dims;
      expect(keys).toBe(kind === "cross" ? model.info.maxTokens : queries);
      for (let row = 0; row < data.length; row += keys) {
        expect(data.subarray(row, row + keys).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
      }
    }
  });

  test("every text has K ids: begin, tokens, end, padding", () => {
    for (const text of ["a horse", "", "马 🐴 ünïcode", "x".repeat(10_000), "word ".repeat(3000)]) {
      const {ids, tokens, truncated} = model.tokenize(text);
      expect(ids).toHaveLength(model.info.maxTokens);
      expect(tokens[0]).toBe("<|startoftext|>");
      expect(tokens).toContain("<|endoftext|>");
      expect(truncated).toBe(text.length > 1000);
    }
  });
});
