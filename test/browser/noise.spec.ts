import {expect, test} from "@playwright/test";
import {watch} from "./site.js";

/** ᾱ of Stable Diffusion's schedule, computed here from its definition. */
function alphaBar(t: number): number {
  const root = (s: number) => Math.sqrt(0.00085) + (s / 999) * (Math.sqrt(0.012) - Math.sqrt(0.00085));
  return Array.from({length: t + 1}, (_, s) => 1 - root(s) ** 2).reduce((product, alpha) => product * alpha, 1);
}

test("noise: the scene of the address is encoded here, noised by the schedule's shares, and decoded", async ({
  page
}) => {
  const found = await watch(page);
  await page.goto("./noise?t=400&scene=3");
  const main = page.getByRole("figure", {name: "A picture under noise"});
  await expect(main).toContainText("live, in this browser · scene 3", {timeout: 120_000});
  const [signal, noise] = [Math.sqrt(alphaBar(400)), Math.sqrt(1 - alphaBar(400))];
  await expect(main).toContainText(`× ${signal.toFixed(2)}`);
  await expect(main).toContainText(`× ${noise.toFixed(2)}`);
  await expect(main.locator(".badge").filter({hasText: "decoded"})).toBeVisible({timeout: 60_000});
  await page.getByRole("slider", {name: "Timestep"}).press("End");
  await expect(page.getByRole("slider", {name: "Timestep"})).toHaveAttribute("aria-valuetext", /^t = 999 · signal 7 %/);
  await page.getByRole("figure", {name: "The way back"}).scrollIntoViewIfNeeded();
  const sigma = Math.sqrt((1 - alphaBar(999)) / alphaBar(999));
  await expect(page.getByRole("figure", {name: "The way back"})).toContainText(`${sigma.toFixed(2)} times`);
  await expect(page).toHaveURL(/t=999/);
  expect(found.complaints).toEqual([]);
});

test("derivation: the posterior's mean on the page is Bayes' rule worked out here", async ({page}) => {
  await page.goto("./derivation?t=600&back=100&x0=1.2&xt=-0.4");
  const [at, as] = [alphaBar(600), alphaBar(500)];
  const [alpha, beta] = [at / as, 1 - at / as];
  const variance = 1 / (1 / (1 - as) + alpha / beta);
  const mean = variance * ((Math.sqrt(as) * 1.2) / (1 - as) + (Math.sqrt(alpha) * -0.4) / beta);
  const row = page.getByRole("row", {name: /^posterior/});
  await expect(row).toContainText(mean.toFixed(4).replace("-", "−"));
  await expect(row).toContainText(variance.toFixed(4));
});
