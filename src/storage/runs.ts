/** Finished runs and uploads, kept between pages over IndexedDB. The database is passed in, so that tests bring one. */

export interface StoredRun<T> {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly value: T;
}

export interface Runs<T> {
  /** Keep a value under an id, replacing what was there; the oldest beyond `keep` are dropped. */
  save(id: string, value: T): Promise<void>;
  get(id: string): Promise<StoredRun<T> | null>;
  /** Newest first. */
  list(): Promise<StoredRun<T>[]>;
  latest(): Promise<StoredRun<T> | null>;
  remove(id: string): Promise<void>;
}

export interface RunsOptions {
  readonly database?: string;
  /** How many are kept; a run of 30 steps takes about 1 MB. */
  readonly keep?: number;
  readonly now?: () => number;
}

const STORE = "runs";

export async function openRuns<T>(
  indexedDB: IDBFactory,
  {database = "diffusion-unrolled", keep = 12, now = Date.now}: RunsOptions = {}
): Promise<Runs<T>> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, {keyPath: "id"});
  const db = await finished(opening);
  const store = (mode: IDBTransactionMode): IDBObjectStore => db.transaction(STORE, mode).objectStore(STORE);

  const runs: Runs<T> = {
    async save(id, value) {
      await finished(store("readwrite").put({id, savedAt: now(), value} satisfies StoredRun<T>)).catch(explain);
      for (const old of (await runs.list()).slice(keep)) await runs.remove(old.id);
    },
    get: async (id) => ((await finished(store("readonly").get(id))) as StoredRun<T> | undefined) ?? null,
    async list() {
      const all = (await finished(store("readonly").getAll())) as StoredRun<T>[];
      return all.sort((a, b) => b.savedAt - a.savedAt);
    },
    latest: async () => (await runs.list())[0] ?? null,
    remove: async (id) => void (await finished(store("readwrite").delete(id)))
  };
  return runs;
}

function finished<R>(request: IDBRequest<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

function explain(error: DOMException): never {
  if (error.name === "QuotaExceededError") {
    throw new Error("the browser's storage is full: remove a kept run and try again");
  }
  throw error;
}
