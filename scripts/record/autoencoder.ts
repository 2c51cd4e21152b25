/** What the autoencoder's chapter shows before the model has come: npx tsx scripts/record/autoencoder.ts */
import {readFileSync, writeFileSync} from "node:fs";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {describeScene} from "../../data/scenes/scene.js";
import {differences, noEdits, painted, edited} from "../../docs/autoencoder/edits.js";
import {mixed, noiseFor, withNoise} from "../../docs/autoencoder/mixing.js";
import {DIMS, type Recording} from "../../docs/autoencoder/recording.js";
import {floatToHalf} from "../../docs/page/recorded.js";
import {imageTensor, scenePixels} from "../../docs/page/scenes.js";
import type {DecoderConfig, UnetConfig} from "../../src/cost.js";
import {modeOf, sampleOf} from "../../src/models/latents.js";
import {loadModelFromFolder} from "../../src/node.js";
import {interpolation} from "../../src/pipelines/interpolation.js";
import {rgbBytes} from "../../src/pixels.js";
import {Generator} from "../../src/random.js";
import type {Tensor} from "../../src/tensor.js";
import {encodeSheet} from "../sheet.js";

const OUT = "docs/recorded/autoencoder";
const SHARES = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];
/** Of the walk in latents: every stop of the page's slider that a walk of a few pictures needs. */
const STOPS = [0, 0.25, 0.5, 0.75, 1];

const model = await loadModelFromFolder("data/models/tiny");
const {name, scalingFactor, preview, recommended, vocabulary, maxTokens, width, height} = model.info;
const objects = Object.keys(vocabulary!.objects);
const atlas = await openAtlas("data/scenes/atlas", objects);
const sheet = new Map<string, Uint8Array>();

const plan: Omit<Recording, "sheet"> = {
  command: "npx tsx scripts/record/autoencoder.ts",
  ...{model: name, scalingFactor, preview, scenes: [1, 9], shares: SHARES},
  ...{objects, tokens: maxTokens, unet: unetConfig(), decoder: decoderConfig()},
  disturbed: {channel: 1, row: 7, column: 7, amount: 2},
  snr: {decibels: 5, seed: 0},
  seeds: {
    ...{prompt: "a horse on the grass", seed: 7, toSeed: 8},
    ...{steps: 20, sampler: "ddim", guidance: recommended.guidance}
  },
  sample: {seed: 0},
  nothing: {seed: 7}
};

function configOf<T>(part: string): T {
  return JSON.parse(readFileSync(`data/models/tiny/${part}/config.json`, "utf8")) as T;
}

/** The keys that cost is counted from. */
function unetConfig(): UnetConfig {
  const {in_channels, out_channels, block_out_channels, down_block_types, up_block_types, layers_per_block, ...rest} =
    configOf<UnetConfig>("unet");
  const {cross_attention_dim} = rest;
  return {
    ...{in_channels, out_channels, block_out_channels, down_block_types, up_block_types},
    ...{layers_per_block, cross_attention_dim}
  };
}

function decoderConfig(): DecoderConfig {
  const {out_channels, latent_channels, block_out_channels, layers_per_block, fold} =
    configOf<DecoderConfig>("vae_decoder");
  return {out_channels, latent_channels, block_out_channels, layers_per_block, fold};
}

async function keep(key: string, latents: Tensor): Promise<Tensor> {
  const image = await model.decode(latents);
  sheet.set(key, rgbBytes(image));
  return image;
}

const images = plan.scenes.map((seed) => {
  const spec = describeScene(seed, {objects});
  console.info(`scene ${seed}: ${captionsOf(spec)[0].text}`);
  return imageTensor(scenePixels(drawScene(spec, atlas)));
});
const distributions = [await model.encodeDistribution(images[0]), await model.encodeDistribution(images[1])];
const [latents, toLatents] = distributions.map((distribution) => modeOf(distribution, scalingFactor));
const decoded = await keep("scene 0", latents);
await keep("scene 1", toLatents);

const {row, column, ...brush} = plan.disturbed;
const edits = painted(latents, noEdits, {...brush, brush: "add", size: 1}, {row, column});
const difference = differences(await keep("disturbed", edited(latents, edits)), decoded);

await keep("noise", withNoise(latents, noiseFor(latents, plan.snr.decibels), plan.snr.seed));
for (const share of STOPS) await keep(`walk ${share}`, mixed(latents, toLatents, share));
const noise = new Generator(plan.sample.seed).randn(DIMS);
await keep("sample", sampleOf(distributions[0], noise, scalingFactor));
await keep("nothing", new Generator(plan.nothing.seed).randn(DIMS));

const {prompt, seed, toSeed, steps, guidance} = plan.seeds;
for (const share of SHARES) {
  let last: Tensor | null = null;
  const options = {prompt, seed, toSeed, share, steps, guidance, sampler: "ddim" as const};
  for await (const step of interpolation(model, options)) last = step.prev;
  await keep(`seeds ${share}`, last!);
  console.info(`between seeds ${seed} and ${toSeed}: ${share}`);
}

const numbers = [...distributions.flatMap(({mean, logVariance}) => [mean.data, logVariance.data]), difference.values];
const halves = numbers.map((values) => new Uint8Array(floatToHalf(values).buffer));
const recording: Recording = {...plan, sheet: [...sheet.keys()]};
writeFileSync(`${OUT}.json`, JSON.stringify(recording) + "\n");
writeFileSync(`${OUT}.bin`, Buffer.concat(halves));
writeFileSync(`${OUT}.png`, encodeSheet([...sheet.values()], width, height));
await model.release();
console.info(`${OUT}.json, .bin, .png: ${sheet.size} pictures`);
