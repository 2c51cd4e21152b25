import type {ProgressData} from "../components/progressBar.js";
import {megabytes} from "../components/progressBar.js";
import {messageOf} from "../src/messageOf.js";
import type {Device} from "../src/preflight/device.js";
import {preflight, type Preflight} from "../src/preflight/preflight.js";
import {keepModel, type KeptModel} from "../src/sources/kept.js";
import {keyOf, type ListedFolder} from "../src/sources/listed.js";
import {openSource, placeOf, type ModelSource} from "../src/sources/source.js";
import type {Fetch} from "../src/sources/web.js";
import {chooseModel, chosenModel, forgetModel} from "../src/storage/chosenModel.js";
import {cacheSize, emptyCache, openModelFiles} from "../src/storage/modelFiles.js";
import {timeLeft} from "../page/job.js";
import type {Store} from "../page/store.js";

/** How far a model of the reader's own is. */
export interface LoaderState {
  /** ready: looked into, and waiting for the reader's word. */
  phase: "idle" | "looking" | "ready" | "keeping" | "done";
  /** What loading asks or reads, in words. */
  place: string;
  report: Preflight | null;
  work: ProgressData | null;
  error: string | null;
  /** The model that every page runs on; null: the shipped one. */
  chosen: KeptModel | null;
  /** Bytes of models that this browser keeps for the site; null until they are counted. */
  cached: number | null;
}

export const NOTHING: LoaderState = {
  ...{phase: "idle", place: "", report: null, work: null, error: null, chosen: null, cached: null}
};

/** What a loader works with; tests bring their own. */
export interface LoaderParts {
  readonly fetch: Fetch;
  /** Left out where the browser has none (an insecure address). */
  readonly caches?: CacheStorage;
  readonly indexedDB: IDBFactory;
  device(): Promise<Device>;
  now?: () => number;
}

export interface Loader {
  /** Looks into a folder: its listing and the headers of its graphs, no weights. */
  look(source: ModelSource): Promise<void>;
  /** Keeps what was looked into, and makes it the model of every page. */
  load(): Promise<void>;
  /** Stops what is under way. What is kept whole stays for the next try. */
  cancel(): void;
  /** Back to the shipped model. */
  giveUp(): Promise<void>;
  /** Throws all kept files away, and goes back to the shipped model. */
  empty(): Promise<void>;
  /** Reads what is chosen and how much is kept. */
  refresh(): Promise<void>;
}

const NO_CACHE = "this browser keeps no files for this address: open the site over https, or on localhost";

/** A loader over a page's state: one piece of work at a time. */
export function createLoader({state, set}: Store<LoaderState>, parts: LoaderParts): Loader {
  const {caches, indexedDB, now = () => performance.now()} = parts;
  let current = new AbortController();
  let folder: ListedFolder | null = null;
  const fetch: Fetch = (url, init) => parts.fetch(url, {...init, signal: current.signal});

  /** Runs a piece of work in the place of what went before; what fails is told in its own sentence. */
  async function only(change: Partial<LoaderState>, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    current.abort(new DOMException("something else was asked for", "AbortError"));
    const mine = (current = new AbortController());
    set({...change, error: null});
    try {
      await work(mine.signal);
    } catch (error) {
      if (mine === current && !mine.signal.aborted) set({error: messageOf(error)});
    } finally {
      if (mine === current) {
        const phase = state.phase === "keeping" ? "ready" : state.phase === "looking" ? "idle" : state.phase;
        set({work: null, phase});
      }
    }
  }

  async function refresh(): Promise<void> {
    if (!caches) return;
    const [chosen, cached] = await Promise.all([
      chosenModel(indexedDB, openModelFiles(caches)).catch(() => null),
      cacheSize(caches).catch(() => null)
    ]);
    set({chosen, cached});
  }

  return {
    refresh,
    cancel() {
      current.abort(new DOMException("the reader stopped it", "AbortError"));
      set({work: null, phase: state.report ? "ready" : "idle"});
      void refresh();
    },
    look(source) {
      folder = null;
      return only({phase: "looking", report: null, place: "", work: null}, async (signal) => {
        const place = placeOf(source);
        set({
          place,
          work: {label: `Looking into ${place}: its list of files, and the graphs' headers`, done: 0, total: 0}
        });
        if (!caches) throw new Error(NO_CACHE);
        const store = openModelFiles(caches);
        const [found, device] = await Promise.all([openSource(source, fetch), parts.device()]);
        const report = await preflight(found, device, (file) => store.has(keyOf(found, file)));
        if (signal.aborted) return;
        folder = found;
        set({report, phase: "ready"});
      });
    },
    load() {
      const [found, {report}] = [folder, state];
      if (!found || !report || report.problems.length || !caches) return Promise.resolve();
      return only({phase: "keeping"}, async (signal) => {
        const began = now();
        const before = report.keptBytes;
        const kept = await keepModel(found, report.files, openModelFiles(caches), {
          signal,
          onProgress({file, loadedBytes, totalBytes}) {
            if (signal.aborted) return;
            const left = timeLeft(now() - began, Math.max(0, loadedBytes - before), totalBytes - before);
            const label = `Loading ${file}: ${megabytes(loadedBytes)} of ${megabytes(totalBytes)}${left}`;
            set({work: {label, done: loadedBytes, total: totalBytes}});
          }
        });
        signal.throwIfAborted();
        await chooseModel(indexedDB, {...kept, losses: report.losses});
        await refresh();
        set({phase: "done"});
      });
    },
    async giveUp() {
      await only({phase: "idle", report: null}, async () => {
        await forgetModel(indexedDB);
        await refresh();
      });
    },
    async empty() {
      await only({phase: "idle", report: null}, async () => {
        if (!caches) return;
        await forgetModel(indexedDB);
        await emptyCache(caches);
        await refresh();
      });
    }
  };
}
