/**
 * How near the learning page's small network comes to each ready drawing, whatever it predicts and by whichever schedule:
 * npx tsx scripts/smallNet.ts [steps]
 */
import * as jax from "@jax-js/jax";
import {lessonOf} from "../docs/learning/lessonOf.js";
import {PARTICLES} from "../docs/learning/netDistance.js";
import {SKETCHES} from "../docs/learning/sketches.js";
import {NAMES, SCHEDULES, TYPES} from "../docs/learning/state.js";
import {createDenoiser, DENOISER_DEFAULTS, type Denoiser} from "../src/live/denoiser.js";
import {leastError} from "../src/live/exact.js";
import {textToImage} from "../src/pipeline.js";
import {Generator} from "../src/random.js";
import type {Tensor} from "../src/tensor.js";
import {slicedWasserstein} from "../src/world/distance.js";

const steps = Number(process.argv[2] ?? 1000);
/** The loss that is told is the mean of the last so many steps. */
const LAST = 200;

await jax.init("wasm");
jax.defaultDevice("wasm");
console.info("| drawing | predicts | schedule | distance by DDIM, DDPM | loss, least possible | steps a second |");
console.info("|---|---|---|---|---|---|");
for (const [name, sketch] of Object.entries(SKETCHES)) {
  const lesson = lessonOf(sketch(1200, new Generator(4)), NAMES);
  for (const predictionType of Object.keys(TYPES)) {
    for (const betaSchedule of Object.keys(SCHEDULES)) {
      const settings = {...DENOISER_DEFAULTS, predictionType, betaSchedule};
      const denoiser = createDenoiser(jax, lesson, settings);
      const began = performance.now();
      let loss = 0;
      while (denoiser.steps < steps) {
        const error = await denoiser.learn();
        if (denoiser.steps > steps - LAST) loss += error / Math.min(LAST, steps);
      }
      const rate = (1000 * steps) / (performance.now() - began);
      const far = [await drawn(denoiser, "ddim"), await drawn(denoiser, "ddpm")].map((points) =>
        slicedWasserstein(points, lesson.points).toFixed(3)
      );
      const least = leastError(lesson, settings);
      console.info(
        `| ${name} | ${predictionType} | ${betaSchedule} | ${far.join(", ")} | ${loss.toFixed(2)}, ${least.toFixed(2)} | ${rate.toFixed(0)} |`
      );
      denoiser.dispose();
    }
  }
}

/** Points as the page draws them. */
async function drawn(denoiser: Denoiser, sampler: string): Promise<Tensor> {
  let last: Tensor | null = null;
  const options = {prompt: "any", seed: 1, steps: 25, guidance: 1, sampler};
  for await (const {prev} of textToImage(denoiser.model(PARTICLES), options)) last = prev;
  return last!;
}
