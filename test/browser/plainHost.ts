import {readFile} from "node:fs/promises";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {extname, join, normalize} from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm"
};

/** A plain static host that serves dist/ under a sub-path, as project pages do: no isolation, no compression, no cache headers. */
export interface PlainHost {
  url: string;
  close(): void;
}

/** @param headers of every answer, refusals too */
export async function plainHost(
  folder: string,
  subPath: string,
  headers: Readonly<Record<string, string>> = {}
): Promise<PlainHost> {
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = decodeURIComponent((request.url ?? "/").replace(/[?#].*/, ""));
    const file = path.startsWith(subPath) ? normalize(path.slice(subPath.length)) : "..";
    if (file.startsWith("..")) return void response.writeHead(404).end("outside the sub-path");
    const name = file === "." || file.endsWith("/") ? join(file, "index.html") : file;
    try {
      const data = await readFile(join(folder, name));
      const type = TYPES[extname(name)] ?? "application/octet-stream";
      response.writeHead(200, {"Content-Type": type, "Content-Length": data.length}).end(data);
    } catch {
      response.writeHead(404).end("no such file");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${subPath}`,
    close: () => server.close().closeAllConnections()
  };
}
