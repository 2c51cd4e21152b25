import "fake-indexeddb/auto";
import {createHash} from "node:crypto";
import {beforeEach, describe, expect, test} from "vitest";
import {folderOfFiles} from "../../src/sources/files.js";
import {folderOfKept, keepModel} from "../../src/sources/kept.js";
import type {ListedFolder} from "../../src/sources/listed.js";
import {openModel, ownSiteOnly} from "../../src/sources/open.js";
import {chooseModel, chosenModel, forgetModel} from "../../src/storage/chosenModel.js";
import {cacheSize, emptyCache, openModelFiles} from "../../src/storage/modelFiles.js";
import {fakeCaches} from "./fakeCaches.js";

const FILES = {
  "scheduler/scheduler_config.json": '{"_class_name": "EulerDiscreteScheduler"}',
  "unet/model.onnx": "weights"
};
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const digest = async (bytes: Uint8Array): Promise<ArrayBuffer> =>
  new Uint8Array(createHash("sha256").update(bytes).digest()).buffer;

/** The folder above, and which of its files were streamed. */
function folderWithLog(change: Partial<ListedFolder> = {}): {folder: ListedFolder; streamed: string[]} {
  const streamed: string[] = [];
  const placed = Object.entries(FILES).map(([path, text]) => ({
    path: `mine/${path}`,
    file: new File([text], path, {lastModified: 1})
  }));
  const folder = folderOfFiles(placed);
  const stream = (path: string) => {
    streamed.push(path);
    return folder.stream(path);
  };
  return {folder: {...folder, stream, ...change}, streamed};
}

let caches = fakeCaches();
beforeEach(() => (caches = fakeCaches()));

describe("a model that is kept", () => {
  test("is streamed once, with its bytes told, and read from the browser after that", async () => {
    const {folder, streamed} = folderWithLog();
    const store = openModelFiles(caches);
    const told: number[] = [];
    const model = await keepModel(folder, folder.files, store, {onProgress: ({loadedBytes}) => told.push(loadedBytes)});
    await keepModel(folder, folder.files, store);
    expect(streamed).toEqual(Object.keys(FILES));
    const total = Object.values(FILES).join("").length;
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(total);
    expect(await cacheSize(caches)).toBe(total);
    const kept = folderOfKept(structuredClone(model), store);
    expect(new TextDecoder().decode(await kept.bytes("unet/model.onnx"))).toBe("weights");
    expect([model.manifest.name, model.manifest.recommended.sampler]).toEqual(["mine", "euler"]);
  });

  test("is not kept in part: a cut stream, and an abort, leave what is whole for the next try", async () => {
    const cut = new Response("weig").body!;
    const {folder} = folderWithLog();
    const broken = {...folder, stream: async (path: string) => (path.startsWith("unet") ? cut : folder.stream(path))};
    const store = openModelFiles(caches);
    await expect(keepModel(broken, folder.files, store)).rejects.toThrow(
      "unet/model.onnx has 4 bytes where 7 were expected"
    );
    const controller = new AbortController();
    controller.abort();
    await expect(keepModel(folder, folder.files, store, {signal: controller.signal})).rejects.toThrow("abort");
    const {folder: again, streamed} = folderWithLog();
    await keepModel(again, again.files, store);
    expect(streamed).toEqual(["unet/model.onnx"]);
  });

  test("whose bytes do not have their hash is said to be damaged, and thrown away", async () => {
    const {folder} = folderWithLog();
    const files = folder.files.map((file) => ({
      ...file,
      sha256: sha256(file.path.startsWith("unet") ? "other" : FILES["scheduler/scheduler_config.json"])
    }));
    const store = openModelFiles(caches);
    const kept = folderOfKept(await keepModel({...folder, files}, files, store), store, digest);
    await kept.bytes("scheduler/scheduler_config.json");
    await expect(kept.bytes("unet/model.onnx")).rejects.toThrow("does not have the hash that its source names");
    await expect(kept.bytes("unet/model.onnx")).rejects.toThrow("no longer kept in this browser");
  });

  test("gives way to a clear sentence where there is no room", async () => {
    const full = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
    const cache = {match: async () => undefined, put: full} as unknown as Cache;
    const store = openModelFiles({open: async () => cache} as unknown as CacheStorage);
    const {folder} = folderWithLog();
    await expect(keepModel(folder, folder.files, store)).rejects.toThrow("no room for this model");
  });
});

describe("the model that an engine runs", () => {
  const shipped = "https://site.test/tiny/";
  const manifest = {name: "tiny", files: []};
  const fetch = async (): Promise<Response> => Response.json(manifest);
  const nameOf = async (): Promise<string> => {
    const opened = await openModel({kind: "chosen", otherwise: shipped}, {network: {fetch, caches, digest}, indexedDB});
    return opened.manifest.name;
  };

  test("is the chosen one where it is kept whole, else the shipped one", async () => {
    expect(await nameOf()).toBe("tiny");
    const {folder} = folderWithLog();
    const store = openModelFiles(caches);
    await chooseModel(indexedDB, await keepModel(folder, folder.files, store));
    expect(await nameOf()).toBe("mine");
    await emptyCache(caches);
    expect(await cacheSize(caches)).toBe(0);
    expect(await nameOf()).toBe("tiny");
    await keepModel(folder, folder.files, store);
    expect((await chosenModel(indexedDB, store))?.manifest.name).toBe("mine");
    await forgetModel(indexedDB);
    expect(await nameOf()).toBe("tiny");
  });

  test("may be a folder that travels to the worker as it is; its bytes are counted", async () => {
    const files = Object.entries(FILES).map(([path, text]) => ({
      path,
      file: new File([text], path, {lastModified: 1})
    }));
    const counted: [string, number][] = [];
    const {folder, manifest: inferred} = await openModel({kind: "files", files}, {network: {fetch}}, ({path}, bytes) =>
      counted.push([path, bytes])
    );
    await folder.bytes("unet/model.onnx");
    expect(counted).toEqual([
      ["unet/model.onnx", 0],
      ["unet/model.onnx", 7]
    ]);
    expect(inferred.files.map(({path}) => path)).toEqual(Object.keys(FILES));
  });

  test("never makes a worker ask another host", async () => {
    const guarded = ownSiteOnly(fetch, "https://site.test");
    expect((await guarded("https://site.test/tiny/manifest.json")).ok).toBe(true);
    expect((await guarded("/tiny/manifest.json")).ok).toBe(true);
    await expect(guarded("https://huggingface.co/a/b")).rejects.toThrow(
      "huggingface.co is asked on the model page alone"
    );
  });
});
