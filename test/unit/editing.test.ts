// Golden: editing.json, made by scripts/record/editing.py with diffusers' own image-to-image pipeline, schedulers and the shipped ONNX files.
import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {brushed} from "../../components/maskPad.js";
import {noiseIn, paintedLatents} from "../../docs/editing/brush.js";
import {noisedTo} from "../../docs/editing/drawing.js";
import {entryOf, stopsOf} from "../../docs/editing/entry.js";
import {readMask, rectangle, writeMask} from "../../docs/editing/mask.js";
import {entryText, heldPixelText, paintText, walkText} from "../../docs/editing/formulas.js";
import {coarseOf, fidelityOf, greyOf, lengthOf} from "../../docs/editing/measure.js";
import {DEFAULTS} from "../../docs/editing/defaults.js";
import {
  recordedNumbers,
  type EditingRecording,
  type JudgedProjection,
  type RecordedWalks
} from "../../docs/editing/recording.js";
import {shownAt, stripOf} from "../../docs/editing/run.js";
import {laneKey, LANES, lengthVerdict, stopsOfWalks, walkNoise} from "../../docs/editing/walking.js";
import {fields, plainly, queryOf, type EditingState} from "../../docs/editing/state.js";
import {readQuery} from "../../docs/page/query.js";
import type {Tensor} from "../../src/tensor.js";

