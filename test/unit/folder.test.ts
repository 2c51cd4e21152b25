import {expect, test} from "vitest";
import {parseJson} from "../../src/models/folder.js";

test("a number that Python writes and JSON lacks is read as null", () => {
  const text = '{"lambda_min_clipped": -Infinity, "list": [NaN, 1]}';
  expect(parseJson(text, "scheduler_config.json")).toEqual({lambda_min_clipped: null, list: [null, 1]});
});

test("what is not JSON is named with its remedy", () => {
  expect(() => parseJson("<!doctype html>", "unet/config.json")).toThrow(
    "unet/config.json is not JSON: the model folder is broken; fetch it again"
  );
});
