import {expect, test, type Page} from "@playwright/test";

const figure = (page: Page, name: string) => page.locator(`figure.figure[aria-label="${name}"]`);

/** Numbers of one state by torch, of DDPMScheduler's own table in 64 bits: as /docs/derivation/code.ts prints them in Python. */
const ASKED = "?t=640&back=90&x0=-0.7&xt=1.15&miss=-0.3&apart=0.8&z=-1.2";

test("prior, likelihood, posterior, draw, KL and humps of any state are the numbers that Python finds", async ({
  page
}) => {
  await page.goto(`./derivation${ASKED}`);
  const bayes = figure(page, "What one number may have been one step earlier");
  await expect(bayes.getByRole("row", {name: /^prior/})).toContainText("−0.32380.78610.8866");
  await expect(bayes.getByRole("row", {name: /^likelihood/})).toContainText("1.50390.71030.8428");
  await expect(bayes.getByRole("row", {name: /^posterior/})).toContainText("0.63640.37310.6108");
  await bayes.getByText("With the numbers on screen").click();
  await expect(bayes.getByText("= 1.272 + 1.408 = 2.680, so σ² = 0.3731")).toBeVisible();
  const mean = figure(page, "The mean, twice");
  await mean.scrollIntoViewIfNeeded();
  await expect(mean.getByText("= 0.2196 · (−0.70) + 0.6870 · 1.15 = 0.6364")).toBeVisible();
  await expect(mean.getByText("= 1.4942, and")).toContainText("= 0.6364");
  await expect(mean.getByText("· 0.4153 = 0.37312, so σ = 0.6108")).toBeVisible();
  const draw = figure(page, "The reparameterization trick");
  await draw.scrollIntoViewIfNeeded();
  await expect(draw.getByText("0.6364 + 0.6108 · (−1.20) = −0.0966")).toBeVisible();
  const humps = figure(page, "What one number may have been, when the clean value is not known");
  await humps.scrollIntoViewIfNeeded();
  await expect(humps.getByText("one hump")).toBeVisible();
  await expect(humps.getByText("1.5e−5 nats")).toBeVisible();
  await expect(humps.getByText("32 % to 68 %")).toBeVisible();
  const kl = figure(page, "The true step back and the network's");
  await kl.scrollIntoViewIfNeeded();
  for (const line of [/^KL of two/, /^alike variances/, /^the means by/, /^weight times/])
    await expect(kl.getByRole("row", {name: line})).toContainText("0.04066");
});

test("a step back reaches as far in both figures that show it, and the address keeps it", async ({page}) => {
  await page.goto("./derivation?t=800");
  await page.getByRole("slider", {name: "How far back"}).fill("700");
  const bayes = figure(page, "What one number may have been one step earlier");
  await bayes.scrollIntoViewIfNeeded();
  await expect(page.getByRole("slider", {name: "Step back"})).toHaveValue("700");
  await expect(bayes).toContainText("from t = 800 to 100");
  await expect(page).toHaveURL(/[?&]back=700/);
  await page.getByRole("slider", {name: "Timestep", exact: true}).fill("300");
  await expect(page.getByRole("slider", {name: "Step back"})).toHaveAttribute("aria-valuetext", "300 timesteps");
});
