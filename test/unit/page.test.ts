// @vitest-environment jsdom
import {beforeAll, describe, expect, test} from "vitest";
import {heatmap, matrixPixels, type Cell} from "../../components/heatmap.js";
import {divergingScale, greyScale, sequentialScale} from "../../components/scales.js";
import {slider} from "../../components/slider.js";
import {loadingProgress} from "../../docs/page/loading.js";
import {choice, number, readQuery, seed, takeAlong, text, writeQuery} from "../../docs/page/query.js";
import {imageTensor, scenePixels} from "../../docs/page/scenes.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

describe("the address of a page", () => {
  const fields = {prompt: text, seed, t: number(0, 999, {whole: true}), view: choice("x0", "xt")};

  test("is read field by field, and what is not valid is left out", () => {
    expect(readQuery("?prompt=a+cat&seed=7&t=12.4&view=xt", fields)).toEqual({
      ...{prompt: "a cat", seed: 7, t: 12, view: "xt"}
    });
    expect(readQuery("?seed=-1&t=1000&view=pixels", fields)).toEqual({});
    expect(readQuery("?t=", fields)).toEqual({});
    expect(readQuery("?seed=seven", fields)).toEqual({});
  });

  test("is written without what equals a default, and comes back as it was", () => {
    const state = {prompt: "rain & sun = rainbow", seed: 3, t: 400, view: "x0" as const};
    expect(readQuery(writeQuery(state, {view: "x0"}), fields)).toEqual({...state, view: undefined});
    expect(writeQuery({seed: 7, noiseSeed: null}, {seed: 7})).toBe("");
  });

  test("goes along to other chapters in what they share", () => {
    document.body.innerHTML = `<a data-chapter href="./noise#top">Noise</a><a href="./other">Other</a>`;
    takeAlong("?prompt=a+cat&seed=7&t=12");
    const [chapter, other] = [...document.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    expect(chapter).toBe("./noise?prompt=a+cat&seed=7#top");
    expect(other).toBe("./other");
    takeAlong("");
    expect(document.querySelector("a")!.getAttribute("href")).toBe("./noise#top");
  });
});

describe("slider", () => {
  test("has its label as name, tells its value in words, and announces a change once", () => {
    const node = slider("Timestep", {min: 0, max: 999, value: 400, format: (t) => `t = ${t}`});
    document.body.replaceChildren(node);
    const range = node.querySelector("input")!;
    let heard = 0;
    document.body.addEventListener("input", () => heard++);
    expect(node.querySelector("label")!.htmlFor).toBe(range.id);
    expect(range.getAttribute("aria-valuetext")).toBe("t = 400");
    range.value = "500";
    range.dispatchEvent(new Event("input", {bubbles: true}));
    expect([node.value, node.querySelector("output")!.value, heard]).toEqual([500, "t = 500", 1]);
    node.value = 2;
    expect(node.value).toBe(2);
    node.max = 40;
    node.value = 100;
    expect([node.value, range.style.getPropertyValue("--filled")]).toEqual([40, "100%"]);
    node.disabled = true;
    expect(range.disabled).toBe(true);
  });
});

describe("colour scales", () => {
  test("a heatmap's cells get the colours of their values, ends included and beyond", () => {
    const {data, width, height} = matrixPixels({values: [-9, -1, 0, 1, 9, 0], rows: 2, columns: 3}, greyScale(1));
    expect([width, height]).toEqual([3, 2]);
    const reds = Array.from({length: 6}, (_, i) => data[4 * i]);
    expect(reds[0]).toBe(reds[1]);
    expect(reds[3]).toBe(reds[4]);
    expect(reds[0]).toBeLessThan(20);
    expect(reds[3]).toBe(255);
    expect(reds[2]).toBeGreaterThan(100);
  });

  test("signed numbers are white at 0, blue below and red above", () => {
    const scale = divergingScale(2);
    const channels = (value: number) => scale(value).match(/\d+/g)!.map(Number);
    expect(Math.min(...channels(0))).toBeGreaterThan(230);
    expect(channels(-2)[2]).toBeGreaterThan(channels(-2)[0]);
    expect(channels(2)[0]).toBeGreaterThan(channels(2)[2]);
    expect(sequentialScale(1)(2)).toBe(sequentialScale(1)(1));
  });
});

describe("heatmap", () => {
  const matrix = {values: [1, 2, 3, 4, 5, 6], rows: 2, columns: 3};
  const keys = (node: HTMLElement, ...names: string[]) =>
    names.forEach((key) => node.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true})));
  const bands = (node: HTMLElement, name: string) =>
    [...node.querySelectorAll<HTMLElement>(`.${name} i`)].filter(({hidden}) => !hidden).map((band) => band.className);

  test("the keyboard's cursor stays inside, tells its cell, and presses it", () => {
    const hovered: (Cell | null)[] = [];
    const picked: Cell[] = [];
    const onPick = (cell: Cell) => picked.push(cell);
    const node = heatmap(matrix, {color: greyScale(6), label: "M", onHover: (cell) => hovered.push(cell), onPick});
    expect([node.tabIndex, node.getAttribute("role"), node.getAttribute("aria-label")]).toEqual([
      0,
      "application",
      "M"
    ]);
    keys(node, "ArrowRight", "ArrowDown", "ArrowDown", "End", "Enter", "Tab");
    expect(hovered.at(-1)).toEqual({row: 1, column: 2, value: 6});
    expect(picked).toEqual([{row: 1, column: 2, value: 6}]);
    expect(node.querySelector("output")!.value).toBe("row 2, column 3: 6");
    expect(bands(node, "heatmap-cursor")).toEqual(["row", "column"]);
    node.dispatchEvent(new FocusEvent("blur"));
    expect([hovered.at(-1), bands(node, "heatmap-cursor")]).toEqual([null, []]);
  });

  test("a place can be framed from outside, and a smaller matrix frames only what it has", () => {
    const node = heatmap(matrix, {color: greyScale(6), label: "M"});
    expect([node.getAttribute("role"), node.hasAttribute("tabindex")]).toEqual(["img", false]);
    node.mark({row: 1});
    expect(bands(node, "heatmap-mark")).toEqual(["row"]);
    node.update({values: [1, 2], rows: 1, columns: 2}, "N");
    expect([bands(node, "heatmap-mark"), node.getAttribute("aria-label")]).toEqual([[], "N"]);
  });

  test("where there is no value nothing is painted", () => {
    expect([...matrixPixels({values: [NaN, 0], rows: 1, columns: 2}, greyScale(1)).data.filter((_, i) => i % 4 === 3)]).toEqual([0, 255]); // prettier-ignore
  });

  test("a scale that tells its range looks as the same scale cell by cell", () => {
    const scale = divergingScale(2);
    const values = [-3, -2, -0.4, 0, 1.1, 2, 5];
    const [table, each] = [scale, (value: number) => scale(value)].map((color) => matrixPixels({values, rows: 1, columns: 7}, color).data); // prettier-ignore
    each.forEach((value, i) => expect(Math.abs(value - table[i])).toBeLessThan(2));
  });
});

describe("pictures for a model", () => {
  test("a scene's bytes become pixels and a tensor from -1 to 1, channel by channel", () => {
    const pixels = scenePixels({rgb: Uint8Array.of(0, 128, 255, 255, 0, 0, 1, 2, 3, 9, 9, 9)});
    expect([pixels.width, ...pixels.data.slice(0, 4)]).toEqual([2, 0, 128, 255, 255]);
    const {data, dims} = imageTensor(pixels);
    expect(dims).toEqual([1, 3, 2, 2]);
    expect([data[0], data[1], data[8]]).toEqual([-1, 1, 1]);
  });
});

test("loading is told in megabytes where the total is known", () => {
  const at = {state: "loading", loadedBytes: 5e6, totalBytes: 3e7, file: ""} as const;
  expect(loadingProgress(at).label).toBe("Loading the model: 5.0 MB of 30 MB");
  expect(loadingProgress({...at, totalBytes: 0}).label).toBe("Loading the model");
});
