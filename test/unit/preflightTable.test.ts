// @vitest-environment jsdom
import {expect, test} from "vitest";
import {preflightTable} from "../../components/preflightTable.js";
import type {Preflight} from "../../src/preflight/preflight.js";

const report: Preflight = {
  ...{name: "sd-turbo", recommended: {steps: 4, sampler: "euler", guidance: 1}, bytesRead: 2.1e6},
  ...{totalBytes: 110e6, keptBytes: 10e6, backend: "webgpu", because: "this browser offers WebGPU"},
  files: [
    {path: "unet/model.onnx", size: 100e6, use: "drawing", kept: false},
    {path: "unet/config.json", size: 10e6, use: "settings", kept: true}
  ],
  device: {gpu: null, threads: 2, memoryGB: 4, storage: null},
  ...{problems: [], warnings: [], losses: [{chapter: "attention", what: "No attention maps."}]}
};

test("a pre-flight says whether the model runs, what is to be loaded and what chapters lose", () => {
  const node = preflightTable(report, {place: "huggingface.co", titleOf: (chapter) => `Chapter ${chapter}:`});
  expect(node.querySelector("h3")?.textContent).toBe("sd-turbo from huggingface.co");
  expect(node.querySelector(".preflight-verdict")?.textContent).toBe(
    "It runs here, on the graphics card: this browser offers WebGPU. What suits it: 4 steps of euler at guidance scale 1."
  );
  const rows = [...node.querySelectorAll("table")[0].rows].map(({textContent}) => textContent);
  expect(rows).toEqual(["ForSizeKept here already", "drawing100 MB–", "settings10 MBall"]);
  expect(node.textContent).toContain("To be loaded: 100 MB of 110 MB");
  expect(node.textContent).toContain("Chapter attention: No attention maps.");
  expect(node.querySelector<HTMLElement>(".preflight-findings")?.hidden).toBe(true);
});

test("what keeps it from running stands there with its remedy, and a new report replaces the old", () => {
  const node = preflightTable(report);
  const problems = [{what: "Too large.", remedy: "Halve it."}];
  node.update({...report, problems, losses: []});
  expect(node.querySelector(".preflight-verdict")?.textContent).toBe("It does not run here.");
  expect(node.querySelector("[data-kind=problem] li")?.textContent).toBe("Too large. Halve it.");
  expect(node.querySelector<HTMLElement>(".preflight-losses")?.hidden).toBe(true);
});
