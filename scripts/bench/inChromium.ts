/** What only a browser can tell: the site as it is built and served, in the machine's own Chromium. */
import type {Server} from "node:http";
import type {Socket} from "node:net";
import {availableParallelism} from "node:os";
import {chromium, type Browser, type BrowserContext, type Page} from "@playwright/test";
import type * as Client from "../../src/worker/client.js";
import {DRAWING} from "../../src/models/folder.js";
import {chromiumFlags, chromiumPath} from "../chromium.js";
import {listen, siteServer} from "../serve/server.js";
import {median, type Row} from "./report.js";

export interface ChromiumOptions {
  /** Drawings, and loads, of each kind. */
  readonly turns: number;
  readonly steps: number;
  /** Drawings of the memory's test. */
  readonly runs: number;
}

/** Memory can be asked for at any time, after all that is not needed was thrown away. */
const FLAGS = [...chromiumFlags, "--js-flags=--expose-gc", "--enable-blink-features=ForceEagerMeasureMemory"];
const PATIENCE = 600_000;

interface Place {
  readonly browser: Browser;
  readonly url: string;
  /** Of all that the server has sent. */
  bytes(): number;
}

export async function inChromium({turns, steps, runs}: ChromiumOptions): Promise<{rows: Row[]; version: string}> {
  const server = siteServer("dist");
  const bytes = bytesSent(server);
  const port = await listen(server, "127.0.0.1", 0, 1);
  const browser = await chromium.launch({executablePath: chromiumPath(), args: FLAGS});
  const place = {browser, bytes, url: `http://127.0.0.1:${port}/`};
  try {
    const rows = [
      ...(await pipelineRows(place, turns, steps)),
      ...(await threadRows(place, turns, steps)),
      ...(await loadRows(place, turns)),
      ...(await byteRows(place)),
      ...(await memoryRows(place, runs))
    ];
    return {rows, version: `Chromium ${browser.version()}`};
  } finally {
    await browser.close();
    server.close().closeAllConnections();
  }
}

const threadsHere = (): number => Math.min(4, availableParallelism());
const inThreads = (threads: number): string => `Chromium, ${threads} thread${threads === 1 ? "" : "s"}`;

/** A drawing, from the question to its last record on the page, over what onnxruntime ran in the meantime. */
async function pipelineRows(place: Place, turns: number, steps: number): Promise<Row[]> {
  const page = await enginePage(place, await place.browser.newContext());
  await load(page);
  const worker = page.workers().find((each) => each.url().includes("/src/worker/worker."))!;
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
    await worker.evaluate(() => Object.assign(globalThis, {running: 0}));
    const {whole} = await drawn(page, steps);
    const running = await worker.evaluate(() => (globalThis as unknown as {running: number}).running);
    if (turn >= 0) shares.push(whole / running - 1);
    told = `${(whole / 1000).toFixed(2)} s and ${(running / 1000).toFixed(2)} s for ${steps} steps`;
  }
  await page.context().close();
  const what = "a drawing's time beyond the sum of its session.run times";
  return [{what, where: inThreads(threadsHere()), value: median(shares), unit: "share", bar: 0.05, detail: told}];
}

/** UNet calls on two threads over those on one, in two pages that take turns. */
async function threadRows(place: Place, turns: number, steps: number): Promise<Row[]> {
  if (availableParallelism() < 2) return [];
  const pages = await Promise.all(
    [1, 2].map(async (threads) => {
      const context = await place.browser.newContext();
      const page = await enginePage(place, context, threads);
      await load(page);
      return page;
    })
  );
  const medians: number[][] = [[], []];
  for (let turn = -1; turn < turns; turn++) {
    for (const [i, page] of pages.entries()) {
      const {seconds} = await drawn(page, steps);
      if (turn >= 0) medians[i].push(median(seconds));
    }
  }
  await Promise.all(pages.map((page) => page.context().close()));
  const [one, two] = medians;
  const detail = `${(1000 * median(two)).toFixed(0)} ms and ${(1000 * median(one)).toFixed(0)} ms a UNet call`;
  const value = median(two.map((seconds, i) => seconds / one[i]));
  return [{what: "2 threads over 1", where: "Chromium", value, unit: "times", bar: 0.65, detail}];
}

