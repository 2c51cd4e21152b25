/** The site as it is built, served to the machine's own Chromium, and the pages that the bench opens in it. */
import type {Server} from "node:http";
import type {Socket} from "node:net";
import {chromium, type Browser, type BrowserContext, type Page, type Worker} from "@playwright/test";
import {DRAWING} from "../../src/models/folder.js";
import type * as Client from "../../src/worker/client.js";
import {chromiumFlags, chromiumPath} from "../chromium.js";
import {listen, siteServer} from "../serve/server.js";

/** Memory can be asked for at any time, after all that is not needed was thrown away. */
const FLAGS = [...chromiumFlags, "--js-flags=--expose-gc", "--enable-blink-features=ForceEagerMeasureMemory"];
/** Of one wait, in ms: what a very slow machine needs to load and draw. */
const PATIENCE = 120_000;
const WORKER = /\/src\/worker\/worker\./;

export interface Place {
  readonly browser: Browser;
  readonly url: string;
  /** Of all that the server has sent. */
  bytes(): number;
  close(): Promise<void>;
}

export async function openPlace(): Promise<Place> {
  const server = siteServer("dist");
  const bytes = bytesSent(server);
  const port = await listen(server, "127.0.0.1", 0, 1);
  const browser = await chromium.launch({executablePath: chromiumPath(), args: FLAGS});
  return {
    ...{browser, bytes, url: `http://127.0.0.1:${port}/`},
    async close() {
      await browser.close();
      server.close().closeAllConnections();
    }
  };
}

/**
 * The engine's worker. Chromium counts onnxruntime's threads as workers of the page too, but they sleep inside wasm: asked
 * anything, they never answer.
 */
export const engineWorker = (page: Page): Worker => page.workers().find((worker) => WORKER.test(worker.url()))!;

/** Puts a line before the program of the engine's worker. */
export async function beforeWorker(on: Page | BrowserContext, line: string): Promise<void> {
  await on.route(WORKER, async (route) => {
    const response = await route.fetch();
    await route.fulfill({response, body: `${line}\n${await response.text()}`});
  });
}

/** A page that has no engine of its own, with the site's engine in `globalThis.engine`. */
export async function enginePage({url}: Place, context: BrowserContext, threads?: number): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  if (threads)
    await beforeWorker(page, `Object.defineProperty(navigator, "hardwareConcurrency", {get: () => ${threads}});`);
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
export function load(page: Page): Promise<number> {
  return page.evaluate(async (parts) => {
    const began = performance.now();
    await (globalThis as unknown as WithEngine).engine.load(parts);
    return (performance.now() - began) / 1000;
  }, DRAWING);
}

/** One drawing: milliseconds from the question to the last record, and seconds of each UNet call. */
export function drawn(page: Page, steps: number): Promise<{whole: number; seconds: number[]}> {
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
export async function homePage({url}: Place, context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${url}?steps=4`);
  await page.locator(".badge-live").first().waitFor(); // no "Cancel" before the drawing is no end of it
  await page.getByRole("button", {name: "Cancel", exact: true, disabled: true}).waitFor();
  return page;
}

/** Counts every byte that a server has sent, headers too. */
function bytesSent(server: Server): () => number {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  return () => Array.from(sockets).reduce((sum, socket) => sum + socket.bytesWritten, 0);
}
