import {expect, test} from "@playwright/test";
import {cancelButton, drawButton, watch} from "./site.js";

const SHORT = "./samplers?steps=6&steps.b=6";
const finished = (arm: string) => new RegExp(`^(?!.*recorded).*drawn by arm ${arm}`);

test("both arms draw from one noise; new step noise leaves DDIM as it was, to the bit, and changes DDPM", async ({
  page
}) => {
  test.setTimeout(180_000);
  const found = await watch(page);
  await page.goto(SHORT);
  await drawButton(page).click();
  for (const arm of ["A", "B"])
    await expect(page.getByRole("img", {name: finished(arm)})).toBeVisible({timeout: 120_000});
  await expect(cancelButton(page)).toBeDisabled();

  const step = page.getByRole("slider", {name: "Step", exact: true});
  await step.fill("1");
  await expect(page.getByText("At step 1 they carry latents 0.000 apart")).toBeVisible();
  await step.press("End");
  await expect(page.getByText(/At step 6 they carry latents 0\.(?!000)/)).toBeVisible();

  await page.getByRole("button", {name: "New step noise, same start"}).click();
  const rows = page.getByRole("table", {name: "Each arm beside its run before"}).getByRole("row");
  await expect(rows.filter({hasText: "Arm A"})).toContainText(/the same, bit for bit.*\d\.\d{3} away/, {
    timeout: 120_000
  });
  await expect(rows.filter({hasText: "Arm B"})).toContainText(/the same, bit for bit.*the same, bit for bit/);
  expect(new URL(page.url()).searchParams.get("steps.b")).toBe("6");
  expect(found.complaints).toEqual([]);
});

test("without the model the page still compares its recorded arms, runs the exact world, and says what is missing", async ({
  page
}) => {
  await page.route("**/_file/models/**", (route) => route.fulfill({status: 404, body: ""}));
  await page.goto("./samplers");
  await expect(page.getByText(/^recorded · “a horse on the grass”.*DDPM/)).toBeVisible();
  await expect(page.getByText(/Arm B\. DDIM: 8 calls; its end is 0\.\d+ from the true world/)).toBeVisible();
  await page.getByRole("combobox", {name: "Sampler of B", exact: true}).selectOption("heun");
  await expect(page.getByText(/Arm B\. Heun: 15 calls/)).toBeVisible();
  await page
    .getByRole("button", {name: /^orange blob at \(−1\.1, 0\.8\)/})
    .first()
    .press("ArrowRight");
  await expect(page.getByRole("button", {name: /^orange blob at \(−1\.0, 0\.8\)/}).first()).toBeVisible();
  await drawButton(page).click();
  await expect(page.getByRole("alert")).toContainText("404", {timeout: 30_000});
});
