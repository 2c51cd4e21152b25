/** Files of models, kept in the browser's Cache: streamed in and read once each, so that a large one is in memory at most once. */

/** Browsers keep and read files of up to 2^31 - 1 bytes: https://crbug.com/391398191. */
export interface ModelFiles {
  has(key: string): Promise<boolean>;
  /** Keep a file under an address. @throws when it is not `size` bytes long, or there is no room */
  put(key: string, body: ReadableStream<Uint8Array>, size: number): Promise<void>;
  /** @throws when it is not there any more: browsers throw away what was not used for long */
  bytes(key: string): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
}

/** All caches of the site's models begin so; the shipped model's is among them. */
const PREFIX = "diffusion-unrolled-models";
const OWN = `${PREFIX}-own-1`;
const LENGTH = "content-length";

export function openModelFiles(caches: CacheStorage): ModelFiles {
  const opened = (): Promise<Cache> => caches.open(OWN);
  return {
    has: async (key) => Boolean(await (await opened()).match(key)),
    async put(key, body, size) {
      const whole = body.pipeThrough(ofLength(key, size));
      const headers = {"content-type": "application/octet-stream", [LENGTH]: String(size)};
      await (await opened()).put(key, new Response(whole, {headers})).catch(explain);
    },
    async bytes(key) {
      const response = await (await opened()).match(key);
      if (!response)
        throw new Error(`${nameOf(key)} is no longer kept in this browser: load the model again on the model page`);
      return new Uint8Array(await response.arrayBuffer());
    },
    remove: async (key) => void (await (await opened()).delete(key))
  };
}

/** Bytes of all models' files that this browser keeps for the site. */
export async function cacheSize(caches: CacheStorage): Promise<number> {
  let bytes = 0;
  for (const name of await ours(caches)) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) bytes += await sizeOf((await cache.match(request))!);
  }
  return bytes;
}

/** Throw all of them away. */
export async function emptyCache(caches: CacheStorage): Promise<void> {
  for (const name of await ours(caches)) await caches.delete(name);
}

const ours = async (caches: CacheStorage): Promise<string[]> =>
  (await caches.keys()).filter((name) => name.startsWith(PREFIX));

async function sizeOf(response: Response): Promise<number> {
  const length = response.headers.get(LENGTH);
  if (length === null) return (await response.blob()).size;
  void response.body?.cancel(); // no byte of it is wanted
  return Number(length);
}

/** Passes bytes on, and fails at the end if there were more or fewer: what comes in part is not kept. */
function ofLength(key: string, size: number): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.length;
      controller.enqueue(chunk);
    },
    flush(controller) {
      if (length === size) return;
      controller.error(new Error(`${nameOf(key)} has ${length} bytes where ${size} were expected: load it again`));
    }
  });
}

const nameOf = (key: string): string => decodeURIComponent(new URL(key).pathname.split("/").slice(-2).join("/"));

function explain(error: Error): never {
  if (error.name === "QuotaExceededError")
    throw new Error("the browser has no room for this model: free disk space, or empty the model cache");
  throw error;
}
