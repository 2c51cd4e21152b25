import {cpSync} from "node:fs";
import {expect, test, type Page} from "@playwright/test";
import {drawButton, watch} from "./site.js";

/** Random weights in the shape of Stable Diffusion 1.5, pictures of 16 x 16: test/browser/own/make.py. The encoder lies beside it. */
const OWN = "test/browser/own";

/** Makes a folder the model of every page. */
async function choose(page: Page, folder: string): Promise<void> {
  await page.goto("./model");
  await page.locator("#model-folder").setInputFiles(folder);
  await page.getByRole("button", {name: /^Load 0\.\d MB/}).click();
  await expect(page.getByText("mine is here: every page runs on it from now on.")).toBeVisible();
}

const live = (page: Page) => page.getByText(/live, in this browser.* · (autoencoder of )?mine( model)?( |$)/).first();
const alone = async (page: Page): Promise<void> => expect.soft(live(page)).toBeVisible();
const lacks = (page: Page, what: RegExp) =>
  expect.soft(page.getByRole("alert").filter({hasText: what}).first()).toBeVisible();
const told = (page: Page, what: RegExp) =>
  expect(page.getByRole("complementary", {name: "Your own model"})).toContainText(what);

async function drawn(page: Page): Promise<void> {
  await drawButton(page).click();
  await alone(page);
}

/** What each chapter does with a model that has neither an encoder nor CLIP. */
const BARE: readonly [slug: string, check: (page: Page) => Promise<void>][] = [
  ["", alone],
  ["text", alone],
  [
    "clip",
    async (page) => {
      await told(page, /No towers to compare words and pictures: there is no clip/);
      await drawButton(page).click();
      await lacks(page, /this model folder has no clip/i);
    }
  ],
  ["autoencoder", (page) => told(page, /there is no vae_encoder/)],
  ["noise", (page) => told(page, /there is no vae_encoder/)],
  ["samplers", drawn],
  ["unet", (page) => expect.soft(page.getByRole("button", {name: "mine", exact: true})).toBeVisible()],
  ["attention", drawn],
  ["guidance", drawn],
  ["editing", (page) => told(page, /there is no vae_encoder/)],
  ["playground", drawn]
];

/** What needs the encoder, with one. */
const WITH_ENCODER: typeof BARE = [
  ["autoencoder", alone],
  ["noise", alone],
  ["editing", drawn]
];

for (const [name, pages, parts] of [
  ["without an encoder", BARE, []],
  ["with an encoder", WITH_ENCODER, ["vae_encoder"]]
] as const) {
  test(`with a model ${name}, every chapter runs on it or says what it lacks`, async ({page}, info) => {
    test.slow(); // a dozen pages
    const found = await watch(page);
    const folder = info.outputPath("mine");
    cpSync(`${OWN}/model`, folder, {recursive: true});
    for (const part of parts) cpSync(`${OWN}/${part}`, `${folder}/${part}`, {recursive: true});
    await choose(page, folder);
    for (const [slug, check] of pages)
      await test.step(slug || "index", async () => {
        await page.goto(`./${slug}?steps=2`);
        await told(page, /runs on mine, a model of yours/);
        await check(page);
        expect(found.complaints, slug).toEqual([]);
      });
    await page.goto("./learning");
    await told(page, /stays on the shipped model, tiny/);
    await page.goto("./model");
    await expect(page.getByText("Every page runs on mine")).toBeVisible();
    expect(found.complaints).toEqual([]);
  });
}
