import type {LinearPreview} from "../components/pixels.js";
import {TIME} from "../components/unetDiagram.js";
import type {LayerFacts, Shape, UnetFacts} from "../src/unet/facts.js";
import {planOf, type Skip, type UnetPlan} from "../src/unet/plan.js";
import type {Look, Seen, Statistics, Summary} from "./look.js";
import type {LayerTimes} from "./times.js";

/** The JSON beside docs/recorded/unet.bin; scripts/record/unet.ts writes both. */
export interface UnetRecording {
  readonly command: string;
  readonly model: string;
  readonly preview: LinearPreview;
  readonly sample: Shape;
  readonly tokens: number;
  /** Text width E. */
  readonly textWidth: number;
  readonly layers: readonly {readonly role: string; readonly facts: LayerFacts}[];
  readonly skips: readonly Skip[];
  readonly blocks: readonly string[];
  readonly time: UnetFacts["time"];
  readonly operations: number;
  readonly times: RecordedTimes;
  /** For each step of the recorded drawing, in the order of the layers. */
  readonly steps: readonly RecordedStep[];
  /** One step of which the first channels of everything are kept. */
  readonly look: {
    readonly step: number;
    readonly tensors: readonly RecordedTensor[];
  };
  readonly wrong: readonly WrongTimes[];
  readonly off: RecordedOff;
}

/** Shares of a call's time, in the order of the layers, and of the time embedding. */
export interface RecordedTimes {
  readonly calls: number;
  /** Of one call, where it was recorded. */
  readonly seconds: number;
  readonly layers: readonly number[];
  readonly embedding: number;
}

export interface RecordedStep {
  readonly timestep: number;
  /** Of each layer: mean, deviation, least, most, rms, and the largest activity. */
  readonly layers: readonly (readonly number[])[];
  /** Sizes (rms) inside each block of a transformer: what goes in, its three terms, what comes out. */
  readonly blocks: readonly (readonly number[])[];
}

/** int8 values of [channels, h, w] in the .bin, to be multiplied by `scale`. */
export interface RecordedTensor {
  readonly role: string;
  readonly shape: Shape;
  readonly statistics: Statistics;
  readonly channels: number;
  readonly scale: number;
}

/** One step's latents, told to be of other timesteps. */
export interface WrongTimes {
  readonly step: number;
  readonly timestep: number;
  readonly told: readonly number[];
  /** Root mean square of the difference from the prediction at the true timestep, and of the prediction itself. */
  readonly apart: readonly number[];
  readonly sizes: readonly number[];
}

/** Drawings with one part switched off: pictures of the film's own prompt, and over several prompts how far they are from the intact one. */
export interface RecordedOff {
  readonly keys: readonly string[];
  readonly prompts: readonly string[];
  readonly seed: number;
  readonly steps: number;
  /** Mean difference of the colours, 0 to 255, over the prompts. */
  readonly apart: readonly number[];
  /** CLIP's cosine of picture and prompt, meaned over the prompts: of the intact pictures first. */
  readonly cosines: readonly number[];
}

export interface RecordedUnet {
  readonly recording: UnetRecording;
  readonly plan: UnetPlan;
  readonly facts: UnetFacts;
  readonly look: Look;
  readonly times: LayerTimes;
  summary(step: number): Summary;
}

/** @param bytes first the activity of every layer at every step (0 to 255 of its peak), then the int8 tensors of the look */
export function openRecorded(recording: UnetRecording, bytes: ArrayBuffer): RecordedUnet {
  const {layers, skips, steps, time, operations} = recording;
  const plan = planOf(layers.map(({role}) => role), skips); // prettier-ignore
  const places = layers.map(({facts: {output}}) => output[1] * output[2]);
  const perStep = places.reduce((a, b) => a + b, 0);
  const activities = new Uint8Array(bytes, 0, perStep * steps.length);
  const starts = places.map((_, i) => places.slice(0, i).reduce((a, b) => a + b, 0));
  const parameters = layers.reduce((sum, {facts}) => sum + facts.parameters, time.parameters);
  return {
    ...{recording, plan},
    facts: {layers: new Map(layers.map(({role, facts}) => [role, facts])), time, parameters, operations},
    times: recordedTimes(recording),
    look: recordedLook(recording, new Int8Array(bytes, activities.length)),
    summary(step) {
      const activity = (i: number): Float32Array => {
        const from = step * perStep + starts[i];
        const peak = steps[step].layers[i][5];
        return Float32Array.from(activities.subarray(from, from + places[i]), (value) => (value / 255) * peak);
      };
      return {
        source: "recorded",
        layers: new Map(layers.map(({role}, i) => [role, layerSummary(steps[step].layers[i], activity(i))])),
        blocks: new Map(recording.blocks.map((block, i) => [block, steps[step].blocks[i]]))
      };
    }
  };
}

function recordedTimes({layers, times: {calls, seconds, layers: shares, embedding}}: UnetRecording): LayerTimes {
  const ofLayers = layers.map(({role}, i) => [role, shares[i]] as const);
  return {source: "recorded", calls, seconds, shares: new Map([...ofLayers, [TIME, embedding]])};
}

function layerSummary(numbers: readonly number[], activity: Float32Array) {
  const [mean, deviation, least, most, rms] = numbers;
  return {statistics: {mean, deviation, least, most, rms}, activity};
}

function recordedLook({look: {step, tensors}, steps}: UnetRecording, bytes: Int8Array): Look {
  const seen = new Map<string, Seen>();
  let at = 0;
  for (const {role, shape, statistics, channels, scale} of tensors) {
    const [, height, width] = shape;
    const size = channels * height * width;
    const data = Float32Array.from(bytes.subarray(at, at + size), (value) => value * scale);
    at += size;
    const sums = new Float32Array(height * width);
    for (let i = 0; i < size; i++) sums[i % sums.length] += data[i] ** 2;
    const activity = sums.map((sum) => Math.sqrt(sum / channels)); // of the channels that are kept
    seen.set(role, {shape, statistics, activity, channels: {data, dims: [channels, height, width]}});
  }
  return {source: "recorded", timestep: steps[step].timestep, get: (role) => seen.get(role) ?? null};
}
