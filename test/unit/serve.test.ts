import {once} from "node:events";
import {mkdir, mkdtemp, writeFile} from "node:fs/promises";
import {createServer, get, type Server} from "node:http";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {brotliCompressSync} from "node:zlib";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {cacheControl} from "../../scripts/serve/headers.js";
import {serveOptions} from "../../scripts/serve/options.js";
import {listen, siteServer} from "../../scripts/serve/server.js";

describe("the server", () => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "site-"));
    await mkdir(join(folder, "_file/models"), {recursive: true});
    await writeFile(join(folder, "index.html"), "<p>hello");
    await writeFile(join(folder, "noise.html"), "<p>noise");
    await writeFile(join(folder, "index.html.br"), brotliCompressSync("<p>hello"));
    await writeFile(join(folder, "_file/models/model.onnx"), "weights");
    await writeFile(join(folder, "_file/a.wasm"), "wasm");
    await writeFile(join(folder, "_file/a.mjs"), "1");
    server = siteServer(folder);
    origin = `http://127.0.0.1:${await listen(server, "127.0.0.1", 0, 1)}`;
  });

  afterAll(() => void server.close());

  test.each(["/", "/noise", "/nowhere", "/_file/models/model.onnx", "//", "/%"])(
    "isolates its answer to %s",
    async (path) => {
      const {headers} = await fetch(origin + path);
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  );

  test("answers 304, isolated too, to a browser that has the file", async () => {
    const first = await fetch(`${origin}/_file/models/model.onnx`);
    const etag = first.headers.get("etag")!;
    const second = await fetch(`${origin}/_file/models/model.onnx`, {
      headers: {"If-None-Match": etag},
      cache: "no-store"
    });
    expect(second.status).toBe(304);
    expect(second.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  });

  test("prefers the brotli twin", async () => {
    const response = await fetch(origin, {headers: {"Accept-Encoding": "gzip, br"}});
    expect(response.headers.get("content-encoding")).toBe("br");
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect(await response.text()).toBe("<p>hello");
  });

  test("finds a page without its extension, and says so when there is none", async () => {
    expect(await (await fetch(`${origin}/noise`)).text()).toBe("<p>noise");
    const missing = await fetch(`${origin}/nowhere`);
    expect(missing.status).toBe(404);
    expect(await missing.text()).toBe("There is nothing at /nowhere.\n");
  });

  test.each([
    ["/_file/a.wasm", "application/wasm"],
    ["/_file/a.mjs", "text/javascript; charset=utf-8"],
    ["/_file/models/model.onnx", "application/octet-stream"],
    ["/", "text/html;charset=utf-8"]
  ])("gives %s the type %s", async (path, type) => {
    expect((await fetch(origin + path)).headers.get("content-type")).toBe(type);
  });

  test("leaves files outside its folder alone", async () => {
    expect((await fetch(`${origin}/..%2f..%2f..%2fetc/passwd`)).status).toBe(404);
    const {hostname, port} = new URL(origin);
    const [response] = await once(get({hostname, port, path: "/../../../../../../etc/passwd"}), "response");
    expect(response.resume().statusCode).toBe(404);
  });

  test("refuses what is no reading", async () => {
    expect((await fetch(origin, {method: "POST"})).status).toBe(405);
  });
});

test("a name with a hash may be kept for ever, a page and a model are asked for again", () => {
  expect(cacheControl("/_import/style.bafd1cc2.css")).toContain("immutable");
  expect(cacheControl("/_node/onnxruntime-web@1.31.0/ort-wasm-simd-threaded.wasm")).toContain("immutable");
  expect(cacheControl("/_file/models/tiny/unet/model.onnx")).toBe("no-cache");
  expect(cacheControl("/")).toBe("no-cache");
  expect(cacheControl("/noise")).toBe("no-cache");
});

describe("the port", () => {
  test("comes from --port, else PORT, else the first free one from 3000", () => {
    expect(serveOptions(["--port", "8080"], {PORT: "9090"})).toMatchObject({port: 8080, tries: 1});
    expect(serveOptions([], {PORT: "9090"})).toMatchObject({port: 9090, tries: 1});
    expect(serveOptions([], {})).toMatchObject({port: 3000, host: "127.0.0.1"});
    expect(serveOptions([], {}).tries).toBeGreaterThan(1);
    expect(() => serveOptions(["--port", "eighty"], {})).toThrow(
      "not a port: eighty; give a number from 0 (any) to 65535"
    );
  });

  test("that is taken gives way to the next, or is named with the remedy", async () => {
    const other = createServer();
    const taken = await listen(other, "127.0.0.1", 0, 1);
    const server = createServer();
    await expect(listen(server, "127.0.0.1", taken, 1)).rejects.toThrow(
      `port ${taken} is taken: choose another with --port or PORT`
    );
    expect(await listen(server, "127.0.0.1", taken, 20)).toBeGreaterThan(taken);
    server.close();
    other.close();
  });
});
