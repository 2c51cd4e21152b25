/** The engine in Node: the same code on onnxruntime-web's wasm, model folders from disk. */
import fs, {existsSync} from "node:fs";
import {readFile} from "node:fs/promises";
import {basename, join, resolve} from "node:path";
import * as ort from "onnxruntime-web";
import {readJson, type Manifest, type ModelFolder} from "./models/folder.js";
import {inferManifest} from "./models/inferred.js";
import {loadModel, type Model} from "./models/model.js";
import {listenTo} from "./models/written.js";

// In Node onnxruntime writes past the console, to standard output.
const written = listenTo(
  fs.writeSync.bind(fs),
  (write) => Object.assign(fs, {writeSync: write}),
  ([, text]) => String(text)
);

export function openFolder(path: string): ModelFolder {
  return {
    has: (file) => existsSync(join(path, file)),
    bytes: (file) =>
      readFile(join(path, file)).catch(() => {
        throw new Error(`${join(path, file)} cannot be read: is ${path} a model folder?`);
      })
  };
}

/** Load a model folder; each graph is opened, and checked against its stored answer, when first needed. @param threads of wasm, 1 or more */
export async function loadModelFromFolder(path: string, {threads = 2}: {threads?: number} = {}): Promise<Model> {
  ort.env.wasm.numThreads = threads;
  const folder = openFolder(path);
  const manifest = folder.has("manifest.json")
    ? await readJson<Manifest>(folder, "manifest.json")
    : await inferManifest(folder, basename(resolve(path)));
  return loadModel(ort, folder, manifest, {session: {executionProviders: ["wasm"]}, written});
}
