import {expect, test, type Locator, type Page} from "@playwright/test";
import {watch} from "./site.js";

const trip = (page: Page) => page.getByRole("region", {name: "A picture, its latents, and the picture made from them"});
const painting = (page: Page) => page.getByRole("region", {name: "Paint on the latents"});
const live = (page: Page) =>
  expect(trip(page).locator(".trip-caption")).toContainText("live, in this browser", {timeout: 120_000});

/** The colours of a canvas, 0 to 255. */
const colors = (canvas: Locator): Promise<number[]> =>
  canvas.evaluate((node: HTMLCanvasElement) => {
    const {data} = node.getContext("2d")!.getImageData(0, 0, node.width, node.height);
    return Array.from(data.filter((_, i) => i % 4 < 3));
  });

test("a scene goes through the autoencoder, and its PSNR is that of the two pictures on show", async ({page}) => {
  const seen = await watch(page);
  await page.goto("./autoencoder?scene=12");
  await live(page);
  await expect(trip(page).locator(".trip-caption")).toContainText("scene 12");
  const [before, after] = await Promise.all([
    colors(trip(page).getByRole("img", {name: /^The picture: /})),
    colors(trip(page).getByRole("img", {name: "The decoded picture"}))
  ]);
  const error = before.reduce((sum, value, i) => sum + (value - after[i]) ** 2, 0) / before.length;
  const told = await trip(page).getByText(/^PSNR/).innerText();
  expect(Math.abs(10 * Math.log10(255 ** 2 / error) - Number(/[\d.]+/.exec(told)![0]))).toBeLessThan(0.1);
  expect(seen.complaints).toEqual([]);
});

test("painting by key changes the decoded picture and says how far it reached; undo takes it back", async ({page}) => {
  await page.goto("./autoencoder?edits=");
  await live(page);
  const figure = painting(page);
  const decoded = figure.getByRole("img", {name: "The picture decoded from the edited latents"});
  await figure.getByRole("button", {name: "Put everything back"}).click();
  await expect(figure.locator(".measured")).toContainText("Nothing is changed yet");
  const untouched = await colors(decoded);
  const pad = figure.getByRole("application", {name: /Paint on this channel/});
  await pad.focus();
  await pad.press("ArrowRight");
  await pad.press("Space");
  await expect(figure.locator(".measured")).toContainText("times less");
  await expect(figure.getByText("1 of 1,024 numbers painted")).toBeVisible();
  const painted = await colors(decoded);
  expect(painted.some((value, i) => Math.abs(value - untouched[i]) > 20)).toBe(true);
  await expect(page).toHaveURL(/edits=/);
  await figure.getByRole("button", {name: "Undo"}).click();
  await expect(figure.locator(".measured")).toContainText("Nothing is changed yet");
});

test("without the model the recording stands there within two seconds, and a moved slider shows a preview", async ({
  page
}) => {
  await page.route("**/_file/models/**", (route) => route.fulfill({status: 404, body: "nothing here"}));
  await page.goto("./autoencoder");
  await expect(trip(page).locator(".trip-caption")).toContainText("recorded", {timeout: 10_000});
  await expect(trip(page)).toContainText("The model is not here");
  const noise = page.getByRole("region", {name: "Noise on pixels and on latents"});
  await expect(noise.locator(".badge-recorded")).toBeVisible();
  await noise.getByRole("slider", {name: "Signal-to-noise ratio"}).press("ArrowRight");
  await expect(noise.locator(".badge-preview")).toBeVisible();
});