/** From nothing to a model that is open and tested, first from the server, then from the browser's cache. */
async function loadRows(place: Place, turns: number): Promise<Row[]> {
  const [cold, cached]: number[][] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    const context = await place.browser.newContext();
    for (const times of [cold, cached]) {
      const page = await enginePage(place, context);
      times.push(await load(page));
      await page.close();
    }
    await context.close();
  }
  const row = {where: inThreads(threadsHere()), unit: "s", detail: "from a server on this machine"} as const;
  return [
    {...row, what: "loading the model, cold", value: median(cold)},
    {...row, what: "loading the model, cached", value: median(cached), detail: "no byte of the model fetched"}
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

/** The home page's heaps, its worker's among them, after so many drawings over those after five. */
async function memoryRows(place: Place, runs: number): Promise<Row[]> {
  const context = await place.browser.newContext();
  await context.route("**/src/worker/worker.*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({response, body: `${HOLD_MEMORY}\n${await response.text()}`});
  });
  const page = await homePage(place, context);
  const measured: {heap: number; wasm: number}[] = [];
  for (let run = 1; run <= runs; run++) {
    await page.getByRole("textbox", {name: "Prompt", exact: true}).fill(`a ${run % 2 ? "horse" : "cat"} on the grass`);
    await page.getByRole("button", {name: "Draw", exact: true}).click();
    await page.getByRole("button", {name: "Cancel", exact: true, disabled: false}).waitFor();
    await finished(page);
    if (run === 5 || run === runs) measured.push(await memory(page));
  }
  await context.close();
  const [few, many] = measured;
  const mb = (part: "heap" | "wasm"): string =>
    `${(many[part] / 1e6).toFixed(1)} MB and ${(few[part] / 1e6).toFixed(1)} MB`;
  const row = {where: "Chromium", unit: "times", bar: 1.05} as const;
  return [
    {
      ...row,
      what: `heaps of page and worker after ${runs} drawings over after 5`,
      value: many.heap / few.heap,
      detail: mb("heap")
    },
    {...row, what: `wasm memory after ${runs} drawings over after 5`, value: many.wasm / few.wasm, detail: mb("wasm")}
  ];
}

/** The wasm memory of a worker, kept within reach. */
const HOLD_MEMORY = `
globalThis.memories = [];
WebAssembly.Memory = class extends WebAssembly.Memory { constructor(...given) { super(...given); memories.push(this); } };`;

async function memory(page: Page): Promise<{heap: number; wasm: number}> {
  const heap = await page.evaluate(async () => {
    (globalThis as unknown as {gc(): void}).gc();
    const measuring = performance as unknown as {measureUserAgentSpecificMemory(): Promise<{bytes: number}>};
    return (await measuring.measureUserAgentSpecificMemory()).bytes;
  });
  const sizes = await Promise.all(
    page.workers().map((worker) =>
      worker.evaluate(() => {
        const {memories = []} = globalThis as unknown as {memories?: WebAssembly.Memory[]};
        return memories.reduce((sum, {buffer}) => sum + buffer.byteLength, 0);
      })
    )
  );
  return {heap, wasm: sizes.reduce((sum, size) => sum + size, 0)};
}

/** A page that has no engine of its own, with the site's engine in `globalThis.engine`. */
async function enginePage({url}: Place, context: BrowserContext, threads?: number): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  if (threads) {
    await page.route("**/src/worker/worker.*.js", async (route) => {
      const response = await route.fetch();
      const cores = `Object.defineProperty(navigator, "hardwareConcurrency", {get: () => ${threads}});`;
      await route.fulfill({response, body: `${cores}\n${await response.text()}`});
    });
  }
  const home = await (await context.request.get(url)).text();
  const client = /_import\/src\/worker\/client\.[^"]+\.js/.exec(home)![0];
  await page.goto(`${url}gallery`);
  await page.evaluate(async (address) => {
    const {createEngine} = (await import(address)) as typeof Client;
    Object.assign(globalThis, {engine: createEngine()});
  }, url + client);
  return page;
}

interface WithEngine {
  readonly engine: Client.Engine;
}

/** Milliseconds -> seconds that all parts of a drawing take to load. */
function load(page: Page): Promise<number> {
  return page.evaluate(async (parts) => {
    const began = performance.now();
    await (globalThis as unknown as WithEngine).engine.load(parts);
    return (performance.now() - began) / 1000;
  }, DRAWING);
}

/** One drawing: milliseconds from the question to the last record, and seconds of each UNet call. */
function drawn(page: Page, steps: number): Promise<{whole: number; seconds: number[]}> {
  return page.evaluate(async (count) => {
    const {engine} = globalThis as unknown as WithEngine;
    const seconds: number[] = [];
    const began = performance.now();
    for await (const record of engine.draw({prompt: "a horse on the grass", seed: 7, steps: count}))
      seconds.push(record.seconds);
    return {whole: performance.now() - began, seconds};
  }, steps);
}

/** The home page, when the drawing that it begins with is over. */
async function homePage({url}: Place, context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${url}?steps=5`);
  await finished(page);
  return page;
}

async function finished(page: Page): Promise<void> {
  const cancel = page.getByRole("button", {name: "Cancel", exact: true, disabled: true});
  await cancel.waitFor({timeout: PATIENCE});
}

/** Counts every byte that a server has sent, headers too. */
function bytesSent(server: Server): () => number {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  return () => Array.from(sockets).reduce((sum, socket) => sum + socket.bytesWritten, 0);
}
