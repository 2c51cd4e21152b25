// With the shipped model, in Node. Weights change from release to release: these tests hold what must not.
import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {loadModelFromFolder} from "../../src/node.js";
import type {Model} from "../../src/models/model.js";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {inpainting} from "../../src/pipelines/inpainting.js";
import {Generator} from "../../src/random.js";
import {cosines} from "../../src/models/insides.js";
import {modeOf, sampleOf} from "../../src/models/latents.js";
import {batchItem, concat, type Tensor} from "../../src/tensor.js";
import {attentionMaps} from "../../src/trace/attention.js";
import {aggregate, tokenShares} from "../../src/trace/daam.js";

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

  test("inpainting keeps what the mask keeps, and a fork of it ends bit for bit alike", async () => {
    const image = await model.decode(new Generator(3).randn([1, ...model.latentShape]));
    const mask = {data: Float32Array.from({length: 16 * 16}, (_, i) => (i % 16 < 8 ? 1 : 0)), dims: [1, 1, 16, 16]};
    const options = {prompt: "a cat in the city", seed: 5, steps: 3, image, mask};
    const trunk: StepRecord[] = [];
    for await (const record of inpainting(model, options)) trunk.push(record);
    const {prev} = trunk[2];
    const kept = await model.encode(image);
    prev.data.forEach((value, i) => i % 16 < 8 || expect(value).toBe(kept.data[i]));
    const branch: StepRecord[] = [];
    for await (const record of inpainting(model, {...options, from: trunk[1]})) branch.push(record);
    expect(branch[1].prev.data).toEqual(prev.data);
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

  test("shares of attention over all tokens sum to 1 in every layer and half, and asking for all changes nothing", async () => {
    const layers = await model.attentionLayers();
    expect(layers.map(({kind}) => kind)).toEqual(layers.map((_, i) => (i % 2 ? "cross" : "self")));
    const [plain] = await draw({steps: 1});
    const [{inside, prev}] = await draw({trace: ["attn1", "attn2", "*_block*"], steps: 1});
    expect(prev.data).toEqual(plain.prev.data);
    for (const {role, kind} of layers) {
      const {data, dims} = inside[role];
      const [batch, heads, queries, keys] = dims;
      expect([batch, heads]).toEqual([2, 4]);
      expect(keys).toBe(kind === "cross" ? model.info.maxTokens : queries);
      for (let row = 0; row < data.length; row += keys) {
        expect(Math.abs(data.subarray(row, row + keys).reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-3);
      }
    }
    const maps = attentionMaps(inside, {kind: "cross"});
    expect(maps).toHaveLength(layers.length / 2);
    const shares = tokenShares(aggregate(maps, {smoothing: "bicubic"}));
    expect(shares).toHaveLength(model.info.maxTokens);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
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

describe("the insides of the shipped model", () => {
  const only = (value: Tensor): number[] => [...value.data];

  test("the UNet's blocks hand on what the next one takes, skips too", async () => {
    const encoderHiddenStates = await model.encodeText(["a horse"]);
    const sample = new Generator(2).randn([1, ...model.latentShape]);
    const roles = ["conv_in.input", "time_proj", "time_embedding", "down_blocks.0", "down_blocks.1.input", "conv_out"];
    const request = {part: "unet", sample, timestep: 500, encoderHiddenStates} as const;
    const inside = await model.inside({...request, roles: [...roles, "conv_in", "up_blocks.2.skips.1"]});
    expect(inside["conv_in.input"].data).toEqual(sample.data);
    expect(inside.time_proj.dims[0]).toBe(1);
    expect(inside.time_embedding.dims[1]).toBe(4 * inside.time_proj.dims[1]);
    expect(inside["down_blocks.1.input"]).toEqual(inside["down_blocks.0"]);
    expect(inside["up_blocks.2.skips.1"]).toEqual(inside.conv_in);
    expect(inside.conv_out.data).toEqual((await model.predict(sample, 500, encoderHiddenStates)).output.data);
    await expect(model.inside({...request, roles: ["mid_blok"]})).rejects.toThrow(
      "no part of this model is called mid_blok"
    );
  });

  test("the text encoder tells every stage, and looks back only", async () => {
    const reading = await model.readText("a horse on the grass");
    const {tokenEmbeddings, positionEmbeddings, hiddenStates, attentions, lastHiddenState} = reading;
    const sum = tokenEmbeddings.data.map((value, i) => value + positionEmbeddings.data[i]);
    sum.forEach((value, i) => expect(value).toBeCloseTo(hiddenStates[0].data[i], 5));
    expect(hiddenStates).toHaveLength((attentions?.length ?? 0) + 1);
    expect(only(lastHiddenState)).toEqual(only(await model.encodeText(["a horse on the grass"])));
    const tokens = model.info.maxTokens;
    for (const {data, dims} of attentions ?? []) {
      expect(dims.slice(1)).toEqual([tokens, tokens]);
      data.forEach((share, i) => {
        const [row, column] = [Math.floor(i / tokens) % tokens, i % tokens];
        if (column > row) expect(share).toBeLessThan(1e-6);
      });
    }
  });

  test("positions add the same whatever the text says", async () => {
    const [a, b] = [await model.readText("a horse"), await model.readText("two cats by the sea")];
    a.positionEmbeddings.data.forEach((value, i) => expect(value).toBeCloseTo(b.positionEmbeddings.data[i], 5));
  });

  test("the VAE tells mean and variance: its mode is what encode gives, a sample lies around it", async () => {
    const picture = await model.decode(new Generator(4).randn([1, ...model.latentShape]));
    const distribution = await model.encodeDistribution(picture);
    const {scalingFactor} = model.info;
    expect(distribution.mean.dims).toEqual([1, ...model.latentShape]);
    expect(modeOf(distribution, scalingFactor)).toEqual(await model.encode(picture));
    const noise = new Generator(5).randn(distribution.mean.dims);
    const sample = sampleOf(distribution, noise, scalingFactor);
    const i = 17;
    const deviation = Math.exp(distribution.logVariance.data[i] / 2);
    const expected = scalingFactor * (distribution.mean.data[i] + deviation * noise.data[i]);
    expect(sample.data[i]).toBeCloseTo(expected, 5);
  });

  test("CLIP's towers project texts and pictures into one space, and refuse another size", async () => {
    const {imageSize, logitScale} = await model.clipInfo();
    const texts = await model.embedTexts(["a horse", "a cat"]);
    const images = await model.embedImages({
      data: new Float32Array(3 * imageSize ** 2),
      dims: [1, 3, imageSize, imageSize]
    });
    const {data, dims} = cosines(texts, images);
    expect(dims).toEqual([2, 1]);
    data.forEach((cosine) => expect(Math.abs(cosine)).toBeLessThanOrEqual(1));
    expect(cosines(texts, texts).data[0]).toBeCloseTo(1, 5);
    expect(logitScale).toBeGreaterThan(1);
    const small = {data: new Float32Array(3 * 64), dims: [1, 3, 8, 8]};
    await expect(model.embedImages(small)).rejects.toThrow(`CLIP looks at pictures of ${imageSize} x ${imageSize}`);
  });
});
