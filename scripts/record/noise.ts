/** Measures what the noise page shows before the model is there: npx tsx scripts/record/noise.ts */
import {writeFileSync} from "node:fs";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {describeScene, sceneOf, type SceneSpec} from "../../data/scenes/scene.js";
import {scenePixels, imageTensor} from "../../docs/page/scenes.js";
import {EXTREMES, EXTREME_RUN, drawExtreme, plainOf, type Drawer} from "../../docs/noise/extremes.js";
import {
  OTHER_SCENES,
  TIMESTEPS,
  brightnessOf,
  measureLoss,
  plainLikeness,
  type LossRow
} from "../../docs/noise/measure.js";
import type {ExtremesRecord, ExtremesRow, NoiseRecording} from "../../docs/noise/recording.js";
import {defaults} from "../../docs/noise/state.js";
import {noised} from "../../src/forward.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage} from "../../src/pipeline.js";
import {clipped} from "../../src/pictures.js";
import {imageToImage} from "../../src/pipelines/imageToImage.js";
import {rgbBytes} from "../../src/pixels.js";
import {Generator} from "../../src/random.js";
import {makeSchedule} from "../../src/schedule.js";
import type {Tensor} from "../../src/tensor.js";
import {encodeSheet} from "../sheet.js";

const out = "docs/recorded/noise";
const SEEDS = [1, 2, 3, 4];
const {scene, seed} = defaults;

const model = await loadModelFromFolder("data/models/tiny");
const objects = Object.keys(model.info.vocabulary!.objects);
const atlas = await openAtlas("data/scenes/atlas", objects);
const {alphasCumprod} = makeSchedule(model.schedulerConfig);
const pictureOf = (spec: SceneSpec): Tensor => imageTensor(scenePixels(drawScene(spec, atlas)));
const captionOf = (number: number): string => captionsOf(describeScene(number, {objects}))[0].text;

const latents = await model.encode(pictureOf(describeScene(scene, {objects})));
const eps = new Generator(seed).randn(latents.dims);
const sheet: Tensor[] = [];
for (const t of TIMESTEPS) sheet.push(await model.decode(noised(latents, eps, alphasCumprod[t])));

const captions = [scene, ...OTHER_SCENES].map(captionOf);
const loss: LossRow[] = [];
const question = {latents, eps, captions, alphasCumprod, timesteps: TIMESTEPS};
for await (const row of measureLoss(model, question)) loss.push(rounded(row));
const plain = Number(plainLikeness(clipped(await model.decode(latents))).toFixed(4));

const recording: NoiseRecording = {
  command: "npx tsx scripts/record/noise.ts",
  objects,
  ...{model: model.info.name, scene, seed, preview: model.info.preview, dims: latents.dims},
  latents: [...latents.data].map((value) => Number(value.toFixed(5))),
  ...{timesteps: TIMESTEPS, captions, loss, plain, extremes: await extremes()}
};
writeFileSync(`${out}.json`, JSON.stringify(recording) + "\n");
writeFileSync(
  `${out}.png`,
  encodeSheet(
    sheet.map((image) => rgbBytes(clipped(image))),
    model.info.width,
    model.info.height
  )
);
await model.release();
console.info(`${out}.json, .png: scene ${scene}, noise of seed ${seed}, ${sheet.length} pictures`);

/** Drawings of extreme backgrounds, from noise and with a trace; the first seed's pictures go on the sheet. */
async function extremes(): Promise<ExtremesRecord> {
  const drawer: Drawer = {
    textToImage: (options) => textToImage(model, options),
    imageToImage: (options) => imageToImage(model, options),
    decode: model.decode
  };
  const rows: ExtremesRow[] = [];
  let start = {timestep: 0, alphaCumprod: 0};
  for (const {prompt, name, color} of EXTREMES) {
    const asked = pictureOf(sceneOf(name, color));
    const means: number[][] = [];
    for (const trace of [null, plainOf(asked)]) {
      const drawn = [];
      for (const number of SEEDS)
        drawn.push(
          await drawExtreme(drawer, {prompt, seed: number, trace}, ({index, timestep, alphaCumprod}) => {
            if (index === 0) start = {timestep, alphaCumprod};
          })
        );
      sheet.push(drawn[0].image);
      means.push(drawn.map(({brightness}) => Number(brightness.toFixed(2))));
      console.info(prompt, trace ? "with a trace" : "from noise", means.at(-1));
    }
    const [fromNoise, withTrace] = means;
    rows.push({prompt, scene: Number(brightnessOf(asked).toFixed(2)), fromNoise, withTrace});
  }
  return {...start, ...EXTREME_RUN, seeds: SEEDS, rows};
}

function rounded({t, psnr, cosines}: LossRow): LossRow {
  const digits = (value: number) => Number(value.toFixed(4));
  return {t, psnr: psnr === null ? null : digits(psnr), cosines: cosines.map(digits)};
}
