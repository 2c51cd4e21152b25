import {expect, test} from "vitest";
import {markdown, median, missed, type Row} from "../../scripts/bench/report.js";

const rows: Row[] = [
  {what: "overhead", where: "Chromium", value: 0.021, unit: "share", bar: 0.05, detail: "2.1 s and 2.0 s"},
  {what: "2 threads over 1", where: "Chromium", value: 0.7, unit: "times", bar: 0.65},
  {what: "loading", where: "Chromium", value: 1.234, unit: "s"}
];

test("a median is the middle, or the mean of the two middles", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test("a row over its bar is missed; one that is no number too; one without a bar never", () => {
  expect(missed(rows).map(({what}) => what)).toEqual(["2 threads over 1"]);
  expect(missed([{...rows[0], value: NaN}])).toHaveLength(1);
});

test("the table tells each figure in its unit, whether its bar was held, and on which machine", () => {
  const machine = {processor: "A processor", cores: 2, node: "20", chromium: "Chromium 1", onnxruntime: "1"};
  const text = markdown({command: "npm run bench", date: "2026-01-02", model: "tiny", machine, rows});
  expect(text).toContain("A processor, 2 cores");
  expect(text).toContain("| overhead | 2.1 % | 5.0 % held | Chromium | 2.1 s and 2.0 s |");
  expect(text).toContain("| 2 threads over 1 | 0.700 × | 0.650 × **missed** |");
  expect(text).toContain("| loading | 1.23 s |  | Chromium |  |");
});
