import {describe, expect, test} from "vitest";
import {filesOfDirectory, filesOfDrop, folderOfFiles} from "../../src/sources/files.js";
import {parseHubId} from "../../src/sources/hub.js";
import {keyOf, WholeFilesOnly} from "../../src/sources/listed.js";
import {openSource, placeOf} from "../../src/sources/source.js";
import {onnxFile} from "./onnx.js";

const SCHEDULER = JSON.stringify({_class_name: "PNDMScheduler"});
const unet = onnxFile({
  inputs: [{name: "sample"}],
  outputs: [{name: "out_sample"}],
  weights: [{name: "w", dims: [9], location: "weights.pb"}]
});
const files: Record<string, string | Uint8Array> = {
  "model_index.json": "{}",
  "scheduler/scheduler_config.json": SCHEDULER,
  "unet/model.onnx": unet,
  "unet/weights.pb": "weights"
};

const placed = (under: string) =>
  Object.entries(files).map(([path, content]) => ({
    path: under + path,
    file: new File([content as string], path.split("/").at(-1)!, {lastModified: 5})
  }));

describe("a folder of the reader's own disk", () => {
  test("begins where the model does, whatever lies around it", async () => {
    const folder = folderOfFiles([
      ...placed("Downloads/mine/"),
      {path: "Downloads/a.txt", file: new File([], "a.txt")}
    ]);
    expect(folder.name).toBe("mine");
    expect(folder.files.map(({path}) => path)).toEqual(Object.keys(files));
    expect(new TextDecoder().decode(await folder.slice("unet/weights.pb", 1, 4))).toBe("eig");
    expect(keyOf(folder, folder.files[3])).toBe("https://folder.invalid/mine/unet/weights.pb?size=7&version=5");
  });

  test("may be dragged: all entries of a directory are told, however many at a time", async () => {
    const entryOf = (file: File) => ({
      ...{isDirectory: false, name: file.name, fullPath: `/mine/${file.name}`},
      file: (found: (file: File) => void) => found(file)
    });
    const children = Array.from({length: 250}, (_, i) => entryOf(new File(["x"], `${i}.txt`)));
    const directory = {
      ...{isDirectory: true, name: "mine"},
      createReader: () => ({readEntries: (found: (some: object[]) => void) => found(children.splice(0, 100))})
    };
    const items = [{webkitGetAsEntry: () => directory}] as unknown as DataTransferItem[];
    const found = await filesOfDrop(items);
    expect(found).toHaveLength(250);
    expect(found[0].path).toBe("mine/0.txt");
  });

  test("may be picked: folders below are walked, hidden files passed over", async () => {
    const file = (name: string) => ({kind: "file", name, getFile: async () => new File(["x"], name)});
    const directory = (name: string, ...entries: object[]) => ({
      kind: "directory",
      name,
      values: () => entries.values()
    });
    const handle = directory("mine", file(".DS_Store"), directory("unet", file("model.onnx")));
    const found = await filesOfDirectory(handle as unknown as FileSystemDirectoryHandle);
    expect(found.map(({path}) => path)).toEqual(["mine/unet/model.onnx"]);
  });

  test("without a model in it is refused in words", async () => {
    const source = {kind: "files", files: [{path: "a/b.txt", file: new File(["x"], "b.txt")}]} as const;
    await expect(openSource(source, fetch)).rejects.toThrow("the folder that you chose holds no model folder");
  });

  test("goes by the hashes of its manifest where it has one", async () => {
    const manifest = {
      name: "named",
      files: [
        {path: "unet/weights.pb", size: 7, sha256: "abc"},
        {path: "model_index.json", size: 99, sha256: "old"}
      ]
    };
    const withManifest = [
      ...placed("mine/"),
      {path: "mine/manifest.json", file: new File([JSON.stringify(manifest)], "manifest.json")}
    ];
    const folder = await openSource({kind: "files", files: withManifest}, fetch);
    const keys = folder.files.map((file) => keyOf(folder, file));
    expect(keys.filter((key) => key.includes("sha256"))).toEqual([
      "https://folder.invalid/mine/unet/weights.pb?sha256=abc"
    ]);
  });
});

interface Asked {
  method: string;
  path: string;
}

