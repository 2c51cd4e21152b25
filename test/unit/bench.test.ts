import {expect, test, vi} from "vitest";
import {stage} from "../../scripts/bench/progress.js";
import {markdown, middle, missed, type Row} from "../../scripts/bench/report.js";
import {median} from "../../src/median.js";

const rows: Row[] = [
  {
    what: "overhead",
    where: "Chromium",
    value: 0.021,
    between: [0.02, 0.03],
    unit: "share",
    bar: 0.05,
    detail: "2.1 s and 2.0 s"
  },
  {what: "2 threads over 1", where: "Chromium", value: 0.7, unit: "times", bar: 0.65},
  {what: "loading", where: "Chromium", value: 1.234, unit: "s"}
];

test("a median is the middle, or the mean of the two middles", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test("beside a median stand the quarters to both sides", () => {
  expect(middle([5, 1, 4, 2, 3])).toEqual({value: 3, between: [2, 4]});
});

test("what stands still is ended, and the error says where it stood", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const endless = stage("waiting", 0.01, (standing) => {
    standing("turn 3");
    return new Promise(() => {});
  });
  await expect(endless).rejects.toThrow("waiting: nothing came of turn 3 within 0.01 s");
  expect(await stage("working", 60, async () => 7)).toBe(7);
});

test("a row over its bar is missed; one that is no number too; one without a bar never", () => {
  expect(missed(rows).map(({what}) => what)).toEqual(["2 threads over 1"]);
  expect(missed([{...rows[0], value: NaN}])).toHaveLength(1);
});

test("the table tells each figure in its unit, whether its bar was held, and on which machine", () => {
  const machine = {
    processor: "A processor",
    cores: 2,
    loadBefore: 0.4,
    node: "20",
    chromium: "Chromium 1",
    onnxruntime: "1"
  };
  const text = markdown({command: "npm run bench", date: "2026-01-02", model: "tiny", machine, rows});
  expect(text).toContain("A processor, 2 cores");
  expect(text).toContain("0.4 other tasks");
  expect(text).toContain("| overhead | 2.1 % | 2.0 % to 3.0 % | 5.0 % held | Chromium | 2.1 s and 2.0 s |");
  expect(text).toContain("| 2 threads over 1 | 0.700 × |  | 0.650 × **missed** |");
  expect(text).toContain("| loading | 1.23 s |  |  | Chromium |  |");
});
