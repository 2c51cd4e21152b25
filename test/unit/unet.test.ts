import {readFileSync} from "node:fs";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {mosaicOf} from "../../components/channelMosaic.js";
import {lookInside, rolesToSee, type Look} from "../../docs/unet/look.js";
import {partsOf} from "../../docs/unet/parts.js";
import {openRecorded, type UnetRecording} from "../../docs/unet/recording.js";
import {SD15_UNET, totalOf, unetCost, type UnetConfig} from "../../src/cost.js";
import type {Model} from "../../src/models/model.js";
import {loadModelFromFolder} from "../../src/node.js";
import {Generator} from "../../src/random.js";
import {timeFeatures} from "../../src/timeFeatures.js";
import type {Role} from "../../src/trace/roles.js";
import {configuredUnet} from "../../src/unet/configured.js";
import {unetFacts, type Shape} from "../../src/unet/facts.js";
import {planOfRoles} from "../../src/unet/plan.js";

interface Golden {
  prompt: string;
  seed: number;
  timestep: number;
  statistics: Record<string, Record<string, number>>;
  shapes: Record<string, number[]>;
  features: number[];
  time_embedding: number[];
  parameters: Record<string, number>;
}

const golden = JSON.parse(readFileSync("test/goldens/unet.json", "utf8")) as Golden;
const config = JSON.parse(readFileSync("data/models/tiny/unet/config.json", "utf8")) as UnetConfig;
const tiny = configuredUnet(config, {side: 16, tokens: 32});

describe("the running model's UNet", () => {
  let model: Model;
  let roles: readonly Role[];
  let look: Look;

  beforeAll(async () => {
    model = await loadModelFromFolder("data/models/tiny");
    roles = await model.roles("unet");
    const sample = new Generator(golden.seed).randn([1, 4, 16, 16]);
    const encoderHiddenStates = await model.encodeText([golden.prompt]);
    const asked = rolesToSee(planOfRoles(roles), roles, {places: 256});
    const request = {part: "unet", sample, timestep: golden.timestep, encoderHiddenStates, roles: asked} as const;
    look = await lookInside(model.inside, request);
  }, 120_000);
  afterAll(() => model.release());

  test("is drawn from its own file: the plan of its config, and the shapes that came out", async () => {
    const plan = planOfRoles(roles);
    expect(plan).toEqual(tiny.plan);
    for (const {role} of plan.layers) expect(look.get(role)?.shape, role).toEqual(tiny.shapeOf(role));
    const shapeOf = (role: string): Shape => look.get(role)!.shape;
    const weights = await model.weights("unet");
    expect(unetFacts({plan, sample: [4, 16, 16], shapeOf, weights, tokens: 32})).toEqual(tiny.facts);
  });

  test("has the statistics that onnxruntime in Python finds", () => {
    for (const [role, expected] of Object.entries(golden.statistics)) {
      const {statistics} = look.get(role)!;
      for (const [name, value] of Object.entries(expected))
        expect(statistics[name as keyof typeof statistics], `${role}: ${name}`).toBeCloseTo(value, 3);
    }
  });

  test("has the time embedding that Python finds, and the features of diffusers' formula", () => {
    const [own, embedding] = ["time_proj", "time_embedding"].map((role) => [...look.get(role)!.channels.data]);
    const formula = timeFeatures(golden.timestep, own.length);
    for (const [i, value] of golden.features.entries()) {
      expect(own[i]).toBeCloseTo(value, 3);
      expect(formula[i]).toBeCloseTo(value, 3);
    }
    for (const [i, value] of golden.time_embedding.entries()) expect(embedding[i]).toBeCloseTo(value, 3);
  });

  test("adds its time to every place of a channel alike", () => {
    const block = "down_blocks.0.resnets.0";
    const [before, after, shift] = [".conv1", ".norm2.input", ".time_emb_proj"].map((part) => look.get(block + part)!);
    for (const i of [0, 255, 256, 5000])
      expect(after.channels.data[i] - before.channels.data[i]).toBeCloseTo(shift.channels.data[Math.floor(i / 256)], 4);
  });
});

