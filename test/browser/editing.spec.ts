import {readFileSync} from "node:fs";
import {expect, test} from "@playwright/test";
import {watch} from "./site.js";

/** Python's figures on the same files: scripts/record/editing.py. */
const golden = JSON.parse(readFileSync("test/goldens/editing.json", "utf8")) as {
  entries: {steps: number; strength: number; timestep: number; made: number}[];
};

test("editing: a run enters where diffusers' does, makes the steps that are left, and is shown as live", async ({
  page
}) => {
  const found = await watch(page);
  const entry = golden.entries.find(({steps, strength}) => steps === 20 && strength === 0.2)!;
  await page.goto("./editing?strength=0.2&seed=8");
  const main = page.getByRole("figure", {name: "Image to image"});
  await expect(main).toContainText(`enter at t = ${entry.timestep}`);
  await expect(main).toContainText(`${entry.made} made, ${20 - entry.made} skipped`);
  await expect(main).toContainText("not drawn yet");
  await page.getByRole("button", {name: "Draw", exact: true}).click();
  await expect(main).toContainText("live, in this browser", {timeout: 120_000});
  await expect(main).toContainText(`after ${entry.made} calls`, {timeout: 120_000});
  await main.getByRole("slider", {name: "Strength"}).press("End");
  await expect(main).toContainText("enter at t = 951");
  await expect(page).toHaveURL(/strength=1/);
  expect(found.complaints).toEqual([]);
});

test("editing: the mask is painted by keys, and kept in the address", async ({page}) => {
  await page.goto("./editing");
  const figure = page.getByRole("figure", {name: "Inpainting"});
  await figure.scrollIntoViewIfNeeded();
  await expect(figure).toContainText("64 of 256 cells");
  await figure.getByRole("button", {name: "Clear"}).click();
  await figure.getByRole("application", {name: /Where to draw/}).press(" ");
  await expect(page).toHaveURL(/mask=[0-9a-f]{64}/);
  await expect(figure).toContainText("you have changed the mask");
});

test("editing: the reader's own walk is kept in the address, drawn on a press, and can be stopped", async ({page}) => {
  await page.goto("./editing?walkPrompt=a+red+apple+in+the+snow");
  const figure = page.getByRole("figure", {name: "Walks as films"});
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.getByLabel("From the prompt")).toHaveValue("a red apple in the snow");
  await figure.getByLabel("Second seed", {exact: true}).fill("3");
  await expect(page).toHaveURL(/walkToSeed=3/);
  await expect(figure).toContainText("not drawn yet");
  const draw = figure.getByRole("button", {name: "Draw these walks here"});
  await expect(draw).toBeEnabled();
  await draw.press("Enter");
  await expect(figure).toContainText("live", {timeout: 120_000});
  await figure.getByRole("button", {name: "Stop"}).click();
  await expect(figure.getByRole("button", {name: "Stop"})).toBeDisabled();
  await figure.getByRole("button", {name: "the recorded walks"}).click();
  await expect(page).not.toHaveURL(/walk/);
  await expect(figure).not.toContainText("not drawn yet");
});

test("editing: what an address asks of the lower figures is on show, with its numbers in the formulas", async ({
  page
}) => {
  await page.goto("./editing?keep=low-frequencies&back=7&brushStep=16&walkShare=0.375&inpaintStep=9");
  const figure = (name: string) => page.getByRole("figure", {name, exact: true});
  await expect(figure("Colorization and super-resolution")).toContainText("Given: 16 × 16 squares");
  await expect(page.getByRole("slider", {name: "Guidance of the way back"})).toHaveValue("7");
  await expect(figure("A brush on one step")).toContainText("step 16 of 20");
  await expect(page.getByRole("slider", {name: "Share of the way"})).toHaveAttribute("aria-valuetext", "38 %");
  await expect(figure("Inpainting")).toContainText("step 9 of 20");
  await expect(page.getByText(/^What enters step 9, at t′ = 551, outside the mask/)).toBeAttached();
  await expect(page.getByText(/^At s = 0\.375: along the arc 0\.\d{3} a \+ 0\.\d{3} b/)).toBeAttached();
  await page.getByRole("slider", {name: "Guidance of the way back"}).press("ArrowLeft");
  await expect(page).toHaveURL(/back=6/);
});