/** A server at https://host.test/m/ and a log of what it was asked. */
function server({
  ranges = true,
  missing = () => new Response("", {status: 404}),
  more = {}
}: {ranges?: boolean; missing?: () => Response; more?: Record<string, string>} = {}) {
  const asked: Asked[] = [];
  const all: Record<string, string | Uint8Array> = {...files, ...more};
  const fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const path = decodeURIComponent(new URL(url).pathname.replace(/^\/m\//, ""));
    asked.push({method: init.method ?? "GET", path});
    const content = all[path];
    if (content === undefined) return missing();
    const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const headers = {"content-length": String(body.length), etag: `"${body.length}"`};
    const range = /bytes=(\d+)-(\d+)/.exec(new Headers(init.headers).get("range") ?? "");
    if (init.method === "HEAD") return new Response(null, {headers});
    if (!range || !ranges) return new Response(body as Uint8Array<ArrayBuffer>, {headers});
    return new Response(body.slice(Number(range[1]), Number(range[2]) + 1), {status: 206});
  };
  return {fetch, asked};
}

describe("a folder on a server", () => {
  const source = {kind: "server", address: "https://host.test/m"} as const;

  test("without a manifest is found file by file, weights by the names in its graphs", async () => {
    const {fetch, asked} = server();
    const folder = await openSource(source, fetch);
    expect(folder.files.map(({path}) => path).sort()).toEqual(Object.keys(files).sort());
    expect(asked.some(({method, path}) => path === "unet/weights.pb" && method !== "HEAD")).toBe(false);
    expect(keyOf(folder, folder.files[0])).toBe("https://host.test/m/model_index.json?size=2&version=%222%22");
    expect(placeOf(source)).toBe("host.test");
  });

  test("that answers everything with its start page has none of the files", async () => {
    const page = () => new Response("<!doctype html>", {headers: {"content-type": "text/html"}});
    const folder = await openSource(source, server({missing: page}).fetch);
    expect(folder.has("clip/config.json")).toBe(false);
  });

  test("with a manifest is asked for nothing else", async () => {
    const manifest = {name: "named", files: [{path: "unet/model.onnx", size: unet.length, sha256: "abc"}]};
    const {fetch, asked} = server({more: {"manifest.json": JSON.stringify(manifest)}});
    const folder = await openSource(source, fetch);
    expect([folder.name, folder.files[0].sha256]).toEqual(["named", "abc"]);
    expect(asked).toEqual([{method: "GET", path: "manifest.json"}]);
  });

  test("that knows no ranges hands out small files whole, and says so of large ones; weights are found by their usual names", async () => {
    const large = new Uint8Array(9e6) as unknown as string;
    const more = {"vae_decoder/model.onnx": large, "vae_decoder/weights.pb": "more"};
    const folder = await openSource(source, server({ranges: false, more}).fetch);
    expect(await folder.slice("unet/model.onnx", 2, 5)).toEqual(unet.slice(2, 5));
    await expect(folder.slice("vae_decoder/model.onnx", 0, 9)).rejects.toThrow(WholeFilesOnly);
    expect(folder.has("vae_decoder/weights.pb")).toBe(true);
  });

  test("that does not answer, or refuses, is one sentence", async () => {
    const dead = () => Promise.reject(new TypeError("Failed to fetch"));
    await expect(openSource(source, dead)).rejects.toThrow("host.test cannot be reached, or does not let other sites");
    const refuse = async () => new Response("", {status: 401});
    await expect(openSource(source, refuse)).rejects.toThrow("the model is private, or its licence must be accepted");
    await expect(openSource({kind: "server", address: "my folder"}, dead)).rejects.toThrow("my folder is no address");
  });
});

describe("a model of the hub", () => {
  test("is named by id, revision or the address of its page", () => {
    expect(parseHubId(" stabilityai/sd-turbo ")).toEqual({id: "stabilityai/sd-turbo", revision: "main"});
    expect(parseHubId("a/b@onnx")).toEqual({id: "a/b", revision: "onnx"});
    expect(parseHubId("https://huggingface.co/a/b-1.5/tree/fp16/")).toEqual({id: "a/b-1.5", revision: "fp16"});
    expect(() => parseHubId("sd-turbo")).toThrow("sd-turbo is no hub id: write owner/name");
  });

  test("is listed page by page; large files go by their SHA-256", async () => {
    const entry = (path: string, lfs?: {oid: string}) => ({type: "file", path, size: 3, oid: "git", lfs});
    const pages: Record<string, Response> = {
      "https://hub.test/api/models/a/b/tree/main?recursive=true": Response.json(
        [
          {type: "directory", path: "onnx", size: 0, oid: "d"},
          entry("README.md"),
          entry("onnx/unet/model.onnx", {oid: "cafe"})
        ],
        {headers: {link: '</api/models/a/b/tree/main?recursive=true&cursor=2>; rel="next"'}}
      ),
      "https://hub.test/api/models/a/b/tree/main?recursive=true&cursor=2": Response.json([
        entry("onnx/unet/config.json")
      ])
    };
    const folder = await openSource({kind: "hub", id: "a/b", endpoint: "https://hub.test"}, async (url) => pages[url]);
    expect(folder.files).toEqual([
      {path: "unet/model.onnx", size: 3, sha256: "cafe"},
      {path: "unet/config.json", size: 3, version: "git"}
    ]);
    expect(folder.base).toBe("https://hub.test/a/b/resolve/main/onnx/");
    expect(placeOf({kind: "hub", id: "a/b"})).toBe("huggingface.co");
  });
});
