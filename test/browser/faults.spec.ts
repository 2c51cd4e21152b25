import {expect, test, type Page, type Route} from "@playwright/test";
import type {Engine} from "../../src/worker/client.js";
import {cancelButton, draw, drawButton, openReady, pictureOf, promptBox, watch} from "./site.js";

const PROMPT = "a horse on the grass";

/** Spoils one file of the model, opens the page, reads the message, mends the file and tries again. */
async function spoilAndRetry(
  page: Page,
  file: string,
  spoil: (route: Route) => Promise<void>,
  message: RegExp
): Promise<void> {
  const uncaught: string[] = [];
  page.on("pageerror", (error) => uncaught.push(error.message));
  const pattern = `**/_file/models/tiny/${file}*`;
  await page.route(pattern, spoil);
  await page.goto("./?steps=5");
  await expect(page.getByRole("alert")).toContainText(message, {timeout: 90_000});
  await page.unroute(pattern);
  await page.getByRole("button", {name: "Retry"}).click();
  await expect(page.getByRole("button", {name: "Retry"})).toHaveCount(0);
  await expect(cancelButton(page)).toBeDisabled({timeout: 90_000});
  await draw(page, PROMPT);
  await expect(pictureOf(page, PROMPT)).toBeVisible();
  expect(uncaught).toEqual([]);
}

test("a flipped byte in a model file is named, and Retry draws", async ({page}) => {
  const flip = async (route: Route) => {
    const response = await route.fetch();
    const body = Buffer.from(await response.body());
    body[body.length >> 1] ^= 1;
    await route.fulfill({status: 200, contentType: "application/octet-stream", body});
  };
  await spoilAndRetry(page, "text_encoder/model.onnx", flip, /text_encoder\/model\.onnx does not have the hash/);
});

test("a model file cut short is named, and Retry draws", async ({page}) => {
  const cut = async (route: Route) => {
    const body = (await (await route.fetch()).body()).subarray(0, 1000);
    await route.fulfill({status: 200, contentType: "application/octet-stream", body});
  };
  await spoilAndRetry(
    page,
    "unet/model.onnx_data",
    cut,
    /unet\/model\.onnx_data has 1000 bytes where \d+ were expected/
  );
});

test("a missing model file is named, and Retry draws", async ({page}) => {
  await spoilAndRetry(page, "unet/model.onnx", (route) => route.fulfill({status: 404, body: "nothing here"}), /404/);
});

test("a web page in place of a model file is seen, and Retry draws", async ({page}) => {
  const body = "<!doctype html><title>Sign in</title><p>Sign in to the network";
  const page200 = (route: Route) => route.fulfill({status: 200, contentType: "text/html", body});
  await spoilAndRetry(page, "vae_decoder/model.onnx", page200, /vae_decoder\/model\.onnx/);
});

test("a cut line is told, and Retry draws", async ({page}) => {
  await spoilAndRetry(
    page,
    "vae_decoder/model.onnx",
    (route) => route.abort("connectionreset"),
    /vae_decoder\/model\.onnx/
  );
});

/** Keeps every worker that the page starts within reach. Call before `goto`. */
async function holdWorkers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const held: Worker[] = [];
    class HeldWorker extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        held.push(this);
      }
    }
    Object.assign(globalThis, {held, Worker: HeldWorker});
  });
}

/** Ends the page's youngest worker without a word, as a browser does that needs the memory. */
const terminate = (page: Page): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as {held: Worker[]}).held.at(-1)!.terminate());

/** The same in the middle of the next drawing, once its progress names `step`: seen from within, for a test that polls can miss a step. */
const terminateAt = (page: Page, step: number): Promise<void> =>
  page.evaluate((step) => {
    const {held} = globalThis as unknown as {held: Worker[]};
    const name = new RegExp(`step ${step} of`);
    new MutationObserver((_, observer) => {
      const bars = [...document.querySelectorAll("[role=progressbar], progress")];
      if (!bars.some((bar) => name.test(bar.getAttribute("aria-label") ?? ""))) return;
      observer.disconnect();
      held.at(-1)!.terminate();
    }).observe(document.body, {subtree: true, childList: true, attributes: true});
  }, step);

/** The address of the finished picture: the picture itself, as PNG. */
async function finished(page: Page): Promise<string> {
  await expect(cancelButton(page)).toBeDisabled({timeout: 120_000});
  return (await pictureOf(page, PROMPT).getAttribute("src"))!;
}

const notice = (page: Page) => page.getByRole("status").filter({hasText: "the engine was started again"});

test("a worker that is terminated in the middle is replaced, and the drawing goes on to the same picture", async ({
  page
}) => {
  const seen = await watch(page);
  await holdWorkers(page);
  await openReady(page, "./?steps=8");
  await draw(page, PROMPT);
  const untroubled = await finished(page);
  await terminateAt(page, 3);
  await draw(page, PROMPT);
  expect(await finished(page)).toBe(untroubled);
  await expect(notice(page)).toContainText("the engine stopped without a word");
  await expect(page.getByRole("alert")).toHaveCount(0);

  await terminate(page); // with nothing to do
  await draw(page, PROMPT);
  expect(await finished(page)).toBe(untroubled);
  expect(seen.complaints).toEqual([]);
});

