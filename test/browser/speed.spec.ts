import {expect, test, type Page} from "@playwright/test";
import {draw, openReady} from "./site.js";

// The bars of the design. A page that misses one does so every time; a machine that is busy with other work only sometimes. So each bar
// holds for the best of three tries, unloosened.
const LONGEST_TASK = 50; // ms
const UNET_TIME = 8; // s, for 30 steps
const FIRST_GUESS = 1000; // ms, from the model being ready

// A trace takes pictures of the page while it is measured.
test.use({trace: "off"});

/** Runs a measurement up to three times, until it meets the bar; returns the best. */
async function bestOfThree(what: string, unit: string, bar: number, measure: () => Promise<number>): Promise<number> {
  const seen: number[] = [];
  while (seen.length < 3 && !(Math.min(...seen) <= bar)) seen.push(await measure());
  console.info(`${what}: ${seen.map((value) => `${value.toFixed(unit === "s" ? 2 : 0)} ${unit}`).join(", ")}`);
  return Math.min(...seen);
}

/** The longest tasks of the page's main thread that began after `since`, in ms. */
function longestTask(page: Page, since: number): Promise<number> {
  return page.evaluate((start) => {
    const {longTasks} = globalThis as unknown as {longTasks: PerformanceEntry[]};
    return Math.max(0, ...longTasks.filter(({startTime}) => startTime >= start).map(({duration}) => duration));
  }, since);
}

test("the main thread is never blocked for over 50 ms while drawing", async ({page}) => {
  await page.addInitScript(() => {
    const tasks: PerformanceEntry[] = [];
    Object.assign(globalThis, {longTasks: tasks});
    new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({type: "longtask", buffered: true});
  });
  await openReady(page);
  const best = await bestOfThree("longest task on the main thread", "ms", LONGEST_TASK, async () => {
    const start = await page.evaluate(() => performance.now());
    await draw(page, "a horse on the grass");
    return longestTask(page, start);
  });
  expect(best).toBeLessThanOrEqual(LONGEST_TASK);
});

test("thirty steps take at most 8 s of UNet time", async ({page}) => {
  await openReady(page);
  const best = await bestOfThree("UNet time of 30 steps", "s", UNET_TIME, async () => {
    await draw(page, "a horse on the grass");
    const caption = await page.getByText(/^live, .* s a step/).textContent();
    return 30 * Number(/UNet ([\d.]+) s a step/.exec(caption!)![1]);
  });
  expect(best).toBeLessThanOrEqual(UNET_TIME);
});

test("the first live guess follows within 1 s of the model being ready", async ({page}) => {
  await page.addInitScript(() => {
    const times: Record<string, number> = {};
    Object.assign(globalThis, {times});
    const look = () => {
      const text = document.querySelector("progress")?.getAttribute("aria-label") ?? "";
      if (text.startsWith("Drawing")) times.ready ??= performance.now();
      if (document.querySelector(".badge-live")) times.guess ??= performance.now();
    };
    new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true});
  });
  const best = await bestOfThree("first live guess", "ms", FIRST_GUESS, async () => {
    await page.goto("./");
    await expect(page.getByText("live", {exact: true}).first()).toBeVisible({timeout: 90_000});
    return page.evaluate(() => {
      const {times} = globalThis as unknown as {times: Record<string, number>};
      return times.guess - times.ready;
    });
  });
  expect(best).toBeLessThanOrEqual(FIRST_GUESS);
});

test("the recorded strip is on the screen within 2 s", async ({page}) => {
  await page.goto("./", {waitUntil: "commit"});
  await expect(page.getByText("recorded", {exact: true}).first()).toBeVisible({timeout: 2000});
});
