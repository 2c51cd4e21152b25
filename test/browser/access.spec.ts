import AxeBuilder from "@axe-core/playwright";
import {expect, test} from "@playwright/test";
import {draw, openReady, summary} from "./site.js";

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing to object to, before and after a drawing, in ${colorScheme}`, async ({page}) => {
    await page.emulateMedia({colorScheme});
    await openReady(page, "./?steps=8");
    expect(summary(await new AxeBuilder({page}).analyze())).toEqual([]);
    await draw(page, "a horse on the grass");
    expect(summary(await new AxeBuilder({page}).analyze())).toEqual([]);
    await page.setViewportSize({width: 800, height: 900});
    await page.getByRole("button", {name: "Chapters"}).click();
    expect(summary(await new AxeBuilder({page}).include("#site-chapters").analyze())).toEqual([]);
  });
}

for (const width of [360, 768, 1280]) {
  test(`nothing is wider than a window of ${width} px`, async ({page}) => {
    await page.setViewportSize({width, height: 800});
    await openReady(page, "./?steps=8");
    await draw(page, "a horse on the grass");
    const {scroll, client} = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth
    }));
    expect(scroll).toBeLessThanOrEqual(client);
  });
}

test("the first tab stop skips to the content, and every stop can be seen", async ({page}) => {
  await page.goto("./");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", {name: "Skip to the content"})).toBeFocused();
  await expect(page.getByRole("link", {name: "Skip to the content"})).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.querySelector("main")!.contains(document.activeElement))).toBe(true);
});

test("in a narrow window the chapters open and close from the keyboard", async ({page}) => {
  await page.setViewportSize({width: 800, height: 900});
  await page.goto("./");
  await page.getByRole("button", {name: "Chapters"}).press("Enter");
  await expect(page.getByRole("link", {name: /The whole picture/})).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("link", {name: /The whole picture/})).toBeHidden();
});

test("in a wide window the pipeline's diagram stands in the header, with the reader's place in it", async ({page}) => {
  await page.goto("./samplers");
  const box = page.getByRole("navigation", {name: "Chapters"}).locator("li.unet");
  await expect(box.getByRole("link", {name: "Samplers"})).toHaveAttribute("aria-current", "page");
  await box.getByRole("link", {name: "Attention"}).click();
  await expect(page).toHaveURL(/attention/);
});

test("no link leads nowhere", async ({page, request}) => {
  await page.goto("./");
  const hrefs = await page
    .locator("a[href]")
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  const local = new Set(
    hrefs.map((href) => href.replace(/#.*/, "")).filter((href) => href.startsWith(new URL(page.url()).origin))
  );
  for (const href of local) expect((await request.get(href)).status(), href).toBe(200);
});
