import {spawnSync} from "node:child_process";
import {createHash} from "node:crypto";
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {downscale, SIZES, type Atlas} from "../../data/scenes/atlas.js";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {OBJECTS, objectNamed} from "../../data/scenes/objects.js";
import {drawTuningPairs, readPairs} from "../../data/scenes/pairs.js";
import {COLORS, PLACES} from "../../data/scenes/places.js";
import {SceneRandom} from "../../data/scenes/random.js";
import {describeScene, sceneOf, type SceneSpec} from "../../data/scenes/scene.js";
import {writeScenes, type SceneRecord} from "../../data/scenes/shards.js";
import {isKeptOut, PAIRS, type Split} from "../../data/scenes/split.js";
import {iconNamed} from "../../data/scenes/sprites.js";

const ATLAS = "data/scenes/atlas";
const SHARED = "../shared/data";

const specs = (count: number, split: Split = "train", from = 0): SceneSpec[] =>
  Array.from({length: count}, (_, i) => describeScene(from + i, {split}));
const sha256 = (...parts: (Uint8Array | string)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.filter(holds).length / items.length;

const train = specs(3000);
let atlas: Atlas;
let folder: string;

beforeAll(async () => {
  atlas = await openAtlas(ATLAS);
  folder = mkdtempSync(join(tmpdir(), "scenes-"));
});
afterAll(() => rmSync(folder, {recursive: true}));

describe("a seed", () => {
  // Taken with numpy and hashlib from the files that the shipped model is trained on (images.npy, masks.npy and
  // scenes.jsonl of each split): whoever changes these must make those files, and train, again.
  test("gives the same picture, mask and captions to the byte", () => {
    const digest = (numbers: number[], split: Split): string =>
      sha256(
        ...numbers.flatMap((seed) => {
          const spec = describeScene(seed, {split});
          const {rgb, mask, boxes} = drawScene(spec, atlas);
          return [rgb, mask, JSON.stringify([boxes, captionsOf(spec)])];
        })
      );
    const first24 = Array.from({length: 24}, (_, i) => i);
    expect(digest(first24, "train")).toBe("2d07c0eb218132d134b73cb94b5fff730d42484764cdf4b7dac8f7a331a06e34");
    expect(digest([500_000_000, 500_000_001], "validation")).toBe(
      "221f6bbfdc82996cd9e20d4edc567dc404dec5358ff3957de388c21ce5353ab9"
    );
    expect(digest([600_000_000, 600_000_001], "tuning")).toBe(
      "9cb007cc0ba3b4ca53add788c61e9b1e65757850116b3cb9bc3de8bfb75973b7"
    );
    expect(digest([700_000_000, 700_000_001], "held-out")).toBe(
      "7cba2a9fd6de225380a81435b0ef371691dc5a0f55e38a4fcbaff2c6adf435b9"
    );
  });

  test("draws the same whatever was drawn before", async () => {
    const fresh = await openAtlas(ATLAS);
    expect(sha256(drawScene(train[9], fresh).rgb)).toBe(sha256(drawScene(train[9], atlas).rgb));
  });

  test("gives evenly spread numbers in neighbours too", () => {
    const firsts = Array.from({length: 4000}, (_, seed) => new SceneRandom(seed).uniform());
    for (const part of [0, 1, 2, 3]) expect(share(firsts, (x) => Math.floor(x * 4) === part)).toBeCloseTo(0.25, 1);
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...firsts)).toBeLessThan(1);
  });

  test.each([-1, 0.5, NaN, 2 ** 53])("of %s is refused", (seed) => {
    expect(() => describeScene(seed)).toThrow(/not a scene's seed.*0 \.\.\. 2\^50/);
  });
});

