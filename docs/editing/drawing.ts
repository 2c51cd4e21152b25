import {guided} from "../src/guidance.js";
import {predictionOf} from "../src/samplers/prediction.js";
import type {StepRecord} from "../src/stepRecord.js";
import {batchItem, combine, concat, type Tensor} from "../src/tensor.js";
import {Generator} from "../src/random.js";
import type {Report} from "../page/job.js";
import type {Engine} from "../src/worker/client.js";
import type {PipelineName, PipelineOptions} from "../src/pipelines/registry.js";
import type {Stop} from "./entry.js";
import {begun, grown, type PictureRun} from "./run.js";

/** The part of the engine that this page draws with. */
export type Drawer = Pick<Engine, "run" | "predict" | "encodeText" | "decode" | "encode">;

/** What a picture becomes before a run enters at a stop: diffusers' add_noise with the seed's noise. */
export function noisedTo(latents: Tensor, seed: number, {alphaCumprod}: Stop): Tensor {
  const noise = new Generator(seed).randn(latents.dims);
  return combine([Math.sqrt(alphaCumprod), latents], [Math.sqrt(1 - alphaCumprod), noise]);
}

/** What the UNet makes of noised latents in one call: the clean latents that it expects, guided. */
export async function firstGuess(
  engine: Pick<Drawer, "predict" | "encodeText">,
  {
    xt,
    stop,
    prompt,
    guidance,
    predictionType
  }: {xt: Tensor; stop: Stop; prompt: string; guidance: number; predictionType?: string}
): Promise<Tensor> {
  const states = await engine.encodeText(["", prompt]);
  const {output} = await engine.predict(concat([xt, xt]), stop.timestep, states);
  const mixed = guided(batchItem(output, 0), batchItem(output, 1), guidance, 0);
  return predictionOf(mixed, xt, stop.alphaCumprod, predictionType).x0;
}

/** A run, told as it grows; `onStep` also hears of each record. */
export async function drawRun<Name extends PipelineName>(
  engine: Pick<Drawer, "run">,
  pipeline: Name,
  options: PipelineOptions<Name> & {signal: AbortSignal},
  {
    first = 0,
    numSteps,
    onRun,
    report,
    label = "Drawing, step"
  }: {
    first?: number;
    numSteps: number;
    onRun?: (run: PictureRun) => void;
    report?: Report;
    label?: string;
  }
): Promise<PictureRun> {
  let run = begun(first, numSteps);
  for await (const record of engine.run(pipeline, options)) {
    if (options.signal.aborted) return run;
    run = grown(run, record satisfies StepRecord);
    onRun?.(run);
    report?.(record.index - first + 1, run.numSteps - first, label);
  }
  return run;
}
