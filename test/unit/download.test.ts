import {createHash} from "node:crypto";
import {describe, expect, test} from "vitest";
import {openRemoteFolder, type Network} from "../../src/models/download.js";
import {createTally, type Progress} from "../../src/models/tally.js";

const BASE = "https://site.test/model/";
const files: Record<string, Uint8Array> = {
  "unet/model.onnx": new TextEncoder().encode("weights"),
  "clip/onnx/vision_model.onnx": new TextEncoder().encode("not needed for drawing")
};
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const manifest = {
  name: "toy",
  version: 1,
  files: Object.entries(files).map(([path, bytes]) => ({path, size: bytes.length, sha256: sha256(bytes)}))
};

/** A server of the files above, a CacheStorage in memory, and a log of what was fetched. */
function network(answer: (path: string) => Response | null = () => null) {
  const fetched: string[] = [];
  const kept = new Map<string, Uint8Array>();
  const cache = {
    match: async (key: string) => (kept.has(key) ? new Response(kept.get(key) as Uint8Array<ArrayBuffer>) : undefined),
    put: async (key: string, response: Response) => void kept.set(key, new Uint8Array(await response.arrayBuffer())),
    delete: async (key: string) => kept.delete(key)
  };
  const parts: Network = {
    async fetch(url) {
      const path = url.slice(BASE.length);
      fetched.push(path);
      const given = answer(path);
      if (given) return given;
      return path === "manifest.json" ? Response.json(manifest) : new Response(files[path] as Uint8Array<ArrayBuffer>);
    },
    caches: {open: async () => cache} as unknown as CacheStorage,
    digest: async (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()).buffer
  };
  return {parts, fetched, kept};
}

const only = (path: string, response: () => Response) => (asked: string) => (asked === path ? response() : null);

describe("a model folder on a server", () => {
  test("counts the bytes of what is fetched and of what is announced, and of nothing else", async () => {
    const seen: Progress[] = [];
    const tally = createTally((progress) => seen.push(progress));
    const {folder} = await openRemoteFolder(BASE, network().parts, tally.count);
    await folder.bytes("unet/model.onnx");
    expect(seen[0]).toEqual({file: "unet/model.onnx", loadedBytes: 0, totalBytes: 7});
    expect(seen.at(-1)).toEqual({file: "unet/model.onnx", loadedBytes: 7, totalBytes: 7});
    tally.clear();
    tally.announce(manifest.files);
    await folder.bytes("clip/onnx/vision_model.onnx");
    const file = "clip/onnx/vision_model.onnx";
    expect(seen.at(-1)).toEqual({file, loadedBytes: 22, totalBytes: 29});
  });

  test("lets bytes go that the cache keeps, and holds those that it does not", async () => {
    const {parts, fetched} = network();
    const kept = (await openRemoteFolder(BASE, parts)).folder;
    const first = await kept.bytes("unet/model.onnx");
    expect(await kept.bytes("unet/model.onnx")).not.toBe(first);
    const held = (await openRemoteFolder(BASE, {...parts, caches: undefined})).folder;
    expect(await held.bytes("unet/model.onnx")).toBe(await held.bytes("unet/model.onnx"));
    expect(fetched.filter((path) => path === "unet/model.onnx")).toHaveLength(2);
  });

  test("a line that breaks in the middle is one clear sentence", async () => {
    const broken = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.error(new TypeError("network error"))
        })
      );
    const {folder} = await openRemoteFolder(BASE, network(only("unet/model.onnx", broken)).parts);
    await expect(folder.bytes("unet/model.onnx")).rejects.toThrow("unet/model.onnx came only in part");
  });

  test("fetches a file once, and not at all on the next visit", async () => {
    const {parts, fetched} = network();
    const first = (await openRemoteFolder(BASE, parts)).folder;
    await Promise.all([first.bytes("unet/model.onnx"), first.bytes("unet/model.onnx")]);
    const second = (await openRemoteFolder(BASE, parts)).folder;
    expect(await second.bytes("unet/model.onnx")).toEqual(files["unet/model.onnx"]);
    expect(fetched.filter((path) => path !== "manifest.json")).toEqual(["unet/model.onnx"]);
  });

  test("a kept file that was damaged is thrown away and fetched again", async () => {
    const {parts, fetched, kept} = network();
    await (await openRemoteFolder(BASE, parts)).folder.bytes("unet/model.onnx");
    for (const bytes of kept.values()) bytes[0] ^= 1;
    const bytes = await (await openRemoteFolder(BASE, parts)).folder.bytes("unet/model.onnx");
    expect(bytes).toEqual(files["unet/model.onnx"]);
    expect(fetched.filter((path) => path === "unet/model.onnx")).toHaveLength(2);
  });

  test.each([
    ["a flipped byte", () => new Response("weightz"), "does not have the hash"],
    ["a truncated file", () => new Response("wei"), "cut short"],
    ["a 404", () => new Response("", {status: 404}), "the server answers 404"],
    [
      "a web page",
      () => new Response("<!doctype html>", {headers: {"content-type": "text/html"}}),
      "a web page in place of"
    ]
  ])("%s is one clear sentence, and is not kept", async (_, response, message) => {
    const {parts, kept} = network(only("unet/model.onnx", response));
    const {folder} = await openRemoteFolder(BASE, parts);
    await expect(folder.bytes("unet/model.onnx")).rejects.toThrow(message);
    expect(kept.size).toBe(0);
  });

  test("a failed fetch may be tried again without another folder", async () => {
    let failures = 1;
    const {parts} = network((path) =>
      path === "unet/model.onnx" && failures-- > 0 ? new Response("", {status: 500}) : null
    );
    const {folder} = await openRemoteFolder(BASE, parts);
    await expect(folder.bytes("unet/model.onnx")).rejects.toThrow("500");
    expect(await folder.bytes("unet/model.onnx")).toEqual(files["unet/model.onnx"]);
  });

  test("a start page in place of the manifest is recognised", async () => {
    const page = (): Response => new Response("<html></html>", {headers: {"content-type": "text/html"}});
    const {parts} = network(only("manifest.json", page));
    await expect(openRemoteFolder(BASE, parts)).rejects.toThrow("a web page in place of manifest.json");
  });

  test("a file that the manifest does not name is refused by name", async () => {
    const {folder} = await openRemoteFolder(BASE, network().parts);
    await expect(folder.bytes("unet/other.onnx")).rejects.toThrow("unet/other.onnx is not in this model folder");
  });
});