describe("kept-out pairs", () => {
  const pairsOf = ({place, objects}: SceneSpec): [string, typeof place][] => objects.map(({name}) => [name, place]);

  test.each<[Split, number]>([
    ["train", 0],
    ["validation", 500_000_000]
  ])("are in no %s scene", (split, from) => {
    const seen = (from === 0 ? train : specs(3000, split, from)).flatMap(pairsOf);
    expect(seen.filter(([name, place]) => isKeptOut(name, place))).toEqual([]);
  });

  test.each(["tuning", "held-out"] as const)("are all of the %s scenes, one object each", (split) => {
    const seen = specs(PAIRS[split].length, split).map(({place, objects}) => ({object: objects[0].name, place}));
    expect(seen).toEqual(PAIRS[split]);
    expect(specs(170, split).every(({objects}) => objects.length === 1)).toBe(true);
  });

  test("are two lists without a pair in common, each with every object", () => {
    const key = ({object, place}: {object: string; place: string}): string => `${object}/${place}`;
    const both = [...PAIRS.tuning, ...PAIRS["held-out"]];
    expect(new Set(both.map(key)).size).toBe(both.length);
    for (const split of ["tuning", "held-out"] as const) {
      expect(new Set(PAIRS[split].map(({object}) => object)).size).toBe(OBJECTS.length);
      expect(PAIRS[split].filter(({object, place}) => !objectNamed(object) || !PLACES.includes(place))).toEqual([]);
    }
  });

  test("are those of the tables; the tuning table is drawn by its seed", () => {
    expect(PAIRS["held-out"]).toEqual(readPairs("held-out.tsv"));
    expect(PAIRS.tuning).toEqual(readPairs("tuning-pairs.tsv"));
    expect(PAIRS.tuning).toEqual(drawTuningPairs(PAIRS["held-out"]));
  });

  test.skipIf(!existsSync(SHARED))("and objects are those that we were given", () => {
    expect(readFileSync("data/scenes/held-out.tsv", "utf8")).toBe(readFileSync(join(SHARED, "held-out.tsv"), "utf8"));
    const given = readFileSync(join(SHARED, "objects.txt"), "utf8").split("\n").filter(Boolean);
    expect(given.filter((name) => !OBJECTS.some((object) => object.name === name))).toEqual([]);
  });

  test("of an unknown object, or of none, are refused", () => {
    expect(() => describeScene(0, {split: "tuning", objects: ["submarine"]})).toThrow(/unknown object: submarine/);
    expect(() => describeScene(0, {split: "held-out", objects: []})).toThrow(/no object to draw a held-out pair of/);
  });
});

describe("a scene", () => {
  test("stands on the grid of the latents, inside the picture, with no two squares overlapping", () => {
    for (const {objects} of train) {
      for (const {x, y, size} of objects) {
        expect([x % 8, y % 8, SIZES[size] % 8]).toEqual([0, 0, 0]);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x, y) + SIZES[size]).toBeLessThanOrEqual(128);
      }
      const fromLeft = objects.slice(1).map(({x}, i) => x - objects[i].x - SIZES[objects[i].size]);
      expect(Math.min(0, ...fromLeft)).toBe(0);
    }
  });

  test("holds none to three different objects, and every object appears", () => {
    expect(train.every(({objects}) => new Set(objects.map(({name}) => name)).size === objects.length)).toBe(true);
    expect([0, 1, 2, 3].map((count) => share(train, ({objects}) => objects.length === count).toFixed(1))).toEqual(
      ["0.0", "0.6", "0.2", "0.1"] // 4, 64, 24 and 8 %
    );
    expect(new Set(train.flatMap(({objects}) => objects.map(({name}) => name))).size).toBe(OBJECTS.length);
  });

  test("has a place or a plain colour, and a time only where there is a sky", () => {
    for (const {place, color, time, paradise, cosmic} of train) {
      expect((place === null) !== (color === null)).toBe(true);
      expect(time !== null).toBe(place !== null && place !== "space" && !cosmic);
      if (paradise) expect(place).toBe("beach");
    }
    expect(new Set(train.map(({place, color}) => place ?? color)).size).toBe(
      PLACES.length + Object.keys(COLORS).length
    );
  });

  test("is of the objects asked for alone", () => {
    const chosen = ["horse", "red-apple"];
    for (let seed = 0; seed < 200; seed++) {
      expect(describeScene(seed, {objects: chosen}).objects.every(({name}) => chosen.includes(name))).toBe(true);
    }
    expect(() => describeScene(0, {objects: ["submarine"]})).toThrow(/^unknown object: submarine; see .*170 names$/);
  });

  test("has masks that count its objects and boxes that hold them tightly", () => {
    for (const spec of train.slice(0, 60)) {
      const {mask, boxes} = drawScene(spec, atlas);
      expect(boxes.length).toBe(spec.objects.length);
      boxes.forEach(([x0, y0, x1, y1], i) => {
        const own = [...mask.keys()].filter((at) => mask[at] === i + 1);
        const [columns, rows] = [own.map((at) => at % 128), own.map((at) => Math.floor(at / 128))];
        expect([x0, y0]).toEqual([Math.min(...columns), Math.min(...rows)]);
        expect([x1, y1]).toEqual([Math.max(...columns) + 1, Math.max(...rows) + 1]);
      });
      expect(Math.max(...mask)).toBe(spec.objects.length);
    }
  });

  test("can be made by hand, and says so when it cannot be drawn", () => {
    const spec = sceneOf("horse", "grass");
    expect(spec.objects.map(({name, position}) => [name, position])).toEqual([["horse", "centre"]]);
    expect(drawScene(spec, atlas).boxes[0][0]).toBeGreaterThanOrEqual(32);
    const outside = {...spec, objects: [{...spec.objects[0], x: 72}]};
    expect(() => drawScene(outside, atlas)).toThrow(/horse at \(72, .*leaves the picture; keep 0 \.\.\. 64/);
  });

  test("of a place is not one memorised picture", () => {
    for (const place of PLACES) {
      const pictures = Array.from({length: 8}, (_, seed) =>
        drawScene({...sceneOf("horse", place, seed), objects: []}, atlas)
      );
      expect(new Set(pictures.map(({rgb}) => sha256(rgb))).size).toBe(8);
    }
  });
});

