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
