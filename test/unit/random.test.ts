// Goldens: test/goldens/random.json and wide.json, made by test/goldens/make.py from torch.Generator("cpu").
import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {Generator} from "../../src/random.js";

interface Case {
  seed: number;
  call: "randn" | "rand" | "randint" | "mixed";
  size: number;
  low?: number;
  high?: number;
  values: number[];
}

interface WideCase {
  seed: number;
  low: string;
  high: string;
  values: string[];
}

const read = <T>(name: string): T[] => JSON.parse(readFileSync(`test/goldens/${name}.json`, "utf8")) as T[];
const cases = read<Case>("random");

const largestError = (actual: Float32Array, expected: number[]): number =>
  Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));

describe("PyTorch's generator on the CPU", () => {
  test.each(cases.filter(({call}) => call === "rand"))(
    "rand of seed $seed is torch's to the last bit",
    ({seed, size, values}) => {
      expect([...new Generator(seed).rand([size]).data]).toEqual(values.map(Math.fround));
    }
  );

  test.each(cases.filter(({call}) => call === "randint"))(
    "randint of seed $seed in $low ... $high is torch's exactly",
    ({seed, size, low = 0, high = 0, values}) => {
      expect([...new Generator(seed).randint(low, high, [size]).data]).toEqual(values.map(Math.fround));
    }
  );

  test.each(read<WideCase>("wide"))("randint of 64-bit numbers in $low ... $high is torch's exactly", (golden) => {
    const {data} = new Generator(golden.seed).randint(BigInt(golden.low), BigInt(golden.high), [golden.values.length]);
    expect([...data].map(String)).toEqual(golden.values);
  });

  test("an empty range is refused", () => {
    expect(() => new Generator(1).randint(3, 3, [1])).toThrow("nothing between 3 and 3");
  });

  test.each(cases.filter(({call}) => call === "randn"))(
    "randn($size) of seed $seed is torch's to 1e-6",
    ({seed, size, values}) => {
      expect(largestError(new Generator(seed).randn([size]).data, values)).toBeLessThan(1e-6);
    }
  );

  test("calls of both paths may follow each other", () => {
    const {seed, values} = cases.find(({call}) => call === "mixed") as Case;
    const g = new Generator(seed);
    const mixed = [g.randn([3]), g.rand([5]), g.randn([20]), g.randn([2])].flatMap(({data}) => [...data]);
    expect(largestError(Float32Array.from(mixed), values)).toBeLessThan(1e-6);
  });

  test("a saved state goes on with the same numbers", () => {
    const g = new Generator(5);
    g.randn([3]);
    const state = g.getState();
    const next = g.randn([40]).data;
    expect(Generator.from(state).randn([40]).data).toEqual(next);
  });

  test("a seed that is no whole number is refused by name", () => {
    expect(() => new Generator(-1)).toThrow("seed -1");
    expect(() => new Generator(1.5)).toThrow("seed 1.5");
  });
});
