/** The engine in Node: the same code on onnxruntime-web's wasm, model folders from disk. */
import {existsSync} from "node:fs";
import {readFile} from "node:fs/promises";
import {join} from "node:path";
import * as ort from "onnxruntime-web";
import {readJson, type Manifest, type ModelFolder} from "./models/folder.js";
import {loadModel, selfTest, type Model} from "./models/model.js";

const PLAIN: Omit<Manifest, "name" | "files"> = {
  version: 1,
  recommended: {guidance: 7.5, steps: 30, sampler: "ddim"},
  preview: {factors: [], bias: []}
};

export function openFolder(path: string): ModelFolder {
  return {
    has: (file) => existsSync(join(path, file)),
    bytes: (file) =>
      readFile(join(path, file)).catch(() => {
        throw new Error(`${join(path, file)} cannot be read: is ${path} a model folder?`);
      })
  };
}

/** Load a model folder and check it against its stored answer. @param threads of wasm, 1 or more */
export async function loadModelFromFolder(path: string, {threads = 2}: {threads?: number} = {}): Promise<Model> {
  ort.env.wasm.numThreads = threads;
  const folder = openFolder(path);
  const manifest = folder.has("manifest.json")
    ? await readJson<Manifest>(folder, "manifest.json")
    : {...PLAIN, name: path, files: []};
  const model = await loadModel(ort, folder, manifest, {executionProviders: ["wasm"]});
  await selfTest(model, folder);
  return model;
}
