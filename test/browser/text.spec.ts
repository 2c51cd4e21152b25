import {readFileSync} from "node:fs";
import {expect, test, type Page} from "@playwright/test";
import {readBytePairs, replay} from "../../src/models/bytePairs.js";
import {watch} from "./site.js";

const figure = (page: Page, name: string) => page.getByRole("region", {name, exact: true});
const MATRIX = "From the prompt to a matrix";

test("a prompt becomes tokens at once and a live matrix, and the figures below follow it", async ({page}) => {
  const seen = await watch(page);
  await page.goto("./text");
  const matrix = figure(page, MATRIX);
  await expect(matrix.locator("figcaption")).toContainText("recorded");
  await expect(matrix.locator("figcaption")).toContainText("live, in this browser");
  await page.getByRole("textbox", {name: "Prompt", exact: true}).fill("two horses in space");
  const pairs = readBytePairs(JSON.parse(readFileSync("data/models/tiny/tokenizer/tokenizer.json", "utf8")));
  for (const token of replay(pairs, "horses").tokens)
    await expect(matrix.getByRole("button", {name: `${token.replace("</w>", "")} ${pairs.ids[token]}`})).toBeVisible();
  await expect(matrix.locator("figcaption")).toContainText("live, in this browser · “two horses in space”");
  await expect(figure(page, "Attention between the words").locator("figcaption")).toContainText("two horses in space");
  expect(seen.requests.some((request) => request.url().includes("/unet/model.onnx"))).toBe(false);
  expect(seen.complaints).toEqual([]);
});

test("rows before a changed word keep every number, rows after it do not", async ({page}) => {
  await page.goto("./text?prompt=a+red+apple+in+the+snow&prompt.b=a+red+apple+in+the+city");
  const change = figure(page, "Change one word");
  await expect(change.locator("figcaption")).toContainText("live, in this browser · “a red apple in the snow”");
  await expect(change).toContainText("In the 6 rows before it not one number differs; of the 26 rows from there on");
  const values = await change.locator(".bar-value").allTextContents();
  expect(values.slice(0, 6)).toEqual(["0", "0", "0", "0", "0", "0"]);
  expect(values.slice(6).every((value) => value !== "0")).toBe(true);
});

test("a matrix is read with the keyboard, and its row stays linked to its token", async ({page}) => {
  await page.goto("./text?stage=final");
  const matrix = figure(page, MATRIX);
  const map = matrix.getByRole("application");
  await map.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(matrix.locator(".readout")).toContainText(/Row 2 of 0 to 31, “horse”, number 1: /);
  await page.keyboard.press("Enter");
  await expect(matrix.getByRole("button", {name: /^horse /})).toHaveAttribute("aria-pressed", "true");
  await expect(figure(page, "Token and place").getByRole("heading")).toHaveText("Row 2: “horse”");
});

test("the formulas hold the numbers of the figures", async ({page}) => {
  await page.goto("./text?stage=final&layer=3&head=2&row=5");
  const between = figure(page, "Attention between the words");
  await expect(between.locator("figcaption")).toContainText("live, in this browser · “a horse on the grass”");
  const shares = await between.locator(".bar-value").allTextContents();
  const largest = Math.max(...shares.map((share) => Number.parseInt(share) || 0));
  const formula = page.locator(".live-formula").filter({hasText: "/ (e"});
  await page.locator("details", {has: formula}).locator("summary").press("Enter");
  await expect(formula).toHaveText(new RegExp(`^a5, \\d = e.* = ${largest} %$`));
});

test("without the model the recording explains, and says what is missing", async ({page}) => {
  await page.route("**/_file/models/**", (route) => route.fulfill({status: 404, body: "nothing here"}));
  await page.goto("./text?prompt=two+cows");
  await expect(page.getByRole("alert")).toContainText("The model is not here");
  await expect(figure(page, MATRIX).locator("figcaption")).toContainText("recorded · “a horse on the grass”");
  await page.getByRole("textbox", {name: "Word", exact: true}).fill("zeppelin");
  await expect(figure(page, "From letters to tokens")).toContainText("only these words can be shown");
  await page.getByRole("button", {name: "submarine"}).click();
  await expect(figure(page, "From letters to tokens")).toContainText("falls into");
});
