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
  await expect(
    page.getByText(/^live, in this browser · t = 300 · tiny · told nothing · mean squared error/)
  ).toBeVisible();
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
  await expect(async () => {
    await guessFirst(page);
    await expect(page.getByText(/^live, in this browser · t = 300 · tiny · told nothing/)).toBeVisible({
      timeout: 20_000
    });
  }).toPass(); // a page that is put together anew under the press forgets it
  const paintsInASecond = () =>
    page.evaluate(async () => {
      const counted = globalThis as unknown as {paints: number};
      counted.paints = 0;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return counted.paints;
    });
  await expect.poll(paintsInASecond).toBe(0);
});

/** How near the points come to a ready drawing, in the unit of the plane, which is 4.8 wide. Noise is 0.23, 0.13 and 0.42 away. */
const GOALS = [
  ["", 0.15, 60_000],
  ["?sketch=spiral&predicts=v_prediction&schedule=squaredcos_cap_v2", 0.1, 180_000], // more than a minute, for busy machines
  ["?sketch=blobs&predicts=sample", 0.15, 180_000]
] as const;

const small = (page: Page) => page.getByRole("region", {name: "A small network learns your drawing"});

async function distance(page: Page): Promise<number> {
  const words = await small(page).locator(".verdict").textContent();
  return Number(words?.match(/are ([\d.]+) from the drawing/)?.[1] ?? Infinity);
}

for (const [query, near, timeout] of GOALS)
  test(`a small network learns ${query || "two moons within a minute"}`, async ({page}) => {
    await page.goto(`./learning${query}`);
    await small(page).getByRole("button", {name: "Begin"}).click();
    await expect.poll(() => distance(page), {timeout}).toBeLessThan(near);
    await small(page).getByRole("button", {name: "Pause"}).click();
    await expect(
      small(page).getByText(/least possible 0\.\d\d · its noise at t = 400 is 0\.\d\d off the exact/)
    ).toBeVisible();
  });

test("training never blocks the page, and ends when the page is left", async ({page}) => {
  await page.goto("./learning");
  await expect(page.getByText(/Loading the model/)).toHaveCount(0, {timeout: 120_000});
  await small(page).getByRole("button", {name: "Begin"}).click();
  await expect.poll(() => distance(page), {timeout: 60_000}).toBeLessThan(1);
  /** Tasks of more than 50 ms in some seconds of training, in which points are drawn anew at least once. */
  const blocked = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const long: PerformanceEntry[] = [];
          const observer = new PerformanceObserver((list) => long.push(...list.getEntries()));
          observer.observe({type: "longtask"});
          setTimeout(() => {
            observer.disconnect();
            resolve(long.length);
          }, 4000);
        })
    );
  await expect.poll(blocked, {timeout: 90_000}).toBe(0); // a busy machine may stop the page once; what blocks does so each time
  expect(page.workers().length).toBeGreaterThan(0);
  await page.goto("about:blank");
  await expect.poll(() => page.workers().length).toBe(0);
});

test("a step of the drawing shows its numbers, and a shared address brings back every choice", async ({page}) => {
  await page.goto(
    "./learning?t=300&scene=3&told=yes&caption=2&t.average=640&step=12&sketch=face&prompt.net=teal&guidance.net=2"
  );
  const figure = page.getByRole("region", {name: "Training and drawing, side by side"});
  await expect(figure.getByText(/^step 12 of 30 · t = \d+/)).toBeVisible();
  const sum = async () => {
    const words = (await figure
      .locator("ol[aria-label='Algorithm 2: drawing'] li")
      .nth(3)
      .locator(".value")
      .textContent())!;
    const [xt, beta, deviation, eps, alpha, sigma, z, next] = words
      .replaceAll("−", "-")
      .match(/-?\d+\.\d{4}/g)!
      .map(Number);
    return {next, made: (xt - (beta / deviation) * eps) / alpha + sigma * z};
  };
  const {next, made} = await sum();
  expect(made).toBeCloseTo(next, 2);
  await expect(page.getByRole("checkbox", {name: "tell the UNet the caption"})).toBeChecked();
  await expect(page.getByRole("combobox", {name: "Caption", exact: true})).toHaveValue("1");
  await expect(page.getByRole("slider", {name: "Timestep of the average"})).toHaveValue("640");
  await expect(small(page).getByRole("combobox", {name: "Guidance scale"})).toHaveValue("2");
  await page.getByRole("slider", {name: "Step", exact: true}).fill("30");
  await expect(page).toHaveURL(/[?&]step=30/);
});
