// @vitest-environment jsdom
import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {areaPair} from "../../components/areaPair.js";
import {differenceMap} from "../../components/differenceMap.js";
import {gridCursor, type Cell} from "../../components/gridCursor.js";
import {normalCurves} from "../../components/normalCurves.js";
import {valueBars} from "../../components/valueBars.js";
import {fields} from "../../docs/autoencoder/address.js";
import {createCoding, type Autoencoder} from "../../docs/autoencoder/coding.js";
import {compared, operations, stableDiffusion} from "../../docs/autoencoder/cost.js";
import {measured} from "../../docs/autoencoder/disturb.js";
import {
  byDistance,
  differences,
  distances,
  edited,
  noEdits,
  painted,
  readEdits,
  withoutChannel,
  writeEdits
} from "../../docs/autoencoder/edits.js";
import {following, valuesAt} from "../../docs/autoencoder/lens.js";
import {mixed, noiseFor, powerOf, varianceOf, withNoise} from "../../docs/autoencoder/mixing.js";
import {recordedNumbers, type Recording} from "../../docs/autoencoder/recording.js";
import {coarseToFine, nearest} from "../../docs/autoencoder/seedWalk.js";
import type {AutoencoderState} from "../../docs/autoencoder/state.js";
import {newest} from "../../docs/page/newest.js";
import {readQuery} from "../../docs/page/query.js";
import {onSelected} from "../../docs/page/selected.js";
import {createStore} from "../../docs/page/store.js";
import {Generator} from "../../src/random.js";
import {totalOf} from "../../src/cost.js";
import type {Tensor} from "../../src/tensor.js";
import type {EngineStatus} from "../../src/worker/client.js";
import {chapter} from "./autoencoderChapter.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const latents = (seed = 1): Tensor => new Generator(seed).randn([1, 4, 16, 16]);
const picture = (seed = 1): Tensor => new Generator(seed).randn([1, 3, 128, 128]);
const at = (channel: number, row: number, column: number) => (channel * 16 + row) * 16 + column;

describe("edits of latents", () => {
  const brush = {channel: 2, brush: "add" as const, amount: 1.5, size: 1};

  test("a brush of one cell changes one number of the original, which stays as it was", () => {
    const before = latents();
    const after = edited(before, painted(before, noEdits, brush, {row: 3, column: 4}));
    const changed = [...after.data.keys()].filter((i) => after.data[i] !== before.data[i]);
    expect(changed).toEqual([at(2, 3, 4)]);
    expect(after.data[changed[0]]).toBeCloseTo(before.data[changed[0]] + 1.5, 5);
  });

  test("adding twice adds up to a limit; setting does not add", () => {
    const before = latents();
    const cell = {row: 0, column: 0};
    const twice = painted(before, painted(before, noEdits, brush, cell), brush, cell);
    expect(edited(before, twice).data[at(2, 0, 0)]).toBeCloseTo(before.data[at(2, 0, 0)] + 3, 5);
    const set = {...brush, brush: "set" as const};
    expect(edited(before, painted(before, twice, set, cell)).data[at(2, 0, 0)]).toBe(1.5);
    let much = noEdits;
    for (let i = 0; i < 10; i++) much = painted(before, much, brush, cell);
    expect(edited(before, much).data[at(2, 0, 0)]).toBe(6);
  });

  test("a large brush stops at the edge", () => {
    expect(painted(latents(), noEdits, {...brush, size: 5}, {row: 0, column: 15}).values.size).toBe(9);
  });

  test("a channel at 0 forgets what was painted on it, and can be painted on again", () => {
    const before = latents();
    const one = painted(before, noEdits, brush, {row: 1, column: 1});
    const zero = withoutChannel(one, 2);
    expect(
      edited(before, zero)
        .data.slice(512, 768)
        .every((value) => value === 0)
    ).toBe(true);
    expect(edited(before, zero).data[0]).toBe(before.data[0]);
    expect(edited(before, painted(before, zero, brush, {row: 1, column: 1})).data[at(2, 1, 1)]).toBe(1.5);
  });

  test("go into an address and come back, to a hundredth", () => {
    const edits = withoutChannel(painted(latents(), noEdits, brush, {row: 15, column: 15}), 0);
    const back = readEdits(writeEdits(edits))!;
    expect(back.zeroed).toEqual([0]);
    expect([...back.values.keys()]).toEqual([...edits.values.keys()]);
    expect([...back.values.values()][0]).toBeCloseTo([...edits.values.values()][0], 2);
    for (const broken of ["4z", "zz:100", "1:9999", "hello", "1:"]) expect(readEdits(broken), broken).toBeUndefined();
  });
});

