/** What only a browser can tell: the site as it is built and served, in the machine's own Chromium. */
import {availableParallelism} from "node:os";
import type {Page} from "@playwright/test";
import {memoryRows} from "./memory.js";
import {drawn, engineWorker, enginePage, homePage, load, openPlace, type Place} from "./place.js";
import {stage} from "./progress.js";
import {median} from "../../src/median.js";
import {middle, type Row} from "./report.js";

export interface ChromiumOptions {
  /** Drawings, and loads, of each kind. */
  readonly turns: number;
  readonly steps: number;
  /** Drawings of the memory's test. */
  readonly runs: number;
}

/** Seconds for each drawing or load: far more than a slow and busy machine takes. */
const LIMIT = 120;

export async function inChromium({turns, steps, runs}: ChromiumOptions): Promise<{rows: Row[]; version: string}> {
  const place = await openPlace();
  try {
    const rows = [
      await stage("Chromium: drawings", LIMIT, (at) => pipelineRows(place, turns, steps, at)),
      await stage("Chromium: one thread and two", LIMIT, (at) => threadRows(place, turns, at)),
      await stage("Chromium: loading", LIMIT, (at) => loadRows(place, turns, at)),
      await stage("Chromium: bytes", LIMIT, () => byteRows(place)),
      await stage(`Chromium: memory of ${runs} drawings`, LIMIT, (at) => memoryRows(place, runs, at))
    ];
    return {rows: rows.flat(), version: `Chromium ${place.browser.version()}`};
  } finally {
    await place.close();
  }
}

type Standing = (where: string) => void;

const threadsHere = (): number => Math.min(4, availableParallelism());
const inThreads = (threads: number): string => `Chromium, ${threads} thread${threads === 1 ? "" : "s"}`;

/** A drawing, from the question to its last record on the page, over what onnxruntime ran in the meantime. */
async function pipelineRows(place: Place, turns: number, steps: number, standing: Standing): Promise<Row[]> {
  const page = await enginePage(place, await place.browser.newContext());
  await load(page);
  const worker = engineWorker(page);
  await worker.evaluate(async () => {
    const url = performance
      .getEntriesByType("resource")
      .find(({name}) => /onnxruntime-web[^/]*\/wasm\.[^/]*js$/.test(name))!;
    const {InferenceSession} = (await import(url.name)) as {InferenceSession: {prototype: {run(): Promise<unknown>}}};
    const {run} = InferenceSession.prototype;
    const clock = Object.assign(globalThis, {running: 0});
    InferenceSession.prototype.run = async function (...given) {
      const began = performance.now();
      const result = await run.apply(this, given);
      clock.running += performance.now() - began;
      return result;
    };
  });
  const shares: number[] = [];
  let told = "";
  for (let turn = -1; turn < turns; turn++) {
    standing(`drawing ${turn + 2} of ${turns + 1}`);
    await worker.evaluate(() => Object.assign(globalThis, {running: 0}));
    const {whole} = await drawn(page, steps);
    const running = await worker.evaluate(() => (globalThis as unknown as {running: number}).running);
    if (turn >= 0) shares.push(whole / running - 1);
    told = `${(whole / 1000).toFixed(2)} s and ${(running / 1000).toFixed(2)} s for ${steps} steps`;
  }
  await page.context().close();
  const what = "a drawing's time beyond the sum of its session.run times";
  return [{what, where: inThreads(threadsHere()), ...middle(shares), unit: "share", bar: 0.05, detail: told}];
}

/** Short turns, and many: other work on the machine then touches both sides alike. */
const SHORT = 4;

/** UNet calls on two threads over those on one, in two pages that take turns. */
async function threadRows(place: Place, turns: number, standing: Standing): Promise<Row[]> {
  if (availableParallelism() < 2) return [];
  const pages: Page[] = [];
  for (const threads of [1, 2]) {
    standing(`loading for ${threads} thread${threads === 1 ? "" : "s"}`);
    pages.push(await enginePage(place, await place.browser.newContext(), threads));
    await load(pages.at(-1)!);
  }
  const [one, two]: number[][] = [[], []];
  for (let turn = -1; turn < SHORT * turns; turn++) {
    standing(`turn ${turn + 2} of ${SHORT * turns + 1}`);
    for (const [i, seconds] of [one, two].entries()) {
      const took = median((await drawn(pages[i], SHORT)).seconds);
      if (turn >= 0) seconds.push(took);
    }
  }
  await Promise.all(pages.map((page) => page.context().close()));
  const detail = `${(1000 * median(two)).toFixed(0)} ms and ${(1000 * median(one)).toFixed(0)} ms a UNet call`;
  const ratios = two.map((seconds, i) => seconds / one[i]);
  return [{what: "2 threads over 1", where: "Chromium", ...middle(ratios), unit: "times", bar: 0.65, detail}];
}

/** From nothing to a model that is open and tested, first from the server, then from the browser's cache. */
async function loadRows(place: Place, turns: number, standing: Standing): Promise<Row[]> {
  const [cold, cached]: number[][] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    const context = await place.browser.newContext();
    for (const times of [cold, cached]) {
      standing(`load ${cold.length + cached.length + 1} of ${2 * turns}`);
      const page = await enginePage(place, context);
      times.push(await load(page));
      await page.close();
    }
    await context.close();
  }
  const row = {where: inThreads(threadsHere()), unit: "s", detail: "from a server on this machine"} as const;
  return [
    {...row, what: "loading the model, cold", ...middle(cold)},
    {...row, what: "loading the model, cached", ...middle(cached), detail: "no byte of the model fetched"}
  ];
}

/** What a first visit of the home page transfers, with its drawing, and a second one. */
async function byteRows(place: Place): Promise<Row[]> {
  const context = await place.browser.newContext();
  const visit = async (): Promise<number> => {
    const before = place.bytes();
    const page = await homePage(place, context);
    await page.close();
    return (place.bytes() - before) / 1e6;
  };
  const row = {where: "Chromium", unit: "MB", detail: "compressed, with its first drawing"} as const;
  const rows = [
    {...row, what: "a first visit of the home page", value: await visit(), bar: 45},
    {...row, what: "a second visit", value: await visit()}
  ];
  await context.close();
  return rows;
}
