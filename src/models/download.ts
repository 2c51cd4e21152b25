/** A model folder on a server: each file fetched once with its bytes counted, checked by its hash, kept in a cache. */
import {parseJson, type Manifest, type ManifestFile, type ModelFolder} from "./folder.js";

/** What is passed in so that tests control it. */
export interface Network {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** The browser's CacheStorage; left out where there is none (an insecure address, Node). */
  readonly caches?: CacheStorage;
  /** SHA-256; left out where there is none. */
  readonly digest?: (bytes: Uint8Array) => Promise<ArrayBuffer>;
}

const CACHE = "diffusion-unrolled-models-1";

/**
 * Read the manifest of the folder at `base` (an address that ends in a slash) and open the folder. A file is fetched when
 * it is first asked for, and its bytes are let go as soon as they are handed out where the browser's cache keeps them.
 * @param onBytes hears how many bytes of a file are here, from 0 on
 */
export async function openRemoteFolder(
  base: string,
  network: Network,
  onBytes: (file: ManifestFile, bytes: number) => void = () => {}
): Promise<{manifest: Manifest; folder: ModelFolder}> {
  const manifest = await fetchManifest(base, network);
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const held = new Map<string, Promise<Uint8Array>>();

  async function fetched(file: ManifestFile): Promise<Uint8Array> {
    const {bytes, kept} = await fetchFile(base, file, network, (count) => onBytes(file, count));
    if (kept) held.delete(file.path);
    return bytes;
  }

  const folder: ModelFolder = {
    has: (path) => files.has(path),
    bytes(path) {
      const file = files.get(path);
      if (!file)
        return Promise.reject(new Error(`${path} is not in this model folder; its manifest names ${files.size} files`));
      const known = held.get(path);
      if (known) return known;
      onBytes(file, 0);
      const request = fetched(file);
      held.set(path, request);
      request.catch(() => held.delete(path)); // a failed fetch may be tried again
      return request;
    }
  };
  return {manifest, folder};
}

async function fetchManifest(base: string, {fetch}: Network): Promise<Manifest> {
  const response = await get(fetch, base + "manifest.json", "manifest.json", {cache: "no-cache"});
  const text = await response.text();
  refuseWebPage(text.slice(0, 64), response, "manifest.json");
  return parseJson<Manifest>(text, "manifest.json");
}

/** A whole file, and whether the cache keeps it. */
async function fetchFile(
  base: string,
  file: ManifestFile,
  network: Network,
  onBytes: (bytes: number) => void
): Promise<{bytes: Uint8Array; kept: boolean}> {
  const key = `${base}${file.path}?sha256=${file.sha256}`;
  const cache = await network.caches?.open(CACHE).catch(() => undefined);
  const known = await cache?.match(key);
  if (known) {
    const bytes = new Uint8Array(await known.arrayBuffer());
    if (await isWhole(bytes, file, network)) {
      onBytes(bytes.length);
      return {bytes, kept: true};
    }
    await cache?.delete(key);
  }
  const response = await get(network.fetch, base + file.path, file.path);
  const bytes = await readBody(response, file.path, onBytes);
  refuseWebPage(new TextDecoder().decode(bytes.subarray(0, 64)), response, file.path);
  if (bytes.length !== file.size) {
    throw new Error(
      `${file.path} has ${bytes.length} bytes where ${file.size} were expected: it was cut short; try again`
    );
  }
  if (!(await isWhole(bytes, file, network))) {
    throw new Error(`${file.path} does not have the hash its manifest names: it was damaged on the way; try again`);
  }
  return {bytes, kept: await keep(cache, key, bytes)};
}

/** A full disk must not stop the drawing: the file is then fetched again next time. */
async function keep(cache: Cache | undefined, key: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await cache?.put(key, new Response(bytes as Uint8Array<ArrayBuffer>));
    return cache !== undefined;
  } catch (error) {
    console.warn(`not cached: ${key}`, error);
    return false;
  }
}

async function get(fetch: Network["fetch"], url: string, path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch(() => {
    throw new Error(`${path} cannot be reached: the server does not answer; look at the connection and try again`);
  });
  if (!response.ok) throw new Error(`${path} cannot be had: the server answers ${response.status}; try again later`);
  return response;
}

/** @throws when the line is cut */
async function readBody(response: Response, path: string, onBytes: (bytes: number) => void): Promise<Uint8Array> {
  const cut = (): never => {
    throw new Error(`${path} came only in part: the connection broke; look at it and try again`);
  };
  if (!response.body) return new Uint8Array(await response.arrayBuffer().catch(cut));
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let chunk = await reader.read().catch(cut); !chunk.done; chunk = await reader.read().catch(cut)) {
    parts.push(chunk.value);
    length += chunk.value.length;
    onBytes(length);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A server that answers every address with its start page would otherwise fail deep inside the model reader. */
function refuseWebPage(start: string, response: Response, path: string): void {
  const html = /^\s*<(!doctype|html)/i.test(start) || response.headers.get("content-type")?.startsWith("text/html");
  if (html) throw new Error(`the server sent a web page in place of ${path}; check the address of the model folder`);
}

async function isWhole(bytes: Uint8Array, {size, sha256}: ManifestFile, {digest}: Network): Promise<boolean> {
  if (bytes.length !== size) return false;
  if (!digest) return true;
  const hash = new Uint8Array(await digest(bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}
