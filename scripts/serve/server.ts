import {createServer, type RequestListener, type Server} from "node:http";
import sirv from "sirv";
import {cacheControl, contentType, isolation} from "./headers.js";

/**
 * A request handler that serves `folder` with isolation headers, compressed twins and cache headers. It looks at the folder on every
 * request ("dev"), so that a new build needs no restart.
 */
export function siteHandler(folder: string): RequestListener {
  const files = sirv(folder, {dev: true, brotli: true, gzip: true, etag: true});
  return (request, response) => {
    for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    const refuse = (status: number, text: string) => {
      response.writeHead(status, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"});
      response.end(request.method === "HEAD" ? undefined : `${text}\n`);
    };
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(405, "Only GET and HEAD are answered here.");

    const pathname = (request.url ?? "/").replace(/[?#].*/s, "");
    const type = contentType(pathname);
    if (type) response.setHeader("Content-Type", type);
    response.setHeader("Cache-Control", cacheControl(pathname));
    files(request, response, () => refuse(404, `There is nothing at ${pathname}.`));
  };
}

/** Listens on `port`, or on the first free one of the `tries` ports from there. Resolves to the port in use. */
export async function listen(server: Server, host: string, port: number, tries: number): Promise<number> {
  for (let candidate = port; candidate < port + tries; candidate++) {
    if (await isTaken(server, host, candidate)) continue;
    const address = server.address();
    return typeof address === "object" && address ? address.port : candidate;
  }
  const range = tries > 1 ? `ports ${port} to ${port + tries - 1} are` : `port ${port} is`;
  throw new Error(`${range} taken: choose another with --port or PORT`);
}

/** Starts to listen; true where another program has the port. */
function isTaken(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(true) : reject(error));
    server.once("error", onError);
    server.listen(port, host, () => {
      server.off("error", onError);
      resolve(false);
    });
  });
}

/** A server of `folder`, not yet listening. */
export function siteServer(folder: string): Server {
  return createServer(siteHandler(folder));
}