describe("captions", () => {
  const all = train.flatMap((spec) => captionsOf(spec).map((caption) => ({spec, ...caption})));

  test("are four a scene and name every object, by a phrase of its own", () => {
    expect(all.length).toBe(4 * train.length);
    for (const {spec, text, objects} of all) {
      spec.objects.forEach(({name}, i) => expect(objectNamed(name).phrases).toContain(objects[i]));
      for (const phrase of objects) expect(text).toContain(phrase);
    }
  });

  test("name the place in the words they report, nearly always", () => {
    for (const {text, place} of all) if (place) expect(text).toContain(place);
    expect(share(all, ({place}) => place !== null)).toBeGreaterThan(0.9);
  });

  test("begin with one that says everything", () => {
    for (const spec of train) {
      const {text, place} = captionsOf(spec)[0];
      expect(place).not.toBeNull();
      if (spec.cosmic) expect(text).toMatch(/cosmic|violet sky of stars/);
      if (spec.time === "night") expect(text).toContain("night");
      if (spec.time === "sunset") expect(text).toMatch(/sunset|dusk|evening/);
      for (const {size} of spec.objects) {
        if (size === "small") expect(text).toMatch(/small|little|tiny/);
        if (size === "big") expect(text).toMatch(/big|large|huge/);
      }
      const [lone, ...others] = spec.objects;
      if (lone && !others.length && lone.position !== "centre") expect(text).toContain(lone.position);
    }
  });

  test("are well formed", () => {
    expect(
      all.map(({text}) => text).filter((text) => /undefined|null|\s\s|^[\s,]|[\s,]$|, ,|\ba [aeio]/i.test(text))
    ).toEqual([]);
  });

  test("hold the article's two: paradise, cosmic, beach; and a horse eating grass", () => {
    const texts = (spec: SceneSpec): string[] =>
      Array.from({length: 300}, (_, seed) => captionsOf({...spec, seed}).map(({text}) => text)).flat();
    const horse = sceneOf("horse", "grass");
    const paradise: SceneSpec = {...horse, place: "beach", objects: [], time: null, paradise: true, cosmic: true};
    expect(texts(paradise)).toContain("paradise, cosmic, beach");
    expect(texts(horse)).toContain("a horse eating grass");
    expect(texts(sceneOf("cat", "grass")).filter((text) => /eating|grazing/.test(text))).toEqual([]);
  });

  test("have phrases that belong to one object each", () => {
    const phrases = OBJECTS.flatMap((object) => object.phrases);
    expect(phrases.filter((phrase, i) => phrases.indexOf(phrase) !== i)).toEqual([]);
  });
});

