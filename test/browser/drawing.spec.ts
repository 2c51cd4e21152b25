import {expect, test} from "@playwright/test";
import {
  cancelButton,
  draw,
  drawButton,
  openReady,
  pictureOf,
  pixelStatistics,
  promptBox,
  strangers,
  watch
} from "./site.js";

test("a prompt becomes a picture, live, without a complaint and without leaving the origin", async ({
  page,
  baseURL
}) => {
  const seen = await watch(page);
  await openReady(page);
  await draw(page, "a horse on the grass");
  await expect(pictureOf(page, "a horse on the grass")).toBeVisible();
  expect((await pixelStatistics(pictureOf(page, "a horse on the grass"))).deviation).toBeGreaterThan(5);
  expect(strangers(seen, new URL(baseURL!).origin)).toEqual([]);
  expect(seen.complaints).toEqual([]);
});

test("another prompt gives another picture, the same one the same", async ({page}) => {
  await openReady(page, "./?steps=8");
  const seen: number[] = [];
  for (const prompt of ["a red apple on the beach", "a cat in space", "a red apple on the beach"]) {
    await draw(page, prompt);
    seen.push((await pixelStatistics(pictureOf(page, prompt))).mean);
  }
  expect(seen[0]).not.toBeCloseTo(seen[1], 1);
  expect(seen[0]).toBeCloseTo(seen[2], 3);
});

test("a drawing can be cancelled, and the page draws again", async ({page}) => {
  const seen = await watch(page);
  await openReady(page, "./?steps=8");
  await page.getByRole("slider", {name: "Steps"}).fill("100");
  await promptBox(page).fill("a castle on a mountain");
  await drawButton(page).click();
  await cancelButton(page).click();
  await expect(cancelButton(page)).toBeDisabled({timeout: 10_000});
  await expect(pictureOf(page, "a castle on a mountain")).toHaveCount(0);
  await page.getByRole("slider", {name: "Steps"}).fill("10");
  await draw(page, "a castle on a mountain");
  await expect(pictureOf(page, "a castle on a mountain")).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test("a permalink brings back every control, and the controls make one", async ({page}) => {
  await openReady(page, "./?prompt=a+rocket+in+space&seed=12&sampler=ddpm&steps=12&guidance=3");
  await expect(promptBox(page)).toHaveValue("a rocket in space");
  await expect(page.getByRole("spinbutton", {name: "Seed"})).toHaveValue("12");
  await expect(page.getByRole("combobox", {name: "Sampler"})).toHaveValue(/ddpm/i);
  await expect(page.getByRole("slider", {name: "Steps"})).toHaveValue("12");
  await expect(page.getByRole("slider", {name: "Guidance scale"})).toHaveValue("3");
  await page.getByRole("spinbutton", {name: "Seed"}).fill("34");
  await draw(page, "a penguin on the snow");
  await expect(page).toHaveURL(/prompt=a(\+|%20)penguin(\+|%20)on(\+|%20)the(\+|%20)snow/);
  await expect(page).toHaveURL(/seed=34/);
});

test("a permalink with nonsense in it opens all the same", async ({page}) => {
  const seen = await watch(page);
  await openReady(page, "./?seed=banana&steps=-3&sampler=magic&guidance=1e9&step=NaN");
  await expect(page.getByRole("slider", {name: "Steps"})).toHaveValue("30");
  await page.getByRole("slider", {name: "Steps"}).fill("8");
  await draw(page, "a banana on the beach");
  await expect(pictureOf(page, "a banana on the beach")).toBeVisible();
  expect(seen.complaints).toEqual([]);
});
