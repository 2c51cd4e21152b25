// @vitest-environment jsdom
import {beforeAll, expect, test} from "vitest";
import {labelColor, mixed} from "../../components/blobColors.js";
import {blobWorld} from "../../components/blobWorld.js";
import {exampleWorld} from "../../src/world/world.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const press = (node: Element, key: string) => node.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));

test("a blob moves by arrow keys and spreads by + and -, and the page hears of each", () => {
  const view = blobWorld({world: exampleWorld});
  let heard = 0;
  view.addEventListener("input", () => heard++);
  const [first] = view.querySelectorAll("button");
  expect(first.getAttribute("aria-label")).toBe("orange blob at (−1.1, 0.8), spread 0.22");
  press(first, "ArrowRight");
  press(first, "ArrowDown");
  press(first, "+");
  press(first, "Tab");
  const [blob, ...others] = view.value;
  expect(heard).toBe(3);
  expect(blob.mean[0]).toBeCloseTo(-1);
  expect(blob.mean[1]).toBeCloseTo(0.7);
  expect(blob.deviation).toBeCloseTo(0.22 * 1.15);
  expect(others).toEqual(exampleWorld.slice(1));
  expect(first.getAttribute("aria-label")).toBe("orange blob at (−1.0, 0.7), spread 0.25");
});

test("a blob stays within the plane and can be seen", () => {
  const view = blobWorld({world: exampleWorld}, {extent: 2});
  const [first] = view.querySelectorAll("button");
  for (let i = 0; i < 40; i++) press(first, "ArrowLeft");
  for (let i = 0; i < 40; i++) press(first, "-");
  expect(view.value[0]).toMatchObject({mean: [-2, 0.8], deviation: 0.05});
});

test("another world has another number of rings; where nothing can be moved no ring can be pressed", () => {
  const view = blobWorld({world: exampleWorld}, {movable: false});
  view.update({world: exampleWorld.slice(1)}, "Two blobs");
  const rings = [...view.querySelectorAll("button")];
  expect(rings).toHaveLength(2);
  expect(rings.every((ring) => ring.disabled)).toBe(true);
  expect(view.querySelector("canvas")!.getAttribute("aria-label")).toBe("Two blobs");
});

test("a label has its own colour, and colours mix by shares", () => {
  expect(labelColor("teal", ["orange", "teal"])).toEqual(labelColor("teal", ["teal"]));
  expect(labelColor("cat", ["cat", "dog"])).not.toEqual(labelColor("dog", ["cat", "dog"]));
  expect(
    mixed(
      [
        [200, 0, 0],
        [0, 100, 0]
      ],
      [0.5, 0.5]
    )
  ).toEqual([100, 50, 0]);
});
