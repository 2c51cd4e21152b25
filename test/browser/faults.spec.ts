import {expect, test, type Page, type Route} from "@playwright/test";
import {cancelButton, draw, pictureOf} from "./site.js";

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
  await draw(page, "a horse on the grass");
  await expect(pictureOf(page, "a horse on the grass")).toBeVisible();
  expect(uncaught).toEqual([]);
}

test("a flipped byte in a model file is named, and Retry draws", async ({page}) => {
  const flip = async (route: Route) => {
    const response = await route.fetch();
    const body = Buffer.from(await response.body());
    body[body.length >> 1] ^= 1;
    await route.fulfill({status: 200, contentType: "application/octet-stream", body});
  };
  await spoilAndRetry(page, "text_encoder/model.onnx", flip, /text_encoder\/model\.onnx/);
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
