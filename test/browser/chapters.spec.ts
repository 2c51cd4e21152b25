import AxeBuilder from "@axe-core/playwright";
import {expect, test, type Page} from "@playwright/test";
import {chapterHref, chapters} from "../../scripts/site/chapters.js";
import {strangers, summary, watch} from "./site.js";

const pages = chapters.filter(({slug}) => slug !== "index");

/** The address of a chapter, relative to where the site is hosted. */
const pathOf = (chapter: (typeof pages)[number]) => `.${chapterHref(chapter)}`;

/** The model is there, or the page has never asked for it. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator("main .figure, main figure").first()).toBeVisible();
  await expect(page.getByText(/Loading the model/)).toHaveCount(0, {timeout: 120_000});
}

/** How much of the page has jumped since it opened (layout-shift scores, summed): 0.1 is what browsers' makers call good. */
async function jumped(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const shifts = (entries: PerformanceEntry[]) =>
          entries.reduce((sum, entry) => sum + (entry as PerformanceEntry & {value: number}).value, 0);
        const observer = new PerformanceObserver((list) => resolve(shifts(list.getEntries())));
        observer.observe({type: "layout-shift", buffered: true});
        setTimeout(() => resolve(shifts(observer.takeRecords())), 200);
      })
  );
}

/** The controls that Tab does not reach, or that do not show that they have the focus; of a group of radio buttons one is enough. */
async function deafToKeys(page: Page): Promise<string[]> {
  const left = await page.evaluateHandle(() => {
    const all = document.querySelectorAll<HTMLElement>(
      "main :is(a[href], button, input:not([type=radio]), select, textarea, summary, [tabindex='0'])"
    );
    (document.activeElement as HTMLElement | null)?.blur();
    return new Set(
      [...all].filter((node) => node.checkVisibility() && !node.matches(":disabled, [inert] *, [tabindex='-1']"))
    );
  });
  expect(await left.evaluate((nodes) => nodes.size)).toBeGreaterThan(10);
  const found: string[] = [];
  let after = true;
  for (let presses = 0; after && presses < 500; presses++) {
    await page.keyboard.press("Tab");
    const {reached, unseen} = await left.evaluate((nodes) => {
      const node = document.activeElement as HTMLElement | SVGElement | null;
      if (!node || node === document.body) return {reached: false, unseen: null};
      nodes.delete(node as HTMLElement);
      const {outlineStyle, boxShadow} = getComputedStyle(node);
      const shown = outlineStyle !== "none" || boxShadow !== "none" || node instanceof SVGElement;
      return {reached: true, unseen: shown ? null : `no sign of the focus: ${node.outerHTML.slice(0, 120)}`};
    });
    if (unseen) found.push(unseen);
    after = reached;
  }
  return [
    ...found,
    ...(await left.evaluate((nodes) => [...nodes].map((node) => `not reached: ${node.outerHTML.slice(0, 120)}`)))
  ];
}

for (const chapter of pages) {
  test(`${chapter.slug}: accessible in both themes and by keys, at rest while it opens, as wide as a phone, and without a complaint`, async ({
    page
  }) => {
    const found = await watch(page);
    await page.goto(pathOf(chapter));
    await settled(page);
    expect(await jumped(page)).toBeLessThan(0.1);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({colorScheme});
      expect(summary(await new AxeBuilder({page}).analyze()), colorScheme).toEqual([]);
    }
    expect(await deafToKeys(page)).toEqual([]);
    await page.setViewportSize({width: 360, height: 800});
    await page.waitForTimeout(300);
    const {scroll, client} = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth
    }));
    expect(scroll).toBeLessThanOrEqual(client);
    await page.evaluate(() => document.querySelectorAll("details").forEach((fold) => (fold.open = true)));
    expect(summary(await new AxeBuilder({page}).analyze()), "with every fold open").toEqual([]);
    expect(found.complaints).toEqual([]);
    expect(strangers(found, new URL(page.url()).origin)).toEqual([]);
  });

  test(`${chapter.slug}: explains with what it has when the model is missing, and says so`, async ({page}) => {
    const found = await watch(page);
    await page.route(/_file\/models\/tiny\/(?!history)/, (route) => route.fulfill({status: 404, body: "not here"}));
    await page.goto(pathOf(chapter));
    await expect(page.locator("h1")).toBeVisible();
    await expect(page.locator("main .figure, main figure").first()).toBeVisible();
    await page.waitForTimeout(2000);
    expect(found.complaints.filter((text) => !text.includes("404"))).toEqual([]);
    if (found.requests.some((request) => /_file\/models\/tiny\/(?!history)/.test(request.url())))
      await expect(page.getByRole("alert").filter({hasText: /./}).first()).toBeVisible();
  });
}
