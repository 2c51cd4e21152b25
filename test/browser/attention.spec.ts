import {expect, test, type Page} from "@playwright/test";
import {cancelButton, drawButton, watch} from "./site.js";

const chip = (page: Page, word: string) =>
  page.getByRole("group", {name: "Words of the prompt"}).getByRole("button", {name: new RegExp(`^${word}`)});
const stage = (page: Page) => page.getByRole("figure", {name: "Where each word looks"});

test("a word that is pointed at lays its map over the picture; drawn here, single heads open and add up by hand", async ({
  page
}) => {
  test.setTimeout(180_000);
  const found = await watch(page);
  await page.goto("./attention?steps=6&guidance=4");
  await expect(stage(page).getByRole("img", {name: /where “horse” is looked for \(recorded\)/})).toBeVisible();
  await chip(page, "grass").hover();
  await expect(stage(page).getByRole("img", {name: /where “grass” is looked for/})).toBeVisible();
  await chip(page, "begin").focus();
  await expect(stage(page).getByText(/^begin gets \d+ % of all attention/)).toBeVisible();

  await expect(page.getByRole("slider", {name: "Head", exact: true})).toBeDisabled();
  await drawButton(page).click();
  await expect(stage(page).getByText(/^live, in this browser/)).toBeVisible({timeout: 120_000});
  await expect(cancelButton(page)).toBeDisabled({timeout: 120_000});
  await page.getByRole("slider", {name: "Layer", exact: true}).fill("5");
  await page.getByRole("slider", {name: "Head", exact: true}).fill("2");
  await expect(page.getByText(/live · “a horse on the grass” .* layer 2, head 2$/).first()).toBeVisible();

  const hand = page.getByRole("figure", {name: "One attention by hand"});
  await expect(hand.getByText(/All 32 shares sum to 1\.0000\. .* computed: \d\.\de-(0[6-9]|[6-9])\.$/)).toBeVisible();
  await page.getByRole("application", {name: "Place that asks"}).press("ArrowUp");
  await expect(page.getByRole("heading", {name: "Row 10, column 9 takes"})).toBeVisible();
  expect(found.complaints).toEqual([]);
});

test("without the model the recorded maps still answer, and eating is shown after a guess", async ({page}) => {
  await page.route("**/_file/models/**", (route) => route.fulfill({status: 404, body: ""}));
  await page.goto("./attention");
  await chip(page, "grass").click();
  await expect(stage(page).getByText(/^“grass” gets .* of all attention here/)).toBeVisible();
  const eating = page.getByRole("group", {name: "Maps of eating over the steps"});
  await expect(eating).toBeHidden();
  await page.getByRole("button", {name: "a spot at the horse’s mouth"}).click();
  await expect(eating).toBeVisible();
  await expect(page.getByRole("alert").first()).toContainText("404", {timeout: 30_000});
});
