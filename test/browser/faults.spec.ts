import {expect, test, type Page, type Route} from "@playwright/test";
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
