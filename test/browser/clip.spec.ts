import {expect, test, type Page} from "@playwright/test";
import {watch} from "./site.js";

const cells = (page: Page) => page.locator(".matrix button.pair");
const numbers = async (page: Page) =>
  (await cells(page).allTextContents()).map((text) => Number(text.replace("−", "-")));
const live = (page: Page) => expect(page.locator(".matrix .badge")).toHaveText("live", {timeout: 120_000});

test("the matrix is shown at once, then computed; a changed caption changes its column alone", async ({page}) => {
  const seen = await watch(page);
  await page.goto("./clip");
  await expect(cells(page).first()).toHaveText(/^0\.\d\d$/, {timeout: 10_000});
  await live(page);
  const computed = await numbers(page);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [own, others] = [0, 1].map((other) => computed.filter((_, k) => Number(k % 6 !== 0) === other));
  expect(own.length).toBe(5);
  expect(mean(own)).toBeGreaterThan(mean(others) + 0.2);

  await page.getByRole("textbox", {name: "Caption B"}).fill("a rocket in space");
  await expect(page.getByRole("button", {name: /picture 1 and caption B/})).toHaveText("…");
  await live(page);
  const changed = await numbers(page);
  const differing = changed.flatMap((value, k) => (value === computed[k] ? [] : [k % 5]));
  expect(new Set(differing)).toEqual(new Set([1]));
  await expect(page).toHaveURL(/captions=[^&]*rocket/);
  expect(seen.complaints).toEqual([]);
});

test("shares and loss follow from the cosines on screen", async ({page}) => {
  await page.goto("./clip?tau=0.2");
  await live(page);
  const cosines = await numbers(page);
  await page.getByRole("button", {name: "Pictures choose"}).click();
  const row = cosines.slice(0, 5).map((value) => Math.exp(value / 0.2));
  const share = (100 * row[0]) / row.reduce((a, b) => a + b);
  await expect
    .poll(async () => Math.abs(parseFloat((await cells(page).first().textContent())!) - share))
    .toBeLessThan(2); // cosines on screen have two digits
  await page.getByRole("button", {name: "Push and pull"}).click();
  const pulls = await numbers(page);
  expect(Math.abs(pulls.reduce((a, b) => a + b))).toBeLessThan(0.13);
  expect(pulls[0]).toBeGreaterThan(0);
});

test("a file that is no picture is refused in words; a painting takes its row", async ({page}) => {
  await page.goto("./clip");
  await live(page);
  const before = await numbers(page);
  await page.getByRole("button", {name: /^Picture 2:/}).click();
  await page.getByText("File", {exact: true}).click();
  const file = page.getByLabel("A picture from your device");
  await file.setInputFiles({name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("words")});
  await expect(page.getByRole("alert").first()).toContainText("“notes.txt” is no picture");
  await page.getByText("Paint", {exact: true}).click();
  const pad = page.getByRole("application", {name: /Painting/});
  await pad.focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", {name: /^Picture 2: your painting/})).toBeVisible();
  await live(page);
  const after = await numbers(page);
  expect(new Set(after.flatMap((value, k) => (value === before[k] ? [] : [Math.floor(k / 5)])))).toEqual(new Set([1]));
  await expect(page.locator(".chooser-far")).toContainText(/of 512 training scenes the nearest/i);
});

test("labels classify a picture, and a drawing is scored at every step", async ({page}) => {
  await page.goto("./clip?prompt=a+penguin+in+space&seed=3");
  await live(page);
  await page.getByRole("textbox", {name: "Labels"}).fill("horse, cactus");
  await page.getByRole("button", {name: /^Classify picture 2/}).click();
  await expect(page.locator(".zero-verdict")).toContainText("It answers “horse”", {timeout: 60_000});
  await page.getByRole("button", {name: "Draw", exact: true}).click();
  await expect(page.locator(".watching .caption")).toContainText("live, in this browser", {timeout: 120_000});
  await expect(page.locator(".watch-reading")).toContainText("“a penguin in space”");
  await page.getByRole("button", {name: "Cancel", exact: true}).click();
  await expect(page.getByRole("button", {name: "Cancel", exact: true})).toBeDisabled();
});
