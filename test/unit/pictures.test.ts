import {describe, expect, test} from "vitest";
import type {StepRecord} from "../../src/pipeline.js";
import {imageToImage} from "../../src/pipelines/imageToImage.js";
import {inpainting} from "../../src/pipelines/inpainting.js";
import {interpolation} from "../../src/pipelines/interpolation.js";
import {inversion} from "../../src/pipelines/inversion.js";
import {projection} from "../../src/pipelines/projection.js";
import {textToImage} from "../../src/pipeline.js";
import {averaged, luminanceOf, withLowFrequencies, withLuminance} from "../../src/pictures.js";
import {pictureOf, rgbBytes} from "../../src/pixels.js";
import {Generator} from "../../src/random.js";
import {combine, type Tensor} from "../../src/tensor.js";
import {toyModel} from "./toyModel.js";

const dims = [1, 3, 4, 4];
const image: Tensor = {data: Float32Array.from({length: 48}, (_, i) => Math.sin(i)), dims};
const other: Tensor = {data: Float32Array.from({length: 48}, (_, i) => Math.cos(2 * i)), dims};
const left: Tensor = {data: Float32Array.from({length: 16}, (_, i) => (i % 4 < 2 ? 1 : 0)), dims: [1, 1, 4, 4]};
const asked = {prompt: "a horse", seed: 7, steps: 6};

async function all(drawing: AsyncIterable<StepRecord>): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const record of drawing) records.push(record);
  return records;
}

const last = (records: readonly StepRecord[]): StepRecord => records[records.length - 1];

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 5): void {
  expect(actual).toHaveLength(expected.length);
  Array.from(actual).forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits));
}

describe("parts of pictures", () => {
  test("a picture with another's luminance has it, and keeps its own differences of colour", () => {
    const mixed = withLuminance(image, other);
    close(luminanceOf(mixed), luminanceOf(other));
    for (let i = 0; i < 16; i++)
      expect(mixed.data[i] - mixed.data[16 + i]).toBeCloseTo(image.data[i] - image.data[16 + i], 5);
  });

  test("a picture with another's low frequencies has its means, and keeps its own details", () => {
    const small = averaged(other, 2);
    expect(small.dims).toEqual([1, 3, 2, 2]);
    expect(small.data[0]).toBeCloseTo((other.data[0] + other.data[1] + other.data[4] + other.data[5]) / 4, 6);
    const mixed = withLowFrequencies(image, small);
    close(averaged(mixed, 2).data, small.data);
    expect(mixed.data[0] - mixed.data[1]).toBeCloseTo(image.data[0] - image.data[1], 5);
    close(withLowFrequencies(image, averaged(image, 4)).data, image.data);
  });

  test("sizes that do not fit are refused", () => {
    expect(() => averaged(image, 3)).toThrow("squares of 3 pixels do not fill a picture of 4 x 4");
    expect(() => withLuminance(image, averaged(other, 2))).toThrow("[1, 3, 2, 2] where [1, 3, 4, 4] is needed");
  });
});

describe("pixels", () => {
  test("of a picture are that picture again", () => {
    const bytes = Uint8Array.from({length: 12}, (_, i) => 23 * i);
    expect(rgbBytes(pictureOf({width: 2, height: 2, data: bytes, channels: 3, depth: 8}))).toEqual(bytes);
  });

  test("may be grey, have opacity or 16 bits", () => {
    const grey = {width: 1, height: 2, data: [0, 7, 255, 7], channels: 2, depth: 8};
    expect([...pictureOf(grey).data]).toEqual([-1, 1, -1, 1, -1, 1]);
    const deep = {width: 1, height: 1, data: [0, 65535, 0, 9], channels: 4, depth: 16};
    expect(pictureOf(deep)).toEqual({data: Float32Array.of(-1, 1, -1), dims: [1, 3, 1, 1]});
  });
});

describe("image to image", () => {
  test("makes the last steps only, and fewer the weaker it is", async () => {
    const starts = [];
    for (const strength of [1, 0.5, 0.34])
      starts.push((await all(imageToImage(toyModel(), {...asked, image, strength}))).map(({index}) => index));
    expect(starts).toEqual([
      [0, 1, 2, 3, 4, 5],
      [3, 4, 5],
      [4, 5]
    ]);
  });

  test("begins with the picture, noised to the step's level", async () => {
    const model = toyModel();
    const [{xt, alphaCumprod: alpha}] = await all(imageToImage(model, {...asked, image, strength: 0.5}));
    const noise = new Generator(7).randn([1, 4, 2, 2]);
    close(xt.data, combine([Math.sqrt(alpha), await model.encode(image)], [Math.sqrt(1 - alpha), noise]).data);
  });

  test("a fork needs no autoencoder", async () => {
    const [, second] = await all(imageToImage(toyModel(), {...asked, image}));
    const encode = async (): Promise<Tensor> => Promise.reject(new Error("not asked for"));
    await all(imageToImage({...toyModel(), encode}, {...asked, image, from: second}));
  });

  test.each([
    [{strength: 0.1}, "strength 0.1 leaves none of 6 steps"],
    [{strength: 1.5}, "strength 1.5: give a number of 0 to 1"],
    [{sampler: "ddim-inverse"}, "ddim-inverse makes noise of a picture"],
    [{image: {data: new Float32Array(8), dims: [1, 4, 1, 2]}}, "the picture's latents are [1, 4, 1, 2]"]
  ])("%o is refused in one sentence", async (options, message) => {
    await expect(all(imageToImage(toyModel(), {...asked, image, ...options}))).rejects.toThrow(message);
  });
});

