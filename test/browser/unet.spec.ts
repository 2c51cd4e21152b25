import {expect, test} from "@playwright/test";
import {watch} from "./site.js";

test("unet: the graph is the running model's, a press on a layer shows its maps and numbers, live", async ({page}) => {
  const found = await watch(page);
  await page.goto("./unet?step=13&layer=mid_block.resnets.0");
  const stage = page.getByRole("region", {name: "The UNet at work"});
  await expect(stage.getByRole("button", {name: /^mid_block\.resnets\.0: .*gives \[192, 4, 4\]/})).toHaveAttribute(
    "aria-pressed",
    "true"
  );
  await expect(stage).toContainText("Live · step 13, t = 562", {timeout: 120_000});
  await stage.getByRole("button", {name: /^up_blocks\.0\.resnets\.0: /}).click();
  const detail = page.getByRole("region", {name: "The chosen layer"});
  await expect(detail).toContainText("192 channels from below + 192 through the skip");
  await expect(detail).toContainText("1.1 million"); // 1,144,704 by diffusers' own module: test/goldens/unet.json
  await expect(page).toHaveURL(/layer=up_blocks\.0\.resnets\.0/);
  await stage.getByRole("button", {name: "Stable Diffusion 1.5"}).click();
  await expect(stage).toContainText("859.5 million learned numbers");
  await expect(stage.getByRole("button", {name: /^mid_block\.resnets\.0: .*gives \[1280, 8, 8\]/})).toBeVisible();
  expect(found.complaints).toEqual([]);
});

test("unet: told a small time the network reports more noise, as measured", async ({page}) => {
  await page.goto("./unet?step=13&told=50");
  const figure = page.getByRole("figure", {name: "The wrong time"});
  await expect(figure).toContainText(/it says more noise: of size 2\.0\d in place of 0\.98/, {timeout: 120_000});
});

test("unet: each layer's time is measured here by a press, and stands beside its multiply-adds", async ({page}) => {
  test.setTimeout(180_000);
  const found = await watch(page);
  await page.goto("./unet?step=13&layer=up_blocks.2.resnets.0");
  const detail = page.getByRole("region", {name: "The chosen layer"});
  await expect(detail).toContainText(/time\d+(\.\d)? % of a call: measured, recorded/);
  const measure = page.getByRole("button", {name: "Measure the times here"});
  await expect(measure).toBeEnabled({timeout: 120_000});
  await measure.click();
  await expect(detail).toContainText(/time\d+(\.\d)? % of a call: measured here/, {timeout: 120_000});
  await expect(page.getByText(/measured here, WebAssembly on the processor, median of 10 calls/)).toBeVisible();
  const bar = page.getByRole("img", {name: /^Shares of the time, layer by layer; the largest is (down|mid|up)/});
  const widths = await bar.locator("i").evaluateAll((parts) => parts.map((part) => Number(part.style.flexGrow)));
  expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(1, 3);
  expect(Math.max(...widths)).toBeLessThan(0.5);
  expect(found.complaints).toEqual([]);
});

test("unet: a drawing of one's own is looked at step by step, and drawn without a part, by presses", async ({page}) => {
  test.setTimeout(240_000);
  const found = await watch(page);
  await page.goto("./unet?steps=4&prompt=a+cow+in+the+snow");
  await expect(page.getByRole("region", {name: "The UNet at work"})).toContainText(/Live · step/, {timeout: 120_000});
  await page.getByRole("button", {name: "Draw", exact: true}).click();
  const stage = page.getByRole("region", {name: "The UNet at work"});
  await expect(stage).toContainText("drawing: live, “a cow in the snow”, seed 7, DDIM, 4 steps", {timeout: 120_000});
  await expect(page.getByRole("button", {name: "Cancel", exact: true})).toBeDisabled({timeout: 120_000});
  const inside = page.getByRole("figure", {name: "Inside a spatial transformer"});
  const look = page.getByRole("button", {name: "Look at every step of this drawing"});
  await expect(look).toBeEnabled({timeout: 120_000});
  await look.click();
  await expect(inside).toContainText("4 steps live, 0 recorded, of 4", {timeout: 120_000});
  const off = page.getByRole("figure", {name: "Parts switched off"});
  const one = off.getByRole("button", {name: "Draw it here, without cross-attention"});
  await expect(one).toBeEnabled({timeout: 120_000});
  await one.click();
  const picture = off.getByRole("figure").filter({hasText: "without cross-attention"});
  await expect(picture).toContainText(/\d+\.\d of 255 from intact/, {timeout: 120_000});
  await off.getByRole("button", {name: "Draw all of them here"}).click();
  await expect(off.getByText(/ of 255 from intact/)).toHaveCount(9, {timeout: 180_000});
  await expect(off).toContainText(/Of these pictures, the one without .* is farthest from the intact one/);
  expect(found.complaints).toEqual([]);
});

test("unet and attention: another model's folder draws its own graph, shapes, layers and heads", async ({page}) => {
  test.setTimeout(180_000);
  const found = await watch(page);
  await page.goto("./model");
  await page.locator("#model-folder").setInputFiles("test/browser/own/model"); // random weights: make.py beside it
  await page.getByRole("button", {name: /^Load 0\.4 MB/}).click();
  await expect(page.getByText(/is here: every page runs on it/)).toBeVisible();
  await page.goto("./unet");
  const stage = page.getByRole("region", {name: "The UNet at work"});
  await expect(stage).toContainText("latents [4, 8, 8] → first C", {timeout: 120_000});
  await expect(stage).toContainText("time [32] → every R");
  await expect(stage).toContainText("words [77, 16] → every T");
  await expect(stage).toContainText("8 layers, 2 skips");
  await stage.getByRole("button", {name: /^up_blocks\.0\.resnets\.1: ResNet block, gives \[8, 8, 8\]/}).click();
  const detail = page.getByRole("region", {name: "The chosen layer"});
  await expect(detail).toContainText("8 channels from below + 8 through the skip");
  await expect(detail).toContainText(/Live · step 1/);
  await expect(detail).toContainText("estimated by its multiply-adds");

  await page.goto("./attention?steps=5&prompt=horse+grass");
  await page.getByRole("button", {name: "Draw", exact: true}).click();
  await expect(page.getByText(/^live, in this browser/)).toBeVisible({timeout: 120_000});
  const layer = page.getByRole("slider", {name: "Layer", exact: true});
  await expect(layer).toHaveAttribute("aria-valuetext", /^all 3 layers/, {timeout: 120_000});
  expect(found.complaints).toEqual([]);
});
