/** A CacheStorage in memory: what is put is read to its end first, as browsers do. */
export function fakeCaches(): CacheStorage & {readonly kept: Map<string, Map<string, Response>>} {
  const kept = new Map<string, Map<string, Response>>();
  const cacheOf = (entries: Map<string, Response>): Partial<Cache> => ({
    match: async (key) => entries.get(String(key instanceof Request ? key.url : key))?.clone(),
    async put(key, response) {
      const bytes = await response.arrayBuffer();
      entries.set(String(key), new Response(bytes, {headers: response.headers}));
    },
    delete: async (key) => entries.delete(String(key)),
    keys: async () => [...entries.keys()].map((url) => new Request(url))
  });
  const caches = {
    kept,
    async open(name: string) {
      if (!kept.has(name)) kept.set(name, new Map());
      return cacheOf(kept.get(name)!) as Cache;
    },
    keys: async () => [...kept.keys()],
    delete: async (name: string) => kept.delete(name)
  };
  return caches as unknown as CacheStorage & {readonly kept: Map<string, Map<string, Response>>};
}