interface Golden {
  readonly entries: readonly {steps: number; strength: number; timestep: number; made: number}[];
  readonly start: readonly number[];
  readonly deviation: number;
  readonly back: Readonly<Record<string, number>>;
  readonly held: Readonly<Record<string, {luminance: number; low: number}>>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
const golden = read<Golden>("test/goldens/editing.json");
const recording = read<EditingRecording>("docs/recorded/editing.json");
const bytes = readFileSync("docs/recorded/editing.bin");
const numbers = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
const stops = stopsOf(recording.scheduler, recording.steps);
const recorded = recordedNumbers(recording, numbers, stops);
const given = recorded.latents.get("picture")!;

describe("where a run from a picture enters", () => {
  test("agrees with diffusers' get_timesteps for every strength and number of steps", () => {
    for (const {steps, strength, timestep, made} of golden.entries) {
      const entry = entryOf(recording.scheduler, steps, strength);
      expect([entry.stops[entry.first].timestep, steps - entry.first], `${strength} of ${steps}`).toEqual([
        timestep,
        made
      ]);
    }
  });

  test("the noised start agrees with diffusers' add_noise on the picture's latents", () => {
    const {first} = entryOf(recording.scheduler, 20, 0.6);
    const start = noisedTo(given, recording.seed, stops[first]);
    golden.start.forEach((value, i) => expect(start.data[64 * i]).toBeCloseTo(value, 3)); // kept in half precision
  });
});

describe("the recording", () => {
  test("inversion and projection have the errors that Python measures on the same files", () => {
    expect(recording.inversion.deviation).toBeCloseTo(golden.deviation, 3);
    expect(lengthOf(recorded.latents.get("noise")!)).toBeCloseTo(golden.deviation, 3);
    for (const {guidance, error} of recording.inversion.back) {
      if (golden.back[guidance] !== undefined) expect(error).toBeCloseTo(golden.back[guidance], 3);
    }
    for (const keep of ["luminance", "low-frequencies"] as const) {
      expect(recording.projection[keep].held.luminance).toBeCloseTo(golden.held[keep].luminance, 1);
      expect(recording.projection[keep].held.low).toBeCloseTo(golden.held[keep].low, 1);
    }
  });

  test("inpainting leaves the latents outside the mask as they were", () => {
    const mask = readMask(recording.inpainting.mask)!;
    const result = recorded.latents.get("inpaint")!;
    expect(result.data.filter((value, i) => !mask[i % 256] && value !== given.data[i])).toHaveLength(0);
  });

  test("over scenes never seen, both projections keep what is given nearly as well as the autoencoder can, and the judge names the thing", () => {
    const {rows, prompts} = read<JudgedProjection>("docs/recorded/editing-projection.json");
    expect(rows.luminance.luminance).toBeLessThan(rows.coded.luminance + 2);
    expect(rows["low-frequencies"].low).toBeLessThan(rows.coded.low + 1);
    expect(rows.luminance.right).toBeGreaterThan(rows["given grey"].right);
    expect(rows["low-frequencies"].right).toBe(prompts.length);
  });

  test("a run's strip shows the kept steps, and ends with the result", () => {
    const run = recorded.runs.get("enter 12")!;
    expect(stripOf(run, () => ({data: new Uint8ClampedArray(4), width: 1, height: 1})).map(({index}) => index)).toEqual(
      [8, 11, 14, 16, 19]
    );
    expect(shownAt(run, 19)).toBe(run.result);
  });
});

describe("what the page measures and makes", () => {
  const picture: Tensor = {data: Float32Array.from({length: 3 * 256}, (_, i) => Math.sin(i)), dims: [1, 3, 16, 16]};

  test("a grey picture keeps all luminance, a coarse one all means", () => {
    expect(fidelityOf(greyOf(picture), picture).luminance).toBeCloseTo(0, 4);
    expect(fidelityOf(coarseOf(picture), picture).low).toBeCloseTo(0, 4);
    expect(fidelityOf(greyOf(picture), picture).low).toBeGreaterThan(1);
  });

  test("a mask is read as it was written, and a brush is cut at the edges", () => {
    const mask = rectangle(7, 4, 14, 11);
    expect(readMask(writeMask(mask))).toEqual(mask);
    expect(readMask("nothing of the kind")).toBeUndefined();
    expect(brushed(new Uint8Array(256), 16, {row: 0, column: 0}, 3, 1).reduce((a, b) => a + b)).toBe(4);
  });

  test("paint goes into the guess, and the noise of a cell stays", () => {
    const frame = recorded.runs.get("trunk")!.frames[6];
    const mask = rectangle(2, 2, 3, 3);
    const xt = paintedLatents(frame, mask, [1, 2, 3, 4]);
    const painted = frame.x0.data.map((value, i) => (mask[i % 256] ? [1, 2, 3, 4][Math.floor(i / 256)] : value));
    const noise = noiseIn({...frame, xt, x0: {data: painted, dims: frame.x0.dims}}).data;
    noiseIn(frame).data.forEach((value, i) => expect(noise[i]).toBeCloseTo(value, 4));
    expect(xt.data.filter((value, i) => !mask[i % 256] && value !== frame.xt.data[i])).toHaveLength(0);
  });

  test("the straight way between two noises is short in its middle, the arc is not", () => {
    const middle = (way: "arc" | "line") => lengthOf(walkNoise(7, 8, 0.5, way, [1, 4, 16, 16]));
    expect(middle("line")).toBeCloseTo(Math.SQRT1_2, 1);
    expect(middle("arc")).toBeCloseTo(1, 1);
  });

  test("the walks that a plain visit asks for are those that are recorded", () => {
    const {prompt, toPrompt, seed, toSeed} = read<RecordedWalks>("docs/recorded/editing-walks.json");
    expect({prompt, toPrompt, seed, toSeed}).toEqual(DEFAULTS.walk);
  });

  test("pictures that walks share are drawn once: the beginning, and the end of both ways between seeds", () => {
    const stops = stopsOfWalks([0, 0.25, 0.5, 1], LANES);
    expect(stops[0]).toEqual({share: 0, lanes: ["arc", "line", "words"]});
    expect(stops[1]).toEqual({share: 1, lanes: ["arc", "line"]});
    expect(stops).toHaveLength(1 + 2 + 3 + 3);
    expect(stopsOfWalks([0, 1], ["words"])).toEqual([0, 1].map((share) => ({share, lanes: ["words"]})));
  });

  test("a walk's film is another when what it depends on changes", () => {
    const {walk} = DEFAULTS;
    expect(laneKey("arc", {...walk, toPrompt: "an owl"})).toBe(laneKey("arc", walk));
    expect(laneKey("words", {...walk, toSeed: 9})).toBe(laneKey("words", walk));
    expect(laneKey("line", {...walk, toSeed: 9})).not.toBe(laneKey("line", walk));
    expect(lengthVerdict({...walk, toSeed: 7}, {arc: [[0, 1]], line: [[0, 1]]})).toContain("no way to go");
  });
});

/** The numbers of a formula, in their order. */
const numbersIn = (text: string): number[] =>
  [...text.replaceAll("−", "-").matchAll(/-?\d+(?:\.\d+)?/g)].map(([value]) => Number(value));

describe("formulas with the numbers on screen", () => {
  test("the entry's first number is diffusers' add_noise", () => {
    const asked = {scheduler: recording.scheduler, steps: 20, strength: 0.6, seed: 7, latents: given};
    const [made, first] = entryText(asked);
    expect(made).toContain("= 12 steps are made, so τ = 551");
    expect(numbersIn(first).at(-1)).toBeCloseTo(golden.start[0], 2);
  });

  test("a walk's weights give the noise that is drawn from", () => {
    const dims = [1, 4, 16, 16];
    const [, line] = walkText({...DEFAULTS.walk, seed: 3, toSeed: 11}, 0.25, dims);
    const [, a, b] = numbersIn(line);
    const ends = [0, 1].map((share) => walkNoise(3, 11, share, "arc", dims).data[5]);
    expect(a * ends[0] + b * ends[1]).toBeCloseTo(walkNoise(3, 11, 0.25, "arc", dims).data[5], 2);
  });

  test("what is missing of a pixel's grey, and of a square's mean", () => {
    const plain = (r: number, g: number, b: number) => {
      const data = Uint8ClampedArray.from({length: 4 * 1024}, (_, i) => [r, g, b, 255][i % 4]);
      return {data, width: 32, height: 32};
    };
    const [grey] = heldPixelText(plain(10, 20, 30), plain(100, 100, 100), "luminance", true);
    expect(grey).toContain(
      "0.299 × 10 + 0.587 × 20 + 0.114 × 30 = 18.15. Known is y = 100.00, so y − A x = 81.85 of 255"
    );
    const [square] = heldPixelText(plain(10, 20, 30), plain(12, 20, 25), "low-frequencies", true);
    expect(square).toContain("y − A x = (2.0, 0.0, −5.0) of 255");
    expect(heldPixelText(plain(0, 0, 0), plain(0, 0, 0), "luminance", false)[0]).toContain("not been decoded");
  });

  test("the painted number is that of the latents that the run goes on from", () => {
    const frame = recorded.runs.get("trunk")!.frames[6];
    const mask = rectangle(2, 2, 3, 3);
    const painted = paintedLatents(frame, mask, [1, 2, 3, 4]).data[mask.indexOf(1)];
    expect(numbersIn(paintText(frame, mask, [1, 2, 3, 4])[0]).at(-1)).toBeCloseTo(painted, 2);
  });
});

describe("the address", () => {
  test("keeps every control, and a plain visit has none", () => {
    const plain = plainly(recording.guidance);
    const run = recorded.runs.get("enter 12")!;
    const still = {picture: null, run, step: 19, playing: false, sweeping: false, busy: false};
    expect(queryOf({...plain, ...still} as unknown as EditingState, plain)).toBe("");
    const asked = {
      ...{
        keep: "low-frequencies",
        back: 7,
        brushPrompt: "an owl",
        brushStep: 16,
        brushColor: "blue",
        paint: writeMask(rectangle(0, 0, 1, 1))
      },
      ...{inpaintStep: 9, projectStep: 5, carriedStep: 17, walkShare: 0.375, scene: 12}
    } as const;
    const query = queryOf({...plain, ...asked, ...still, step: 13} as unknown as EditingState, plain);
    expect(readQuery(query, fields)).toEqual(asked);
    expect(query).toContain("step=14");
    expect(readQuery("?brushStep=4&keep=all&back=40", fields)).toEqual({});
  });
});