test("a storm of drawings and cancels leaves no trace", async ({page}) => {
  const seen = await watch(page);
  await openReady(page, "./?steps=5");
  await draw(page, PROMPT);
  const untroubled = await finished(page);
  for (let i = 0; i < 15; i++) {
    await promptBox(page).fill(`a cat in space ${i}`);
    await drawButton(page).click();
    await cancelButton(page).click();
  }
  await draw(page, PROMPT);
  expect(await finished(page)).toBe(untroubled);
  expect(seen.complaints).toEqual([]);
});

/** The worker's program, with a line before it, for the first so many workers. Call before `goto`. */
async function beforeWorkers(page: Page, line: string, workers = Infinity): Promise<void> {
  let served = 0;
  await page.route(/\/src\/worker\/worker\.[^/]*js$/, async (route) => {
    const response = await route.fetch();
    const program = await response.text();
    await route.fulfill({response, body: served++ < workers ? `${line}\n${program}` : program});
  });
}

/** Memory that cannot grow, as on a device that has no more: onnxruntime cannot open its first graph. */
const NO_MEMORY = `WebAssembly.Memory.prototype.grow = () => { throw new RangeError("no more memory") };`;

test("want of memory, twice, is told; the next drawing is drawn", async ({page}) => {
  await beforeWorkers(page, NO_MEMORY, 2);
  await page.goto("./?steps=5");
  await expect(page.getByRole("alert")).toContainText("there is not enough memory", {timeout: 120_000});
  await draw(page, PROMPT);
  await expect(pictureOf(page, PROMPT)).toBeVisible();
});

interface EnginePage {
  /** The site's own createEngine. */
  readonly createEngine: (typeof import("../../src/worker/client.js"))["createEngine"];
}

/** Opens a page that has no engine of its own, and gives it the site's. */
async function openEngine(page: Page): Promise<void> {
  const home = await (await page.request.get("./")).text();
  const [client] = /_import\/src\/worker\/client\.[^"]+\.js/.exec(home)!;
  await page.goto("./gallery");
  await page.evaluate(async (path) => {
    const {createEngine} = (await import(new URL(path, document.baseURI).href)) as EnginePage;
    Object.assign(globalThis, {createEngine});
  }, client);
}

test("two drawings at once are each what they are alone", async ({page}) => {
  await openEngine(page);
  const [alone, ...both] = await page.evaluate(async () => {
    const {createEngine} = globalThis as unknown as EnginePage;
    const engine = createEngine();
    const last = async (prompt: string) => {
      let values: number[] = [];
      for await (const {prev} of engine.draw({prompt, seed: 7, steps: 3})) values = [...prev.data];
      return values.join();
    };
    const first = await last("a horse");
    return [first, ...(await Promise.all([last("a horse"), last("a cat"), last("a horse")]))];
  });
  expect([both[0], both[2]]).toEqual([alone, alone]);
  expect(both[1]).not.toBe(alone);
});

/** In a page with the site's engine: what the text encoder gives, and what the engine has to say of it. */
const encoded = (page: Page): Promise<{values: string; backend: string; notice: string | null}> =>
  page.evaluate(async () => {
    const held = globalThis as unknown as EnginePage & {engine?: Engine};
    const engine = (held.engine ??= held.createEngine());
    const {data} = await engine.encodeText(["a horse on the grass"]);
    await engine.load(); // its answer comes after what is told of loading
    const {status} = engine;
    if (status.state !== "ready") throw new Error(`the engine is ${status.state}`);
    return {values: [...data.slice(0, 200)].join(), backend: status.backend, notice: status.notice};
  });

test("want of memory, once, is mended by a fresh start", async ({page}) => {
  await beforeWorkers(page, NO_MEMORY, 1);
  await openEngine(page);
  const {notice} = await encoded(page);
  expect(notice).toMatch(/^the engine was started again and went on: .*there is not enough memory/);
});

/** The emulated device passes for a real one, and is destroyed with its second piece of work after "destroy" was said. */
const DESTROYED = `
Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", {get: () => false});
const {requestDevice} = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (...given) { return (globalThis.device = await requestDevice.apply(this, given)); };
new BroadcastChannel("destroy").onmessage = () => {
  const {submit} = GPUQueue.prototype;
  let work = 0;
  GPUQueue.prototype.submit = function (...given) {
    submit.apply(this, given);
    if (++work === 2) device.destroy();
  };
};`;

test("a graphics device that is destroyed in the middle is replaced, and the answer is the same", async ({page}) => {
  await beforeWorkers(page, DESTROYED);
  await openEngine(page);
  const before = await encoded(page);
  expect(before).toMatchObject({backend: "webgpu", notice: null});
  await page.evaluate(() => new BroadcastChannel("destroy").postMessage(null));
  const after = await encoded(page);
  expect(after.values).toBe(before.values);
  expect(after.notice).toMatch(/^the engine was started again and went on: .*the graphics device was lost/);
});