describe("a UNet from its config", () => {
  test("has as many learned numbers as diffusers' module, in all and layer by layer", () => {
    const {all, time_embedding: time, ...layers} = golden.parameters;
    expect(tiny.facts.parameters).toBe(all);
    expect(tiny.facts.time.parameters).toBe(time);
    for (const [role, count] of Object.entries(layers))
      expect(tiny.facts.layers.get(role)?.parameters, role).toBe(count);
  });

  test("costs what is counted for the whole, whatever its depth", () => {
    const deep = {...config, block_out_channels: [32, 64, 64, 128, 128], layers_per_block: 3, down_block_types: ["CrossAttnDownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D", "DownBlock2D"], up_block_types: ["UpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"]}; // prettier-ignore
    for (const [one, side, tokens] of [
      [config, 16, 32],
      [SD15_UNET, 64, 77],
      [deep, 32, 12]
    ] as const)
      // prettier-ignore
      expect(configuredUnet(one, {side, tokens}).facts.operations).toBe(totalOf(unetCost(one, {side, tokens})));
    const {plan} = configuredUnet(deep, {side: 32, tokens: 12});
    expect(plan.rungs.length).toBe(20);
    expect(plan.rungs.every(({up, skip}) => up[0].skip === skip)).toBe(true);
  });

  test("of Stable Diffusion 1.5 has its published size, twelve skips, and H / 8 x W / 8 in and out", () => {
    const {facts, plan, sample, shapeOf} = configuredUnet(SD15_UNET, {side: 64, tokens: 77});
    expect(facts.parameters).toBe(859_520_964);
    expect(plan.rungs.length).toBe(12);
    expect([sample, shapeOf("conv_out")]).toEqual([[4, 64, 64], [4, 64, 64]]); // prettier-ignore
    expect(facts.time).toMatchObject({width: 320, output: 1280});
  });
});

test("a file that names no layers is refused in one sentence", () => {
  expect(() => planOfRoles([{role: "node_1", module: "node_1", part: "output", tensor: "x"}])).toThrow(
    "does not name the layers of a UNet"
  );
});

test("another folder's graph is its own, also without a middle block, where the last skip is what the way up begins with", async () => {
  const model = await loadModelFromFolder("test/browser/own/model");
  const {layers, rungs} = planOfRoles(await model.roles("unet"));
  await model.release();
  expect(layers).toHaveLength(8);
  expect(rungs.map(({skip, up}) => [skip.from, up[0].role])).toEqual([
    ["conv_in", "up_blocks.0.resnets.1"],
    ["down_blocks.0.attentions.0", "up_blocks.0.resnets.0"]
  ]);
});

test("every skip, all of them, the text and the time can be switched off", () => {
  const parts = partsOf(tiny.plan, tiny.shapeOf);
  expect(parts.map(({key}) => key)).toEqual([
    ...tiny.plan.rungs.map(({skip}) => skip.role),
    ...["skips", "cross_attention", "time_embedding"]
  ]);
  expect(parts[0]).toMatchObject({name: "skip 1 (96 × 16 × 16)", controls: {skips: {"up_blocks.2.skips.1": 0}}});
});

test("the recording opens to this model's graph, and to the numbers of every step", () => {
  const recording = JSON.parse(readFileSync("docs/recorded/unet.json", "utf8")) as UnetRecording;
  const {buffer} = Uint8Array.from(readFileSync("docs/recorded/unet.bin"));
  const {plan, facts, look, summary} = openRecorded(recording, buffer);
  expect({plan, facts}).toEqual({plan: tiny.plan, facts: tiny.facts});
  const role = "up_blocks.2.attentions.1";
  const {activity, statistics} = summary(recording.look.step).layers.get(role)!;
  const size = Math.sqrt(activity.reduce((sum, value) => sum + value ** 2, 0) / activity.length);
  expect(size / statistics.rms).toBeCloseTo(1, 1);
  expect(look.get(role)?.channels.dims).toEqual([8, 16, 16]);
  expect(look.get("time_embedding")?.channels.dims).toEqual([384, 1, 1]);
});

test("a mosaic puts channels side by side with gaps of nothing", () => {
  const channels = {data: Float32Array.of(1, 2, 3), dims: [3, 1, 1]};
  const {values, rows, columns} = mosaicOf(channels, {first: 1, count: 4, columns: 2});
  expect([rows, columns]).toEqual([3, 3]);
  expect([...Array.from(values)].map((value) => (Number.isNaN(value) ? null : value))).toEqual([2, null, 3, null, null, null, null, null, null]); // prettier-ignore
});
