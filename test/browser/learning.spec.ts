import {expect, test, type Page} from "@playwright/test";

/** Chooses the first thing in the game: pressed again where the page was still being put together under the first press. */
async function guessFirst(page: Page): Promise<void> {
  const button = page.getByRole("group", {name: "Your guess"}).getByRole("button").first();
  await expect(async () => {
    await button.click();
    await expect(button).toHaveAttribute("aria-pressed", "true", {timeout: 2000});
  }).toPass();
}

test("the UNet answers the reader's guess live, and the memoriser snaps to one scene where little noise is", async ({
  page
}) => {
  await page.goto("./learning?t=300");
  await guessFirst(page);
  await expect(page.getByText(/^live, in this browser · tiny · told nothing · mean squared error/)).toBeVisible();
  await page.getByRole("slider", {name: "Timestep of the average"}).fill("200");
  await expect(page.getByText(/The memoriser is sure/)).toBeVisible();
  await page.getByRole("slider", {name: "Timestep of the average"}).fill("999");
  await expect(page.getByText(/The memoriser spreads its belief/)).toBeVisible();
});

test("a page whose pictures are all decoded is at rest", async ({page}) => {
  await page.addInitScript(() => {
    const counted = globalThis as unknown as {paints: number};
    counted.paints = 0;
    const {putImageData} = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.putImageData = function (...given: unknown[]) {
      counted.paints++;
      return Reflect.apply(putImageData, this, given) as void;
    };
  });
  await page.goto("./learning?t=300");
  await guessFirst(page);
  await expect(page.getByText(/^live, in this browser · tiny · told nothing/)).toBeVisible();
  const paintsInASecond = () =>
    page.evaluate(async () => {
      const counted = globalThis as unknown as {paints: number};
      counted.paints = 0;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return counted.paints;
    });
  await expect.poll(paintsInASecond).toBe(0);
});

/** Two moons of 1,200 points, in the unit of the plane, which is 4.8 wide; untrained, it draws points 0.8 away. */
const NEAR = 0.15;

test("a small network learns two moons within a minute", async ({page}) => {
  await page.goto("./learning");
  const figure = page.getByRole("region", {name: "A small network learns your drawing"});
  await figure.getByRole("button", {name: "Begin"}).click();
  const distance = async () =>
    Number((await figure.locator(".caption").textContent())?.match(/([\d.]+) from the drawing/)?.[1] ?? Infinity);
  await expect.poll(distance, {timeout: 60_000}).toBeLessThan(NEAR);
  await figure.getByRole("button", {name: "Pause"}).click();
});
