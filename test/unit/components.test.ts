// @vitest-environment jsdom
import {beforeAll, describe, expect, test} from "vitest";
import {branchBoard} from "../../components/branchBoard.js";
import {codeFold} from "../../components/codeFold.js";
import {errorNote} from "../../components/errorNote.js";
import {keyFrames} from "../../components/keyFrames.js";
import {latentChannels, moments} from "../../components/latentChannels.js";
import {picture} from "../../components/picture.js";
import {pixelCanvas} from "../../components/pixelCanvas.js";
import {channelPixels, imagePixels, pixelDifference, previewPixels} from "../../components/pixels.js";
import {megabytes, progressBar} from "../../components/progressBar.js";
import {rulerText} from "../../components/ruler.js";
import {tokenRow} from "../../components/tokenRow.js";
import {unrollPoint} from "../../components/unroll.js";
import {objectsIn, unknownWords} from "../../components/vocabulary.js";
import {listed, vocabularyNote} from "../../components/vocabularyNote.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const latents = (values: number[]) => ({data: Float32Array.from(values), dims: [1, 4, 1, 1]});
const grey = {data: new Uint8ClampedArray(4).fill(128), width: 1, height: 1};

describe("pixels", () => {
  test("a preview is one matrix and one bias, clamped", () => {
    const preview = {factors: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0.5]], bias: [0, 0, 0.5]}; // prettier-ignore
    expect([...previewPixels(latents([1, 0, -1, 1]), preview).data]).toEqual([255, 128, 128, 255]);
    expect([...previewPixels(latents([9, -9, 0, 0]), preview).data].slice(0, 2)).toEqual([255, 0]);
  });

  test("a decoded picture maps -1 to black and 1 to white", () => {
    const image = {data: Float32Array.from([-1, 1, 0, 0, 1, -1]), dims: [1, 3, 1, 2]};
    expect([...imagePixels(image).data]).toEqual([0, 128, 255, 255, 255, 128, 0, 255]);
  });

  test("a channel is grey about zero", () => {
    expect([...channelPixels(latents([0, 3, 0, 0]), 1).data]).toEqual([255, 255, 255, 255]);
    expect(channelPixels(latents([0, 3, 0, 0]), 0).data[0]).toBe(128);
  });

  test("the difference of a picture from itself is nought, of black from white 255", () => {
    const [black, white] = [0, 255].map((value) => ({...grey, data: new Uint8ClampedArray(4).fill(value)}));
    expect(pixelDifference(black, black)).toBe(0);
    expect(pixelDifference(black, white)).toBe(255);
  });
});

describe("ruler and key frames", () => {
  test("the ruler reads as on every page", () => {
    const step = {index: 6, numSteps: 30, timestep: 767, alphaCumprod: 0.0484};
    expect(rulerText(step)).toBe("step 7 of 30 · t = 767 · signal 22 %, noise 98 % (amplitudes)");
  });

  test("key frames hold the first and the last step, and never more than there are", () => {
    expect(keyFrames(30)).toEqual([0, 4, 8, 12, 17, 21, 25, 29]);
    expect(keyFrames(5)).toEqual([0, 1, 2, 3, 4]);
    expect(keyFrames(1)).toEqual([0]);
    expect(keyFrames(0)).toEqual([]);
  });
});

describe("unrolling", () => {
  const shape = {radius: 100, length: 900};

  test("a closed loop starts and ends at the bottom and turns clockwise", () => {
    expect(unrollPoint(0, 0, shape).x).toBeCloseTo(0, 6);
    expect(unrollPoint(0, 0, shape).y).toBeCloseTo(200, 6);
    expect(unrollPoint(0.25, 0, shape).x).toBeCloseTo(-100, 6);
    expect(unrollPoint(0.5, 0, shape)).toEqual({x: 0, y: 0});
  });

  test("an open strip is straight, left to right, and as long as it should be", () => {
    expect(unrollPoint(0, 1, shape)).toEqual({x: -450, y: 0});
    expect(unrollPoint(1, 1, shape)).toEqual({x: 450, y: 0});
  });
});

describe("vocabulary", () => {
  const vocabulary = {
    objects: {horse: ["horse", "pony"], "red-apple": ["red apple"], apple: ["apple"]},
    places: {grass: ["grass", "meadow"]},
    colors: {red: ["red"]},
    words: ["a", "on", "the", "eating"]
  };

  test("known words, synonyms and plurals pass, others are named once", () => {
    expect(unknownWords("A pony on the meadow, two horses!", vocabulary)).toEqual(["two"]);
    expect(unknownWords("a submarine, a submarine", vocabulary)).toEqual(["submarine"]);
    expect(unknownWords("", vocabulary)).toEqual([]);
    expect(unknownWords("草地 🐴", vocabulary)).toEqual(["草地", "🐴"]);
  });

  test("objects are found by their longest phrase", () => {
    expect(objectsIn("a red apple on the grass", vocabulary)).toEqual([{name: "red-apple", phrase: "red apple"}]);
    expect(objectsIn("a pony", vocabulary)[0].name).toBe("horse");
  });

  test("the note says what it never saw, and lists what it knows", () => {
    const note = vocabularyNote("a submarine on the grass", vocabulary);
    expect(note.querySelector("p")?.textContent).toBe(
      "The tiny model has never seen “submarine”. It knows 3 things and 1 place."
    );
    expect(note.querySelector("details")?.textContent).toContain("apple, horse, red apple");
    expect(vocabularyNote("a horse", vocabulary).getAttribute("role")).toBeNull();
  });

  test("long lists and long words are cut", () => {
    expect(listed(["a", "b"])).toBe("“a” or “b”");
    expect(listed(["a", "b", "c", "d", "e", "f"])).toBe("“a”, “b”, “c”, “d” and 2 more of your words");
    expect(listed(["x".repeat(99)]).length).toBeLessThan(30);
  });
});

