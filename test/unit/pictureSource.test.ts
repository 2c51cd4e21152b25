// @vitest-environment jsdom
import {IDBFactory} from "fake-indexeddb";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {blankPixels, distanceToSegment, paintStroke} from "../../components/paint.js";
import {paintPad} from "../../components/paintPad.js";
import {middleSquare, readPicture} from "../../components/pictureFile.js";
import {pictureSource, type SourcePicture} from "../../components/pictureSource.js";
import {openPictures} from "../../docs/page/pictureSource.js";
import {openRuns} from "../../src/storage/runs.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const pixels = blankPixels(4, [1, 2, 3]);
const scene = (seed: number): SourcePicture => ({kind: "scene", name: `scene ${seed}`, pixels, seed});
const settled = () => new Promise((resolve) => setTimeout(resolve));

function choose(node: HTMLElement, kind: string): void {
  const input = node.querySelector<HTMLInputElement>(`input[value="${kind}"]`)!;
  input.checked = true;
  input.dispatchEvent(new Event("change", {bubbles: true}));
}

function giveFile(node: HTMLElement, file: File): void {
  const input = node.querySelector<HTMLInputElement>('input[type="file"]')!;
  Object.defineProperty(input, "files", {value: [file], configurable: true});
  input.dispatchEvent(new Event("change", {bubbles: true}));
}

describe("a file as a picture", () => {
  test("its middle square is used", () => {
    expect(middleSquare(300, 200)).toEqual({x: 50, y: 0, size: 200});
    expect(middleSquare(10, 30)).toEqual({x: 0, y: 10, size: 10});
  });

  test("what is no picture, or too large, is refused in a sentence that says what to do", async () => {
    const notes = new File(["words"], "notes.txt");
    const open = () => Promise.reject(new Error("InvalidStateError"));
    await expect(readPicture(notes, {open})).rejects.toThrow(/“notes.txt” is no picture .*: choose a PNG/);
    const huge = Object.defineProperty(new File([], "huge.png"), "size", {value: 90e6});
    await expect(readPicture(huge)).rejects.toThrow("“huge.png” has 90 MB: choose a picture of at most 40 MB");
  });
});

describe("painting", () => {
  test("a stroke covers what lies within its radius, has a soft edge and leaves the rest", () => {
    const picture = blankPixels(16, [255, 255, 255]);
    paintStroke(picture, {x: 4, y: 8}, {x: 12, y: 8}, 2, [0, 0, 0]);
    const red = (x: number, y: number) => picture.data[4 * (16 * y + x)];
    expect([red(8, 8), red(4, 7), red(12, 8)]).toEqual([0, 0, 0]);
    expect([red(8, 2), red(0, 8), red(8, 13)]).toEqual([255, 255, 255]);
    const edge = blankPixels(8, [255, 255, 255]);
    paintStroke(edge, {x: 4, y: 4}, {x: 4, y: 4}, 1.5, [0, 0, 0]);
    const soft = edge.data[4 * (8 * 3 + 2)]; // 1.58 from the middle: covered by 0.42
    expect([soft > 140, soft < 155]).toEqual([true, true]);
    expect(distanceToSegment({x: 0, y: 3}, {x: 0, y: 0}, {x: 0, y: 0})).toBe(3);
    expect(distanceToSegment({x: 5, y: 1}, {x: 0, y: 0}, {x: 4, y: 0})).toBeCloseTo(Math.SQRT2);
  });

  test("works from the keyboard, and hands out pictures that later strokes leave alone", () => {
    const pad = paintPad({side: 32});
    const heard = vi.fn();
    pad.addEventListener("input", heard);
    const press = (key: string) =>
      pad.querySelector(".paint-surface")!.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
    const centre = 4 * (32 * 16 + 16);
    expect(pad.value.data[centre]).toBe(255);
    press(" ");
    const first = pad.value;
    expect([first.data[centre] < 60, heard.mock.calls.length]).toEqual([true, 1]);
    for (let i = 0; i < 10; i++) press("ArrowLeft");
    expect(heard).toHaveBeenCalledTimes(1);
    press(" ");
    const left = 4 * (32 * 16 + 1);
    expect([first.data[left], pad.value.data[left] < 60]).toEqual([255, true]);
    [...pad.querySelectorAll("button")].find(({textContent}) => textContent === "Clear")!.click();
    expect([pad.value.data[centre], heard.mock.calls.length]).toEqual([255, 3]);
  });
});