describe("what an edit changed", () => {
  test("is told by the distance from the nearest edited place", () => {
    const before = latents();
    const after = edited(
      before,
      painted(before, noEdits, {channel: 0, brush: "add", amount: 1, size: 1}, {row: 0, column: 0})
    );
    const distance = distances(before, after)!;
    expect([distance[0], distance[17], distance[15], distance[255]]).toEqual([0, 1, 15, 15]);
    expect(distances(before, before)).toBeNull();
    const values = Float32Array.from({length: 128 * 128}, (_, i) => (i % 128 < 8 && i < 8 * 128 ? 1 : 0.001));
    const means = byDistance({values, width: 128}, distance, 16);
    expect(means.length).toBe(16);
    expect(means[0]).toBe(1);
    expect(means[1]).toBeCloseTo(0.001, 6);
  });

  test("is the largest difference of the three colours", () => {
    const [a, b] = [picture(1), picture(2)];
    const {values, width} = differences(a, b);
    const area = 128 * 128;
    const expected = Math.max(...[5, area + 5, 2 * area + 5].map((i) => Math.abs(a.data[i] - b.data[i])));
    expect([width, values[5]]).toEqual([128, Math.fround(expected)]);
  });

  test("is said as it was measured", () => {
    expect(measured([0.2, 0.1, 0.001])).toContain("2 cells away it was 0.001: 200 times less, and still not 0.");
    expect(measured([0.2, 0.001])).toContain("200 times less");
    expect(measured([0.2, 0])).toContain("nothing at all");
  });
});

describe("noise and mixtures", () => {
  test("noise has the power that the ratio in decibels says", () => {
    const signal = latents();
    const deviation = noiseFor(signal, 10);
    expect(varianceOf(signal) / deviation ** 2).toBeCloseTo(10, 6);
    const noised = withNoise(signal, deviation, 3);
    const noise = {data: noised.data.map((value, i) => value - signal.data[i]), dims: signal.dims};
    expect(powerOf(noise) / deviation ** 2).toBeCloseTo(1, 1);
  });

  test("a mixture ends in what it leads to", () => {
    const [a, b] = [latents(1), latents(2)];
    expect(mixed(a, b, 1).data).toEqual(b.data);
    expect(mixed(a, b, 0).data).toEqual(a.data);
    expect(mixed(a, b, 0.25).data[7]).toBeCloseTo(0.75 * a.data[7] + 0.25 * b.data[7], 5);
  });
});

describe("the lens", () => {
  test("reads on from row to row and begins anew", () => {
    expect(following({row: 2, column: 15})).toEqual({row: 3, column: 0});
    expect(following({row: 15, column: 15})).toEqual({row: 0, column: 0});
  });

  test("takes one number of each channel", () => {
    const tensor = {data: Float32Array.from({length: 1024}, (_, i) => i), dims: [1, 4, 16, 16]};
    expect(valuesAt(tensor, {row: 1, column: 2})).toEqual([18, 274, 530, 786]);
  });
});

