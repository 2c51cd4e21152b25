/** What many drawings leave behind: the home page's heaps, and the memory of its wasm. */
import type {Page} from "@playwright/test";
import {beforeWorker, engineWorker, homePage, type Place} from "./place.js";
import {tell} from "./progress.js";
import type {Row} from "./report.js";

/** Bytes. */
interface Memory {
  /** Of the page and its workers. */
  readonly heap: number;
  readonly wasm: number;
}

/** After these many drawings memory is what it is to stay. */
const FEW = 5;
const TOLD_EVERY = 50;

/** The wasm memory of a worker, kept within reach. */
const HOLD_MEMORY = `
globalThis.memories = [];
WebAssembly.Memory = class extends WebAssembly.Memory { constructor(...given) { super(...given); memories.push(this); } };`;

/** The home page's memory after so many drawings over that after five. */
export async function memoryRows(place: Place, runs: number, standing: (where: string) => void): Promise<Row[]> {
  const context = await place.browser.newContext();
  await beforeWorker(context, HOLD_MEMORY);
  standing("the home page's first drawing");
  const page = await homePage(place, context);
  const measured: Memory[] = [];
  for (let run = 1; run <= runs; run++) {
    standing(`drawing ${run} of ${runs}`);
    await drawing(page, `a ${run % 2 ? "horse" : "cat"} on the grass`);
    if (run % TOLD_EVERY === 0) tell(`  ${run} of ${runs} drawings`);
    if (run !== FEW && run !== runs) continue;
    standing(`the measurement after ${run} drawings`);
    measured.push(await memory(page));
  }
  await context.close();
  const [few, many] = measured;
  const row = {where: "Chromium", unit: "times", bar: 1.05} as const;
  return (["heap", "wasm"] as const).map((part) => ({
    ...row,
    what: `${{heap: "heaps of page and worker", wasm: "wasm memory"}[part]} after ${runs} drawings over after ${FEW}`,
    value: many[part] / few[part],
    detail: `${(many[part] / 1e6).toFixed(1)} MB and ${(few[part] / 1e6).toFixed(1)} MB`
  }));
}

/** Types a prompt and draws it. Its end is seen from within the page: a short drawing passes between two looks from without. */
function drawing(page: Page, prompt: string): Promise<void> {
  return page.evaluate(async (text) => {
    const buttons = [...document.querySelectorAll("button")];
    const [draw, cancel] = ["Draw", "Cancel"].map((name) => buttons.find(({textContent}) => textContent === name)!);
    const box = document.querySelector<HTMLInputElement>("input[name=prompt]")!;
    box.value = text;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    const over = new Promise<void>((resolve) => {
      let begun = false;
      new MutationObserver((_, observer) => {
        begun ||= !cancel.disabled;
        if (!begun || !cancel.disabled) return;
        observer.disconnect();
        resolve();
      }).observe(cancel, {attributes: true});
    });
    draw.click();
    await over;
    const alerts = [...document.querySelectorAll("[role=alert]")].map(({textContent}) => textContent.trim());
    if (alerts.some(Boolean)) throw new Error(alerts.join(" "));
  }, prompt);
}

async function memory(page: Page): Promise<Memory> {
  const heap = await page.evaluate(async () => {
    (globalThis as unknown as {gc(): void}).gc();
    const measuring = performance as unknown as {measureUserAgentSpecificMemory(): Promise<{bytes: number}>};
    return (await measuring.measureUserAgentSpecificMemory()).bytes;
  });
  const wasm = await engineWorker(page).evaluate(() => {
    const {memories} = globalThis as unknown as {memories: WebAssembly.Memory[]};
    return memories.reduce((sum, {buffer}) => sum + buffer.byteLength, 0);
  });
  return {heap, wasm};
}
