import type {Server} from "node:http";
import type {Socket} from "node:net";
import {expect, test} from "@playwright/test";
import {listen, siteServer} from "../../scripts/serve/server.js";
import {plainHost} from "./plainHost.js";
import {draw, openReady, pictureOf, strangers, watch} from "./site.js";

/** Counts every byte that a server has sent, headers too. */
function bytesSent(server: Server): () => number {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  return () => Array.from(sockets).reduce((sum, socket) => sum + socket.bytesWritten, 0);
}

test("a first visit with a drawing transfers at most 45 MB, a second one next to nothing", async ({page, context}) => {
  const server = siteServer("dist");
  const sent = bytesSent(server);
  const url = `http://127.0.0.1:${await listen(server, "127.0.0.1", 0, 1)}/`;
  try {
    await openReady(page, url);
    await draw(page, "a horse on the grass");
    const first = sent();
    await page.close();

    const again = await context.newPage();
    await openReady(again, url);
    await draw(again, "a cat on the snow");
    await expect(pictureOf(again, "a cat on the snow")).toBeVisible();
    const second = sent() - first;
    console.info(`transferred: first visit ${(first / 1e6).toFixed(2)} MB, second ${(second / 1e3).toFixed(1)} kB`);
    expect(first).toBeGreaterThan(1e6);
    expect(first).toBeLessThanOrEqual(45e6);
    expect(second).toBeLessThanOrEqual(200e3);
  } finally {
    server.close().closeAllConnections();
  }
});

test("the server's isolation gives the page wasm threads", async ({page}) => {
  await page.goto("./");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test("a plain static host under a sub-path draws too, with one thread and no complaint", async ({page}) => {
  const host = await plainHost("dist", "/some/where/");
  try {
    const seen = await watch(page);
    await openReady(page, host.url);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await draw(page, "a horse on the grass");
    await expect(pictureOf(page, "a horse on the grass")).toBeVisible();
    expect(strangers(seen, new URL(host.url).origin)).toEqual([]);
    expect(seen.complaints).toEqual([]);
  } finally {
    host.close();
  }
});
