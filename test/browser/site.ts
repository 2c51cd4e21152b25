import type AxeBuilder from "@axe-core/playwright";
import {expect, type Locator, type Page, type Request} from "@playwright/test";

/** What went on in a page since `watch`: requests, and all that a browser complains of. */
export interface Watch {
  requests: Request[];
  complaints: string[];
}

/** The longest time to load and draw on a busy machine, in ms; what a quiet one must keep to is in speed.spec.ts. */
const DRAWING = 120_000;

/** A complaint that Chromium makes on its own account, about the machine and not about the page. */
const machine = [/WebGPU is experimental/, /powerPreference option is currently ignored/];

/** Starts to record a page's requests, console errors and warnings, uncaught errors, and violations of its policy. Call before `goto`. */
export async function watch(page: Page): Promise<Watch> {
  const found: Watch = {requests: [], complaints: []};
  const complain = (text: string) => machine.some((pattern) => pattern.test(text)) || found.complaints.push(text);
  page.on("request", (request) => found.requests.push(request));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complain(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(`uncaught: ${error.message}`));
  await page.exposeFunction("onViolation", complain);
  await page.addInitScript(() => {
    const report = (globalThis as unknown as {onViolation(text: string): void}).onViolation;
    document.addEventListener("securitypolicyviolation", (event) =>
      report(`policy: ${event.violatedDirective} ${event.blockedURI}`)
    );
  });
  return found;
}

/** The requests of a watch that left `origin`; data: and blob: are no requests. */
export function strangers({requests}: Watch, origin: string): string[] {
  return requests
    .map((request) => request.url())
    .filter((url) => /^(https?|wss?):/.test(url) && !url.startsWith(`${origin}/`));
}

export const promptBox = (page: Page) => page.getByRole("textbox", {name: "Prompt", exact: true});
export const drawButton = (page: Page) => page.getByRole("button", {name: "Draw", exact: true});
export const cancelButton = (page: Page) => page.getByRole("button", {name: "Cancel", exact: true});

/** The finished picture of a prompt, drawn here and now: an image whose name holds the prompt, and which is no recording. */
export const pictureOf = (page: Page, prompt: string): Locator =>
  page
    .getByRole("img", {name: new RegExp(`^(?!.*recorded).*${prompt.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`)})
    .first();

/** Opens the page and waits until the model is there and the page's own first drawing is over. */
export async function openReady(page: Page, path = "./"): Promise<void> {
  await page.goto(path);
  await expect(promptBox(page)).toBeVisible();
  await expect(cancelButton(page)).toBeDisabled({timeout: DRAWING});
}

/**
 * Types a prompt, presses "Draw" and waits for the end of the drawing: "Cancel" enabled, then disabled again. That is seen from within the
 * page, for a short drawing can pass between two looks from without.
 */
export async function draw(page: Page, prompt: string): Promise<void> {
  await promptBox(page).fill(prompt);
  const drawing = await cancelButton(page).evaluateHandle((button: HTMLButtonElement) => {
    let begun = !button.disabled;
    const over = new Promise<void>((resolve) => {
      new MutationObserver((_, observer) => {
        begun ||= !button.disabled;
        if (!begun || !button.disabled) return;
        observer.disconnect();
        resolve();
      }).observe(button, {attributes: true});
    });
    return {over};
  });
  await drawButton(page).click();
  await drawing.evaluate(({over}) => over);
}

/** Mean and standard deviation of a picture's values (0 to 255, all three channels). */
export async function pixelStatistics(picture: Locator): Promise<{mean: number; deviation: number}> {
  const values = await rgbOf(picture);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {mean, deviation: Math.sqrt(variance)};
}

/** What axe objects to, in words: the rule, and where. */
export function summary({violations}: Awaited<ReturnType<AxeBuilder["analyze"]>>): string[] {
  return violations.flatMap(({id, help, nodes}) => nodes.map(({target}) => `${id}: ${help} at ${target.join(" ")}`));
}

/** A picture's RGB bytes, row by row. */
export function rgbOf(picture: Locator): Promise<number[]> {
  return picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext("2d")!;
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, image.naturalWidth, image.naturalHeight).data].filter((_, i) => i % 4 < 3);
  });
}
