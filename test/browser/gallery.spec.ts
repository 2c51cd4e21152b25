import AxeBuilder from "@axe-core/playwright";
import {expect, test} from "@playwright/test";
import {summary, watch} from "./site.js";

test("the gallery shows every component, accessible in both themes and as wide as a phone", async ({page}) => {
  const found = await watch(page);
  await page.goto("./gallery");
  await expect(page.getByRole("heading", {name: "entryRuler and maskPad"})).toBeVisible();
  await expect(page.locator("figure.specimen").last()).toBeVisible();
  expect(await page.locator(".observablehq--error").count()).toBe(0);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({colorScheme});
    const axe = new AxeBuilder({page}).disableRules("landmark-unique"); // a page has one fork form, the gallery four
    expect(summary(await axe.analyze()), colorScheme).toEqual([]);
  }
  await page.setViewportSize({width: 360, height: 800});
  await page.waitForTimeout(300);
  const [scrollWidth, clientWidth] = await page.evaluate(() => {
    const {scrollWidth, clientWidth} = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
  expect(found.complaints).toEqual([]);
});
