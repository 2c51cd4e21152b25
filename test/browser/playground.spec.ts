import {execFileSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {expect, test, type Page} from "@playwright/test";
import {cancelButton, drawButton, promptBox, rgbOf, watch} from "./site.js";
import {readParameters} from "../../src/exports/picturePng.js";
import {unzipSync} from "fflate";
import {decode} from "fast-png";

const drawnBy = (page: Page, arm: string) =>
  page.getByRole("img", {name: new RegExp(`^(?!.*recorded).*drawn by arm ${arm}`)});

test("a link draws both arms, and opened again the same pictures to the pixel", async ({page, context}) => {
  const found = await watch(page);
  await page.goto("./playground?prompt=a+red+apple&steps=4&seed=5&sampler=ddpm&noiseSeed=3");
  await expect(cancelButton(page)).toBeEnabled();
  await expect(cancelButton(page)).toBeDisabled();
  await page.getByRole("group", {name: "Arm B differs in"}).getByRole("button", {name: "Step-noise seed"}).click();
  await page.getByRole("spinbutton", {name: "Step-noise seed of B"}).fill("8");
  await promptBox(page).fill("a red apple in the snow");
  await drawButton(page).click();
  for (const arm of ["A", "B"]) await expect(drawnBy(page, arm)).toBeVisible();
  await expect(cancelButton(page)).toBeDisabled();
  await expect(page).toHaveURL(/noiseSeed=3.*noiseSeed\.b=8/);
  const pictures = async (of: Page) => [await rgbOf(drawnBy(of, "A")), await rgbOf(drawnBy(of, "B"))];
  const [a, b] = await pictures(page);
  expect(a).not.toEqual(b);

  const again = await context.newPage();
  await again.goto(page.url());
  for (const arm of ["A", "B"]) await expect(drawnBy(again, arm)).toBeVisible();
  expect(await pictures(again)).toEqual([a, b]);
  expect(found.complaints).toEqual([]);
});

test("a run can be forked, ranked by CLIP and taken away as files that other programs open", async ({
  page,
  context
}, info) => {
  const found = await watch(page);
  await page.goto("./playground?steps=4&seed=3");
  const shown = page.getByRole("img", {name: /^a horse on the grass: drawn$/});
  await expect(shown).toBeVisible();

  const save = async (name: string): Promise<string> => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", {name}).click()]);
    const path = info.outputPath(file.suggestedFilename());
    await file.saveAs(path);
    return path;
  };
  const png = await save("Save the picture (PNG)");
  const zip = await save("Save the numbers (zip)");
  const gif = await save("Save the film (GIF)");
  const wish = {prompt: "a horse on the grass", seed: 3, steps: 4, sampler: "ddim", guidance: 4, model: "tiny"};
  expect(readParameters(readFileSync(png))).toMatchObject(wish);
  expect([...decode(readFileSync(png)).data]).toEqual(await rgbOf(shown));
  expect(Object.keys(unzipSync(readFileSync(zip)))).toContain("latents.npy");
  if (existsSync(".venv/bin/python")) expect(openedByPython(png, gif, zip)).toEqual(OPENED);

  await page.getByRole("slider", {name: "Step", exact: true}).fill("2");
  await page.getByRole("textbox", {name: "Words from here on"}).fill("a cow on the grass");
  await page.getByRole("button", {name: "Fork here"}).click();
  const tree = page.getByRole("region", {name: "The tree of forks"});
  await expect(tree.getByText(/differs from the trunk by \d/)).toBeVisible();
  await tree.getByRole("button", {name: /^From step 2: “horse” becomes “cow”/}).click();
  await expect(page.getByText(/“a cow on the grass”, forked at step 2/)).toBeVisible();
  await expect(page).toHaveURL(/forks=2%3Aprompt%3Aa\+cow/);
  await expect(page).not.toHaveURL(/watch=|step=/); // the address has followed the press, half a second later
  const cow = (of: Page) => of.getByRole("img", {name: /^a cow on the grass: drawn$/});
  await expect(cow(page)).toBeVisible();
  const again = await context.newPage();
  await again.goto(page.url());
  await expect(cow(again)).toBeVisible();
  expect(await rgbOf(cow(again))).toEqual(await rgbOf(cow(page)));
  await again.close();

  await page.getByRole("slider", {name: "Steps", exact: true}).fill("2");
  await page.getByRole("button", {name: "Draw seeds 3 to 10"}).click();
  const seeds = page.getByRole("list", {name: "Eight seeds"});
  await expect(seeds.getByRole("button", {name: "Seed 10", exact: true})).toBeEnabled();
  await page.getByRole("button", {name: "Put them in order"}).click();
  await expect(page.getByText(/^By “a horse on the grass”, CLIP puts seed \d+ first/)).toBeVisible();
  await expect(seeds.getByRole("button", {name: /cosine 0\.\d+, place 8/})).toBeVisible();

  await page.reload();
  const kept = page.getByRole("list", {name: "Pictures drawn in this browser"});
  await expect(kept.getByRole("button", {name: /^a cow on the grass, seed 3, ddim, forked/})).toBeVisible();
  await expect(kept.getByRole("button", {name: /^a horse on the grass, seed 3, ddim: /})).toBeVisible();
  await kept.getByRole("button", {name: /^a cow on the grass, seed 3, ddim, forked/}).click();
  await expect(page.getByText(/“a cow on the grass”, forked at step 2/)).toBeVisible();
  expect(found.complaints).toEqual([]);
});

const OPENED = {
  png: ["PNG", [128, 128], "a horse on the grass"],
  gif: ["GIF", 5],
  npy: {latents: [5, 4, 16, 16], x0: [4, 4, 16, 16], eps_uncond: [4, 4, 16, 16], eps_cond: [4, 4, 16, 16]},
  steps: 4,
  apart: 0
};

/** What NumPy and Pillow find in the files; `apart`: x0 against what follows from latents, predictions and record.json. */
function openedByPython(png: string, gif: string, zip: string): unknown {
  const program = `
import io, json, sys, zipfile
import numpy as np
from PIL import Image
png, gif, archive = Image.open(sys.argv[1]), Image.open(sys.argv[2]), zipfile.ZipFile(sys.argv[3])
load = lambda name: np.load(io.BytesIO(archive.read(name + ".npy")))
arrays = {name: load(name) for name in ("latents", "x0", "eps_uncond", "eps_cond")}
record = json.loads(archive.read("record.json"))
apart = 0.0
for i, step in enumerate(record["steps"]):
    u, c, alpha = arrays["eps_uncond"][i], arrays["eps_cond"][i], step["alphaCumprod"]
    eps = u + step["guidanceScale"] * (c - u)
    x0 = (arrays["latents"][i] - (1 - alpha) ** 0.5 * eps) / alpha**0.5
    apart = max(apart, float(np.abs(x0 - arrays["x0"][i]).max()))
print(json.dumps({
    "png": [png.format, list(png.size), json.loads(png.text["parameters"])["prompt"]],
    "gif": [gif.format, gif.n_frames],
    "npy": {name: list(array.shape) for name, array in arrays.items()},
    "steps": len(record["steps"]),
    "apart": round(apart, 2),
}))`;
  return JSON.parse(execFileSync(".venv/bin/python", ["-c", program, png, gif, zip], {encoding: "utf8"}));
}