describe("inpainting", () => {
  test("ends with the picture's own latents where the mask is 0, and draws where it is 1", async () => {
    const model = toyModel();
    const {prev} = last(await all(inpainting(model, {...asked, image, mask: left})));
    const given = await model.encode(image);
    prev.data.forEach((value, i) => {
      if (i % 2) expect(value).toBe(given.data[i]);
      else expect(value).not.toBeCloseTo(given.data[i], 3);
    });
  });

  test("a UNet of 9 channels sees the mask and the picture without the masked region, and nothing is replaced", async () => {
    const model = toyModel({}, 9);
    const seen: Tensor[] = [];
    const predict: typeof model.predict = (sample, ...rest) => (seen.push(sample), model.predict(sample, ...rest));
    const records = await all(inpainting({...model, predict}, {...asked, image, mask: left}));
    expect(seen[0].dims).toEqual([2, 9, 2, 2]);
    expect([...seen[0].data.slice(16, 20)]).toEqual([1, 0, 1, 0]);
    const grey = {data: image.data.map((value, i) => (left.data[i % 16] ? 0 : value)), dims};
    close(seen[0].data.slice(20, 36), (await model.encode(grey)).data);
    expect(records.every(({replaced}) => replaced === null)).toBe(true);
  });

  test("a UNet of another width, and a mask of no picture's shape, are refused", async () => {
    await expect(all(inpainting(toyModel({}, 8), {...asked, image, mask: left}))).rejects.toThrow("8 input channels");
    const flat = {data: new Float32Array(32), dims: [1, 2, 4, 4]};
    await expect(all(inpainting(toyModel(), {...asked, image, mask: flat}))).rejects.toThrow("a mask of shape");
  });
});

describe("projection", () => {
  test.each(["ddim", "euler", "heun", "dpm++2m", "unipc", "pndm"])(
    "with %s every step's clean sample has what is known",
    async (sampler) => {
      for (const prediction_type of ["epsilon", "v_prediction"]) {
        const model = toyModel({prediction_type});
        // The toy decoder makes squares of one colour, so that their luminance and means survive the encoder.
        const known = await model.decode(await model.encode(image));
        for (const {x0} of await all(projection(model, {...asked, sampler, image: known, keep: "luminance"}))) {
          close(luminanceOf(await model.decode(x0)), luminanceOf(known), 3);
        }
        const small = averaged(image, 2);
        for (const {x0} of await all(projection(model, {...asked, sampler, image: small, keep: "low-frequencies"}))) {
          close(averaged(await model.decode(x0), 2).data, small.data, 3);
        }
      }
    }
  );

  test("a full-size picture gives its squares' means", async () => {
    const model = toyModel();
    const {x0} = last(await all(projection(model, {...asked, image, keep: "low-frequencies", blockSize: 2})));
    close(averaged(await model.decode(x0), 2).data, averaged(image, 2).data, 3);
  });
});

describe("inversion", () => {
  test("leads to noise that draws the picture again", async () => {
    const model = toyModel({set_alpha_to_one: false, timestep_spacing: "leading"});
    const predict: typeof model.predict = async ({data, dims: shape}, timestep) => ({
      output: {data: data.map((x) => 0.5 * x + 0.1 * Math.sin(timestep / 300)), dims: shape},
      inside: {}
    });
    const smooth = {...model, predict};
    const records = await all(inversion(smooth, {...asked, steps: 200, image}));
    expect(records[0].timestep).toBeLessThan(records[1].timestep);
    expect(last(records).prevTimestep).toBe(last(records).timestep);
    const again = await all(textToImage(smooth, {...asked, steps: 200, guidance: 1, latents: last(records).prev}));
    const given = await model.encode(image);
    last(again).prev.data.forEach((value, i) => expect(Math.abs(value - given.data[i])).toBeLessThan(0.05));
  });

  test("refuses another sampler", async () => {
    const options = {...asked, image, sampler: "ddim"};
    await expect(all(inversion(toyModel(), options))).rejects.toThrow("inversion runs ddim-inverse, not ddim");
  });
});

describe("interpolation", () => {
  const way = {...asked, toPrompt: "a brown cow", toSeed: 8, sampler: "euler-a"};

  test("at its ends draws the two pictures themselves", async () => {
    const ends = [
      await all(interpolation(toyModel(), {...way, share: 0})),
      await all(interpolation(toyModel(), {...way, share: 1, noiseSeed: 5}))
    ];
    expect(last(ends[0]).prev).toEqual(last(await all(textToImage(toyModel(), {...asked, sampler: "euler-a"}))).prev);
    const other = {...asked, sampler: "euler-a", prompt: way.toPrompt, seed: way.toSeed, noiseSeed: 5};
    expect(last(ends[1]).prev).toEqual(last(await all(textToImage(toyModel(), other))).prev);
  });

  test("a walk is a batch", async () => {
    const shares = [0, 0.5, 1];
    const walk = interpolation.batch(
      toyModel(),
      shares.map((share) => ({...way, share}))
    );
    for await (const records of walk) expect(records).toHaveLength(3);
    await expect(all(interpolation(toyModel(), {...way, share: 2}))).rejects.toThrow("share 2");
  });
});
