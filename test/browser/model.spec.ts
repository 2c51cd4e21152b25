import {expect, test, type Page} from "@playwright/test";
import {plainHost} from "./plainHost.js";
import {draw, openReady, pictureOf, watch} from "./site.js";

/** Random weights in the shape of Stable Diffusion 1.5, pictures of 16 x 16, no encoder and no CLIP: test/browser/own/make.py. */
const OWN = "test/browser/own/model";

const loader = (page: Page) => page.getByRole("region", {name: "A model of your own"});
const report = (page: Page) => page.getByRole("region", {name: "Before loading"});

test("a server's model: nobody is asked before Load, the first page draws with it, and without the cache the shipped one is back", async ({
  page
}) => {
  const host = await plainHost(OWN, "/mine/", {"Access-Control-Allow-Origin": "*"});
  const address = host.url.replace("127.0.0.1", "localhost");
  const {host: name} = new URL(address);
  try {
    const found = await watch(page);
    const asked = () => found.requests.filter((request) => request.url().startsWith(address)).length;
    await page.goto("./model");
    await loader(page).getByRole("button", {name: "A server's address"}).click();
    await page.getByRole("textbox", {name: "Address of the folder"}).fill(address);
    const look = page.getByRole("button", {name: `Load from ${name}`, exact: true});
    await expect(look).toBeEnabled();
    expect(asked()).toBe(0);
    await look.click();
    await expect(report(page)).toContainText("It runs here");
    await expect(report(page)).toContainText("No drawing from a picture: there is no vae_encoder.");
    await page.getByRole("button", {name: /^Load 0\.4 MB from localhost/}).click();
    await expect(page.getByText("mine is here: every page runs on it from now on.")).toBeVisible();
    const before = asked();

    await openReady(page, "./?steps=2");
    await expect(page.getByRole("complementary", {name: "Your own model"})).toContainText("runs on mine");
    await draw(page, "a horse");
    const picture = pictureOf(page, "a horse");
    await expect(picture).toBeVisible();
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(16);
    expect(asked()).toBe(before);

    await page.goto("./model");
    await loader(page).getByRole("button", {name: "Empty the cache"}).click();
    await expect(page.getByText("Every page runs on tiny, the shipped model.")).toBeVisible();
    await page.goto("./?steps=1");
    await expect(page.getByText(/The tiny model knows/)).toBeVisible({timeout: 120_000});
    await expect(page.getByRole("complementary", {name: "Your own model"})).toHaveCount(0);
    expect(found.complaints.filter((text) => !text.includes("404"))).toEqual([]);
  } finally {
    host.close();
  }
});

test("a folder of the reader's disk is loaded, named on other chapters with what they lack, and given up", async ({
  page
}) => {
  const found = await watch(page);
  await page.goto("./model");
  await page.locator("#model-folder").setInputFiles(OWN);
  await page.getByRole("button", {name: /^Load 0\.4 MB/}).click();
  await expect(page.getByText(/is here: every page runs on it/)).toBeVisible();
  await page.goto("./clip");
  await expect(page.getByRole("complementary", {name: "Your own model"})).toContainText("there is no clip/ folder");
  await page.goto("./model");
  await loader(page).getByRole("button", {name: "Back to the shipped model"}).click();
  await expect(page.getByText("Every page runs on tiny, the shipped model.")).toBeVisible();
  expect(found.complaints).toEqual([]);
});

test("the UNet's error is measured here, level by level, and can be stopped", async ({page}) => {
  await page.goto("./model");
  const figure = page.getByRole("region", {name: "Error by timestep"});
  await figure.getByRole("button", {name: /^Measure here/}).click();
  await expect(figure.getByText(/dots: live, in this browser, over the first 8/)).toBeVisible({timeout: 120_000});
  await figure.getByRole("button", {name: "Stop"}).click();
  await expect(figure.getByRole("button", {name: /^Measure here/})).toBeEnabled();
  await expect(figure.getByRole("listitem").filter({hasText: "here, told the caption"})).toBeVisible();
});