describe("pictureSource", () => {
  test("a number gives its scene, another number another one, each announced once", async () => {
    const node = pictureSource({scene, throwDice: () => 12});
    const heard = vi.fn();
    node.addEventListener("input", heard);
    expect(node.value).toBeNull();
    node.querySelector<HTMLElement>(".dice")!.click();
    await settled();
    expect([node.value?.name, heard.mock.calls.length]).toEqual(["scene 12", 1]);
    const number = node.querySelector<HTMLInputElement>('input[type="number"]')!;
    number.value = "40";
    number.dispatchEvent(new Event("input", {bubbles: true}));
    number.dispatchEvent(new Event("change", {bubbles: true}));
    await settled();
    expect([node.value?.seed, heard.mock.calls.length]).toEqual([40, 2]);
  });

  test("the newest choice wins, whatever arrives last", async () => {
    const arrive: Record<number, (picture: SourcePicture) => void> = {};
    let seed = 0;
    const slow = (at: number) => new Promise<SourcePicture>((resolve) => (arrive[at] = resolve));
    const node = pictureSource({scene: slow, throwDice: () => (seed += 1)});
    const dice = node.querySelector<HTMLElement>(".dice")!;
    dice.click();
    dice.click();
    arrive[2](scene(2));
    await settled();
    arrive[1](scene(1));
    await settled();
    expect(node.value?.seed).toBe(2);
  });

  test("a file that is no picture leaves the old one and says so; the next good one clears the message", async () => {
    const read = async (file: Blob & {name?: string}) => {
      if (file.name === "notes.txt") throw new Error("“notes.txt” is no picture");
      return pixels;
    };
    const node = pictureSource({scene, value: scene(3), read});
    choose(node, "upload");
    giveFile(node, new File([], "notes.txt"));
    await settled();
    expect(node.querySelector('[role="alert"]')!.textContent).toContain("“notes.txt” is no picture");
    expect(node.value?.seed).toBe(3);
    giveFile(node, new File([], "cat.png"));
    await settled();
    expect(node.querySelector('[role="alert"]')!.textContent).toBe("");
    expect([node.value?.kind, node.value?.name]).toEqual(["upload", "cat.png"]);
  });

  test("own pictures are opened when they are chosen; without any it says how to get one", async () => {
    const open = vi.fn(async () => pixels);
    const node = pictureSource({scene, own: async () => [{name: "a cat (seed 7)", look: pixels, open}]});
    choose(node, "own");
    await settled();
    expect(open).not.toHaveBeenCalled();
    node.querySelector<HTMLElement>(".own-picture")!.click();
    await settled();
    expect([node.value?.name, open.mock.calls.length]).toEqual(["a cat (seed 7)", 1]);
    const empty = pictureSource({scene});
    choose(empty, "own");
    await settled();
    expect(empty.querySelector(".own-pictures")!.textContent).toMatch(/draw a picture on the first page/);
  });
});

describe("the pictures of a page", () => {
  const engine = {
    load: async () => ({preview: {factors: [[1, 1, 1]], bias: [0, 0, 0]}}),
    decode: async () => ({data: new Float32Array(12).fill(1), dims: [1, 3, 2, 2]})
  };
  const scenes = {make: () => ({rgb: new Uint8Array(12), captions: [{text: "a horse"}]}) as never};

  test("finished runs are decoded when opened; runs under way are left out; uploads are kept for other pages", async () => {
    const database = new IDBFactory();
    const film = (prompt: string, finished: boolean) => ({
      ...{prompt, finished, settings: {seed: 7}},
      steps: [{prev: {data: new Float32Array(4), dims: [1, 1, 2, 2]}}]
    });
    const runs = await openRuns(database);
    await runs.save("a", film("a cat", true));
    await runs.save("b", film("a dog", false));
    const pictures = openPictures({scenes, engine, database});
    const [run, ...rest] = await pictures.own();
    expect([run.name, run.look.width, rest.length]).toEqual(["a cat (seed 7)", 2, 0]);
    expect((await run.open()).data[0]).toBe(255);
    const node = pictures.source({read: async () => pixels});
    choose(node, "upload");
    giveFile(node, new File([], "me.png"));
    await vi.waitFor(async () => expect((await pictures.own()).map(({name}) => name)).toContain("me.png"));
  });

  test("a scene is named by its caption; a browser without storage has no own pictures", async () => {
    const broken = {
      open: () => {
        throw new Error("no storage here");
      }
    } as unknown as IDBFactory;
    const pictures = openPictures({scenes, engine, database: broken});
    expect(await pictures.scene(5)).toMatchObject({kind: "scene", name: "a horse", seed: 5});
    expect(await pictures.own()).toEqual([]);
  });
});
