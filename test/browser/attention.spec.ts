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
  const all = page.getByRole("figure", {name: "All tokens"});
  await all.scrollIntoViewIfNeeded(); // figures out of sight rest
  await expect(all.getByText(/live · “a horse on the grass” .* layer 2, head 2$/)).toBeVisible();

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
  const figure = page.getByRole("figure", {name: "Horse, grass and eating"});
  await page.getByRole("slider", {name: "Step of this drawing"}).fill("12");
  await expect(figure.getByText(/at step 12 “horse” and “grass” overlap by \d+ %, “eating” and “horse”/)).toBeVisible();
  const hand = page.getByRole("figure", {name: "One attention by hand"});
  await expect(hand.getByText(/^recorded · “a horse on the grass” · step 30 of 30/)).toBeVisible();
  await expect(hand.getByText("All 32 shares sum to 1.0000.")).toBeVisible();
  await expect(page.getByRole("alert").first()).toContainText("404", {timeout: 30_000});
});

test("at the picture the words tell what the marked place takes; experiments are kept in the address and taken up again", async ({
  page
}) => {
  await page.goto("./attention?first=a+cat+in+the+city&weight=0.5&weighted=grass&unwanted=sunset");
  await expect(page.getByRole("textbox", {name: "First prompt"})).toHaveValue("a cat in the city");
  await expect(page.getByRole("slider", {name: "Weight"})).toHaveValue("0.5");
  await expect(page.getByRole("textbox", {name: "Negative prompt"})).toHaveValue("sunset");
  await page.getByRole("textbox", {name: "Second prompt"}).fill("a dog in the city");
  await expect(page).toHaveURL(/first=a\+cat\+in\+the\+city&second=a\+dog\+in\+the\+city&weighted=grass&weight=0\.5/);

  await expect(page.getByText(/^Share of all attention/)).toBeVisible();
  await page.getByRole("application", {name: "Place in the picture"}).focus();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByText("What the marked cell (row 10, column 9) takes from each:")).toBeVisible();
  const shares = await page
    .getByRole("group", {name: "Words of the prompt"})
    .locator("small")
    .evaluateAll((nodes) => nodes.map((node) => parseFloat(node.textContent)));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(97); // of 100 %, rounded one by one
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThan(103);
});
