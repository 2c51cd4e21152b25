/** How long each module of a graph takes: read from the profile that onnxruntime writes of a session, one event a node and call. */
import {median} from "../median.js";
import {moduleOf} from "./roles.js";

export interface Timings {
  /** Calls that were measured. The first one warms up, and is left out. */
  readonly calls: number;
  /** Of one call, the median. */
  readonly seconds: number;
  /** Seconds of one call, the median, by the path of the module that the nodes are named after; "" for nodes without one. */
  readonly modules: Readonly<Record<string, number>>;
}

/** An event of Chrome's trace format. Times in microseconds. */
interface Event {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
}

const KERNEL = "_kernel_time";
const MICRO = 1e-6;

/** @throws when the text is no profile of at least two calls */
export function readProfile(text: string): Timings {
  const events = eventsOf(text);
  const calls = events.filter(({name}) => name === "model_run").slice(1);
  if (!calls.length) throw new Error("this profile holds no calls: onnxruntime wrote another kind of text");
  const times = new Map<string, number[]>();
  for (const {cat, name, ts, dur} of events) {
    const call = calls.findIndex((run) => ts >= run.ts && ts < run.ts + run.dur);
    if (cat !== "Node" || !name.endsWith(KERNEL) || call < 0) continue;
    const module = moduleOf({name: name.slice(0, -KERNEL.length)});
    const sums = times.get(module) ?? calls.map(() => 0);
    sums[call] += dur;
    times.set(module, sums);
  }
  return {
    calls: calls.length,
    seconds: MICRO * median(calls.map(({dur}) => dur)),
    modules: Object.fromEntries([...times].map(([module, sums]) => [module, MICRO * median(sums)]))
  };
}

/** The list in the text: other lines may stand around it. */
function eventsOf(text: string): Event[] {
  const [from, to] = [text.search(/\[\s*\{/), text.lastIndexOf("]")];
  return from < 0 || to < from ? [] : (JSON.parse(text.slice(from, to + 1)) as Event[]);
}