describe("the atlas", () => {
  test("has at most 8 MB, and every object", () => {
    const bytes = readdirSync(ATLAS).reduce((sum, name) => sum + statSync(join(ATLAS, name)).size, 0);
    expect(bytes).toBeLessThan(8 * 2 ** 20);
    for (const {name} of OBJECTS)
      expect(atlas.sprite(name, "flat", "small").data.some((value) => value > 0)).toBe(true);
  });

  test("can be read for some objects, and names what it lacks", async () => {
    const few = await openAtlas(ATLAS, ["horse"]);
    expect(few.sprite("horse", "flat", "big").side).toBe(96);
    expect(() => few.sprite("cat", "flat", "big")).toThrow(/no flat sprite of cat in this atlas/);
    await expect(openAtlas(folder)).rejects.toThrow(/no atlas in .*manifest\.json/);
  });

  test("scales by area and weighs colours by alpha, so that edges get no dark rim", () => {
    const data = new Uint8Array(2 * 2 * 4).fill(0);
    data.set([200, 100, 50, 255], 0);
    expect([...downscale({side: 2, data}, 1).data]).toEqual([200, 100, 50, 64]);
  });

  test("fails to build on a name that no alias finds", () => {
    const set = {icons: {}, width: 32, height: 32};
    expect(() => iconNamed(set, "submarine", "flat")).toThrow(/^no icon for submarine in style flat; add an alias/);
  });
});

describe("shards", () => {
  /** The header and the bytes behind it, read as numpy does. */
  function readNpy(name: string): {header: string; data: Uint8Array} {
    const bytes = readFileSync(join(folder, name));
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from("\x93NUMPY\x01\x00", "latin1"));
    const end = 10 + bytes.readUInt16LE(8);
    expect(end % 64).toBe(0);
    return {header: bytes.toString("latin1", 10, end), data: bytes.subarray(end)};
  }

  test("are arrays that numpy maps, and one line a scene", () => {
    writeFileSync(join(folder, "scenes.jsonl"), "of an earlier run");
    writeScenes(folder, {count: 5, seed: 20}, atlas);
    const [images, masks] = [readNpy("images.npy"), readNpy("masks.npy")];
    expect(images.header.trim()).toBe("{'descr': '|u1', 'fortran_order': False, 'shape': (5, 128, 128, 3), }");
    expect(masks.header).toContain("'shape': (5, 128, 128)");
    const lines = readFileSync(join(folder, "scenes.jsonl"), "utf8").trim().split("\n");
    const records = lines.map((line) => JSON.parse(line) as SceneRecord);
    expect(records.map(({index, seed}) => [index, seed])).toEqual([0, 1, 2, 3, 4].map((i) => [i, 20 + i]));
    const scene = drawScene(describeScene(23), atlas);
    expect(sha256(images.data.subarray(3 * 49152, 4 * 49152))).toBe(sha256(scene.rgb));
    expect(sha256(masks.data.subarray(3 * 16384, 4 * 16384))).toBe(sha256(scene.mask));
    expect(records[3].objects.map(({box}) => box)).toEqual(scene.boxes);
    expect(images.data.length + masks.data.length).toBe(5 * 65536);
  });

  test("are not there under the name of a whole run when one breaks off", () => {
    const stop = (done: number): void => {
      if (done === 2) throw new Error("killed");
    };
    expect(() => writeScenes(folder, {count: 5, seed: 0}, atlas, stop)).toThrow("killed");
    expect(existsSync(join(folder, "scenes.jsonl"))).toBe(false);
  });

  test("are refused in one sentence when an object is unknown", () => {
    const args = [
      "--import",
      "tsx",
      "data/scenes/cli.ts",
      "--out",
      folder,
      "--split",
      "tuning",
      "--objects",
      "horse,submarine"
    ];
    const {status, stderr} = spawnSync(process.execPath, args, {encoding: "utf8"});
    expect(stderr).toBe("unknown object: submarine; see data/scenes/objects.ts for the 170 names\n");
    expect(status).toBe(1);
  });
});