describe("a walk between seeds", () => {
  test("draws the ends first, each picture once", () => {
    const order = coarseToFine([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(order.slice(0, 3)).toEqual([0, 8, 4]);
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
  test("shows the nearest picture", () => expect(nearest([0, 0.5, 1], 0.7)).toBe(0.5));
});

describe("the newest wish", () => {
  const later = () => {
    const answers: ((value: string) => void)[] = [];
    return {answers, work: (_: string) => new Promise<string>((resolve) => answers.push(resolve))};
  };

  test("is shown; what was overtaken is not", async () => {
    const {answers, work} = later();
    const done: string[] = [];
    const {want} = newest({
      work,
      ready: () => true,
      onDone: (output, input: string) => done.push(`${input}: ${output}`)
    });
    want("a");
    want("b");
    want("c");
    expect(answers.length).toBe(1);
    answers[0]("old");
    await vi.waitFor(() => expect(answers.length).toBe(2));
    answers[1]("new");
    await vi.waitFor(() => expect(done).toEqual(["c: new"]));
  });

  test("waits for the model, with a preview meanwhile, and never shows a preview after an answer", async () => {
    const {answers, work} = later();
    const heard: string[] = [];
    let ready = false;
    const queue = newest<string, string>({
      ...{work, ready: () => ready, patience: 5},
      onWait: (input) => heard.push(`preview of ${input}`),
      onDone: (output) => heard.push(output)
    });
    queue.want("a");
    await vi.waitFor(() => expect(heard).toEqual(["preview of a"]));
    expect(answers.length).toBe(0);
    ready = true;
    queue.wake();
    answers[0]("answer");
    await vi.waitFor(() => expect(heard.at(-1)).toBe("answer"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual(["preview of a", "answer"]);
  });

  test("that fails leaves the next one free", async () => {
    const done: string[] = [];
    const queue = newest<string, string>({
      work: async (input) => {
        if (input === "bad") throw new Error("no");
        return input;
      },
      ready: () => true,
      onDone: (output) => done.push(output)
    });
    queue.want("bad");
    await new Promise((resolve) => setTimeout(resolve));
    queue.want("good");
    await vi.waitFor(() => expect(done).toEqual(["good"]));
  });
});

test("a view hears only of the values that it named", () => {
  const store = createStore({a: 1, b: 1}, {later: (callback) => callback()});
  const heard: number[] = [];
  onSelected(store, ["a"], ({a}) => heard.push(a));
  store.set({b: 2});
  store.set({a: 3});
  expect(heard).toEqual([1, 3]);
});

describe("coding a picture", () => {
  const info = {
    ...{name: "tiny", scalingFactor: 0.5, preview: {factors: [], bias: []}},
    ...{width: 128, height: 128, latentShape: [4, 16, 16]}
  };
  function fakeEngine({failures = 0} = {}) {
    const listeners: ((status: EngineStatus) => void)[] = [];
    const asked: (readonly string[] | undefined)[] = [];
    const engine = {
      onStatus: (listener: (status: EngineStatus) => void) => void listeners.push(listener),
      load: async (parts?: readonly string[]) => {
        asked.push(parts);
        if (failures-- > 0) throw new Error("vae_decoder/model.onnx could not be loaded: the server answered 404");
        return info;
      },
      encodeDistribution: async () => ({mean: latents(3), logVariance: latents(4)}),
      decode: async () => picture(5)
    };
    const tellReady = () => listeners.forEach((listener) => listener({state: "ready"} as EngineStatus));
    return {engine: engine as unknown as Autoencoder, asked, tellReady};
  }
  const opened = () =>
    createStore<AutoencoderState>(
      {picture: chosen("first"), to: chosen("to"), coded: null, toCoded: null, ready: false, facts: info} as never,
      {later: (callback) => callback()}
    );
  const chosen = (name: string) => ({
    ...{kind: "scene" as const, name, pixels: {data: new Uint8ClampedArray(4 * 128 * 128), width: 128, height: 128}}
  });

  test("waits for the two halves of the autoencoder, then makes the newest picture live", async () => {
    const store = opened();
    const {engine, asked} = fakeEngine();
    const coding = createCoding(store, engine);
    coding.choose(chosen("second"));
    expect(store.state.coded).toBeNull();
    await coding.begin();
    await vi.waitFor(() => expect(store.state.coded?.picture.name).toBe("second"));
    expect(store.state.coded!.latents.data[0]).toBeCloseTo(0.5 * latents(3).data[0], 6);
    await vi.waitFor(() => expect(store.state.toCoded?.picture.name).toBe("to"));
    expect(asked).toEqual([["vae_encoder", "vae_decoder"]]);
  });

  test("goes on when the model comes after a failure", async () => {
    const store = opened();
    const {engine, tellReady} = fakeEngine({failures: 1});
    await createCoding(store, engine).begin();
    expect(store.state.ready).toBe(false);
    tellReady();
    await vi.waitFor(() => expect(store.state.coded?.source).toBe("live"));
  });
});

describe("the address of the chapter", () => {
  test("is read where it is valid", () => {
    const read = readQuery("?scene=12&cell=3.16&channel=4&brush=set&size=3&edits=1z.a:150&snr=-3&share=0.5", fields);
    expect(read).toMatchObject({scene: 12, cell: {row: 2, column: 15}, channel: 3, brush: "set", size: 3, snr: -3});
    expect(read.edits?.zeroed).toEqual([1]);
    expect(readQuery("?cell=0.3&channel=5&brush=eat&size=2&edits=x&snr=99&share=2", fields)).toEqual({});
  });
});

test("the recorded chapter is whole: numbers for its scenes and the first edit, a picture for each name", () => {
  const recording = JSON.parse(readFileSync("docs/recorded/autoencoder.json", "utf8")) as Recording;
  const bytes = readFileSync("docs/recorded/autoencoder.bin");
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const {scenes, difference} = recordedNumbers(recording, buffer);
  expect(scenes.map(({mean}) => mean.data.length)).toEqual([1024, 1024]);
  expect(difference.length).toBe(128 * 128);
  for (const name of ["scene 0", "scene 1", "disturbed", "noise", "sample", "nothing", "walk 0.5"])
    expect(recording.sheet).toContain(name);
  for (const share of recording.shares) expect(recording.sheet).toContain(`seeds ${share}`);
});

describe("costs on the page", () => {
  test("Stable Diffusion's picture has 512 pixels on a side, and pixels cost hundreds of times as much", () => {
    expect(stableDiffusion.pixelSide).toBe(512);
    expect(totalOf(stableDiffusion.pixels) / totalOf(stableDiffusion.latents)).toBeCloseTo(
      272557706280960 / 401636720640,
      3
    );
  });
  test("a folded decoder counts the fold's pixels", () => {
    const read = (part: string) => JSON.parse(readFileSync(`data/models/tiny/${part}/config.json`, "utf8"));
    expect(compared("tiny", read("unet"), read("vae_decoder"), {side: 16, tokens: 32}).pixelSide).toBe(128);
  });
  test("are told in words", () =>
    expect([operations(779_988_992), operations(4.02e11), operations(1.2e9), operations(2.7e14)]).toEqual([
      ...["780 million", "402 billion", "1.2 billion", "270 trillion"]
    ]));
});

describe("gridCursor", () => {
  const inDocument = (node: HTMLElement) => {
    document.body.replaceChildren(node);
    return node;
  };
  const press = (node: HTMLElement, key: string) =>
    node.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));

  test("moves by arrow keys, stops at the edge, says where it is, and paints with Space", () => {
    const presses: Cell[] = [];
    const node = gridCursor(document.createElement("canvas"), {
      ...{rows: 16, columns: 16, value: {row: 0, column: 1}, label: "Paint"},
      describe: ({row, column}) => `${row}, ${column}`,
      onPress: (cell) => presses.push(cell)
    });
    inDocument(node);
    let heard = 0;
    node.addEventListener("input", () => heard++);
    for (const key of ["ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowDown", " "]) press(node, key);
    expect(node.value).toEqual({row: 1, column: 0});
    expect(heard).toBe(2);
    expect(presses).toEqual([{row: 1, column: 0}]);
    expect(node.querySelector("output")!.value).toBe("1, 0");
    expect(node.getAttribute("aria-label")).toBe("Paint");
  });

  test("its mark covers the brush, cut off at the edge", () => {
    const node = gridCursor(document.createElement("canvas"), {rows: 16, columns: 16, size: 3});
    const mark = node.querySelector<HTMLElement>(".cell-mark")!;
    expect([mark.style.top, mark.style.width]).toEqual(["0%", "12.5%"]);
    node.value = {row: 8, column: 8};
    node.size = 5;
    expect([mark.style.top, mark.style.width]).toEqual(["37.5%", "31.25%"]);
  });
});

describe("pictures of numbers", () => {
  test("valueBars grow to the side of the sign", () => {
    const bars = [
      ...valueBars([
        {name: "a", value: -1.5},
        {name: "b", value: 9}
      ]).querySelectorAll<HTMLElement>(".bar")
    ];
    expect(bars.map(({style}) => [style.left, style.width])).toEqual([
      ["25%", "25%"],
      ["50%", "50%"]
    ]);
  });

  test("differenceMap and normalCurves say in words what they show", () => {
    const map = differenceMap({values: [0, 0.5], width: 2, height: 1}, "Two pixels");
    expect(map.querySelector("canvas")!.getAttribute("aria-label")).toBe("Two pixels");
    expect(map.textContent).toContain("0.0001");
    const curves = normalCurves([{name: "one", mean: -1, deviation: 0.5}], {title: "values"});
    expect(curves.querySelector("svg")!.getAttribute("aria-label")).toContain("mean −1.00, standard deviation 0.50");
  });

  test("areaPair draws areas, not sides, in proportion", () => {
    const node = areaPair(
      {name: "a", parts: [1, 0]},
      {name: "b", parts: [0, 100]},
      {label: "100 times", parts: ["x", "y"]}
    );
    const sides = [...node.querySelectorAll(".area-frame")].map((rect) => Number(rect.getAttribute("width")));
    expect(sides[1] / sides[0]).toBeCloseTo(10, 6);
  });
});

describe("the chapter from the recording alone", () => {
  test("shows every figure, labelled as recorded, with numbers", async () => {
    const page = await chapter();
    expect(page.roundTrip.querySelector(".trip-caption")!.textContent).toMatch(/^recorded/);
    expect(page.roundTrip.textContent).toContain("3 × 128 × 128 = 49,152 numbers");
    expect(page.roundTrip.textContent).toContain("4 × 16 × 16 = 1,024 numbers, 48 times fewer");
    for (const figure of [page.disturb, page.noisy, page.walk, page.gaussian, page.nothing])
      expect(figure.querySelector(".badge-recorded"), figure.getAttribute("aria-label")!).not.toBeNull();
    expect(page.disturb.querySelector(".measured")!.textContent).toMatch(/each pixel changed by 0\.\d+ on average/);
    expect(page.gaussian.querySelectorAll("tbody tr").length).toBe(4);
    expect(page.gaussian.querySelector(".measured")!.textContent).toMatch(/KL to plain noise: [\d,]+ nats/);
    expect(page.scaling.querySelector(".measured")!.textContent).toContain("0.18215, 30 times");
    expect(page.code.textContent).toContain("--seed 1 ");
  });

  test("its sums of a place are those of the formula", async () => {
    const page = await chapter("?cell=4.5");
    for (const row of page.gaussian.querySelectorAll("tbody tr")) {
      const [mean, deviation, noise, sample, kl] = [...row.querySelectorAll("td")].map((cell) =>
        Number(cell.textContent!.replace("−", "-"))
      );
      expect(sample).toBeCloseTo(mean + deviation * noise, 2);
      expect(Math.abs(kl - (mean ** 2 + deviation ** 2 - 1 - Math.log(deviation ** 2)) / 2)).toBeLessThan(0.06);
    }
  });

  test("its formulas come out with the numbers in them", async () => {
    const page = await chapter("?cell=4.5&channel=2&share=0.25&spread=2&snr=3");
    const {psnr, noise, walk, sample, scaling} = page.formulas;
    const numbers = (node: Element) =>
      [...node.textContent!.matchAll(/−?\d+\.\d+/g)].map(([text]) => Number(text.replace("−", "-")));
    expect(numbers(psnr)[1]).toBeCloseTo(10 * Math.log10(4 / numbers(psnr)[0]), 0);
    const [variance, , deviation] = numbers(noise.children[1]); // a ratio of 3 dB is 10 to the 0.3
    expect(deviation).toBeCloseTo(Math.sqrt(variance / 10 ** 0.3), 2);
    const [rest, from, share, to, mix] = numbers(walk.children[0]);
    expect(mix).toBeCloseTo(rest * from + share * to, 2);
    const [mean, sigma, eps, z] = numbers(sample.children[0]);
    expect(z).toBeCloseTo(mean + 2 * sigma * eps, 2);
    const [factor, before, after] = numbers(scaling);
    expect(after).toBeCloseTo(factor * before, 2);
    expect(page.gaussian.querySelector("thead")!.textContent).toContain("z = μ + 2 σ ε");
  });

  test("comes back as its address says", async () => {
    const page = await chapter("?share=0.25&channel=3&edits=1z&snr=-4&spread=2");
    expect(page.store.state).toMatchObject({share: 0.25, channel: 2, snr: -4, spread: 2, edits: {zeroed: [1]}});
    expect(page.disturb.querySelector(".measured")).not.toBeNull();
  });
});