describe("pictures and notes", () => {
  test("a running picture is a canvas, a finished one an image with its name", () => {
    const node = picture({pixels: grey, name: "Step 1 of 8", badges: ["live", "preview"], finished: false});
    expect(node.querySelector("canvas")?.getAttribute("aria-label")).toBe("Step 1 of 8");
    expect(node.querySelector("img")?.hidden).toBe(true);
    node.update({pixels: grey, name: "a horse", badges: ["live"], finished: true});
    expect(node.querySelector("img")?.alt).toBe("a horse");
    expect(node.querySelector("canvas")?.hidden).toBe(true);
    expect(node.querySelector(".badges")?.textContent).toBe("live");
  });

  test("tokens show their numbers, without the marks of beginning and end", () => {
    const tokens = ["<|startoftext|>", "a</w>", "horse</w>", "<|endoftext|>"].map((text, id) => ({text, id}));
    expect([...tokenRow(tokens).children].map((item) => item.textContent)).toEqual(["a1", "horse2"]);
    const many = Array.from({length: 20}, (_, id) => ({text: "x", id}));
    expect(tokenRow(many, {most: 3}).lastElementChild?.textContent).toBe("+ 17");
  });

  test("channels give mean and spread", () => {
    const tensor = {data: Float32Array.from([1, 3, 0, 0, 0, 0, 0, 0]), dims: [1, 4, 1, 2]};
    expect(moments(tensor, 0, 4)).toEqual({mean: 2, deviation: 1});
    expect(latentChannels(tensor).querySelectorAll("canvas")).toHaveLength(4);
  });

  test("progress shows bytes and steps, and hides without work", () => {
    const bar = progressBar();
    expect(bar.querySelector("progress")?.hidden).toBe(true);
    bar.update({label: "Drawing: step 3 of 30", done: 3, total: 30});
    expect(bar.querySelector("progress")?.value).toBe(3);
    expect(bar.textContent).toBe("Drawing: step 3 of 30");
    expect([megabytes(1_234_567), megabytes(31_400_000)]).toEqual(["1.2 MB", "31 MB"]);
  });

  test("an error stands until it is taken back, and offers to try again", () => {
    const note = errorNote("no network");
    let asked = 0;
    note.addEventListener("retry", () => asked++);
    note.querySelector("button")?.click();
    expect([note.getAttribute("role"), note.textContent, asked]).toEqual(["alert", "no networkRetry", 1]);
    note.update(null);
    expect(note.textContent).toBe("");
  });

  test("code can be copied", async () => {
    const copied: string[] = [];
    const fold = codeFold("Code", "1 + 1", {copy: async (text) => void copied.push(text)});
    fold.update("2 + 2");
    fold.querySelector("button")?.click();
    expect(copied).toEqual(["2 + 2"]);
  });

  test("a branch starts at the first key step after its fork", () => {
    const frames = Array.from({length: 4}, () => grey);
    const board = branchBoard({
      keys: [0, 3, 6, 9],
      trunk: {label: "trunk", from: 0, frames, final: grey},
      branches: [{label: "from step 5", from: 4, frames, final: grey, note: "differs"}]
    });
    const columns = [...board.querySelectorAll<HTMLElement>(".board-frame")].map(({style}) => style.gridColumn);
    expect(columns).toEqual(["1", "2", "3", "4", "3", "4"]);
    expect(board.querySelectorAll(".board-final canvas")).toHaveLength(2);
    expect(board.querySelector(".board-note")?.textContent).toBe("differs");
    board.querySelectorAll("button")[1].click();
    expect([board.value, board.querySelectorAll("[aria-pressed=true]").length]).toEqual([1, 1]);
  });
});

test("a canvas without a name is decoration, and is no longer once it has one", () => {
  const canvas = pixelCanvas(null);
  expect(canvas.getAttribute("aria-hidden")).toBe("true");
  canvas.label("The latents");
  expect(canvas.hasAttribute("aria-hidden")).toBe(false);
  expect([canvas.getAttribute("role"), canvas.getAttribute("aria-label")]).toEqual(["img", "The latents"]);
});
