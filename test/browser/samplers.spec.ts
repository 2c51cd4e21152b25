import {readFileSync} from "node:fs";
import {expect, test, type Locator, type Page} from "@playwright/test";
import {previewPixels, type LinearPreview} from "../../components/pixels.js";
import {cancelButton, drawButton, watch} from "./site.js";

const SHORT = "./samplers?steps=6&steps.b=6";

/** Draws both arms to their end and goes to the first step, at which they carry the same; gives the slider of the steps. */
async function drawnFromOneNoise(page: Page): Promise<Locator> {
  await drawButton(page).click();
  for (const arm of ["A", "B"])
    await expect(page.getByRole("img", {name: finished(arm)})).toBeVisible({timeout: 120_000});
  await expect(cancelButton(page)).toBeDisabled();
  const step = page.getByRole("slider", {name: "Step", exact: true});
  await step.fill("1");
  await expect(page.getByText("At step 1 they carry the same latents, bit for bit")).toBeVisible();
  return step;
}

const finished = (arm: string) => new RegExp(`^(?!.*recorded).*drawn by arm ${arm}`);

test("both arms draw from one noise; new step noise leaves DDIM as it was, to the bit, and changes DDPM", async ({
  page
}) => {
  test.setTimeout(180_000);
  const found = await watch(page);
  await page.goto(SHORT);
  const step = await drawnFromOneNoise(page);
  await step.press("End");
  await expect(page.getByText(/At step 6 they carry latents 0\.(?!000)/)).toBeVisible();

  await page.getByRole("button", {name: "New step noise, same start"}).click();
  const rows = page.getByRole("table", {name: "Each arm beside its run before"}).getByRole("row");
  await expect(rows.filter({hasText: "Arm A"})).toContainText(/the same, bit for bit.*\d\.\d{3} away.*\d\.\d{3} away/, {
    timeout: 120_000
  });
  await expect(rows.filter({hasText: "Arm B"})).toContainText(/the same, bit for bit.*none.*the same, bit for bit/);
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

// Made by test/goldens/make_trajectories.py: whole runs by diffusers, their first two for this page.
const golden = JSON.parse(readFileSync("test/goldens/trajectories.json", "utf8")) as {
  readonly prompt: string;
  readonly seed: number;
  readonly guidance: number;
  readonly kept: number;
  readonly runs: readonly {
    sampler: string;
    steps: number;
    shares: readonly (readonly number[])[];
    xt?: readonly number[];
  }[];
};
const {preview} = JSON.parse(readFileSync("docs/recorded/horse.json", "utf8")) as {preview: LinearPreview};

/** The places of a chart's circles, in the units of its axes, which its ticks tell. */
async function placesOf(chart: Locator, circles: string): Promise<[number, number][]> {
  return chart.evaluate((svg, selector) => {
    const [x, y] = [...svg.querySelectorAll(".axis")].map((axis, which) => {
      const ticks = [...axis.querySelectorAll("g")].map((tick) => {
        const [, px, py] = /translate\(([\d.e-]+),([\d.e-]+)\)/.exec(tick.getAttribute("transform")!)!;
        return [Number(which ? py : px), Number(tick.querySelector("text")!.textContent.replace("−", "-"))];
      });
      const [first, last] = [ticks[0], ticks[ticks.length - 1]];
      return (at: number) => first[1] + ((at - first[0]) / (last[0] - first[0])) * (last[1] - first[1]);
    });
    const at = (circle: Element, name: string) => Number(circle.getAttribute(name));
    return [...svg.querySelectorAll(selector)].map((one): [number, number] => [x(at(one, "cx")), y(at(one, "cy"))]);
  }, circles);
}

const bytesOf = (canvas: Locator): Promise<number[]> =>
  canvas.evaluate((node: HTMLCanvasElement) => [
    ...node.getContext("2d")!.getImageData(0, 0, node.width, node.height).data
  ]);

const carried = (page: Page, arm: string) => page.getByRole("img", {name: new RegExp(`^What arm ${arm} carries`)});

test("the trajectories drawn are those of the latents on screen, and both are diffusers'", async ({page}) => {
  test.setTimeout(180_000);
  const {prompt, seed, guidance, kept, runs} = golden;
  const [{steps}] = runs;
  const query = {prompt, seed, steps, guidance, "steps.b": steps, "guidance.b": guidance};
  await page.goto(
    `./samplers?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`
  );
  const step = await drawnFromOneNoise(page);
  expect(await bytesOf(carried(page, "A"))).toEqual(await bytesOf(carried(page, "B")));

  await step.fill(String(kept + 1));
  const plane = page.getByRole("img", {name: /^Shares of both ends/});
  const rest = page.getByRole("img", {name: /^The rest that neither end explains/});
  await expect(page.getByText(`call ${kept + 1} of ${steps}`).first()).toBeVisible();
  const shares = runs.slice(0, 2).map((run) => run.shares);
  const near = (found: readonly number[], wanted: readonly number[]) =>
    found.forEach((value, i) => expect(Math.abs(value - wanted[i])).toBeLessThan(0.02));

  const dots = await placesOf(plane, "circle.dot");
  expect(dots).toHaveLength(2 * (steps + 1));
  shares.flat().forEach(([a, b], i) => near(dots[i], [a, b]));
  const marks = [await placesOf(plane, "circle.mark"), await placesOf(rest, "circle.mark")];
  const words = await page.getByText(/^Here: Arm A: a /).textContent();
  for (const [i, arm] of ["A", "B"].entries()) {
    const [a, b, left] = shares[i][kept];
    near(marks[0][i], [a, b]);
    near(marks[1][i], [kept / steps, left]);
    expect(words).toContain(`Arm ${arm}: a ${a.toFixed(2)}, b ${b.toFixed(2)}, rest ${left.toFixed(2)}.`);
    const xt = {data: Float32Array.from(runs[i].xt!), dims: [1, 4, 16, 16]};
    const wanted = previewPixels(xt, preview).data;
    const shown = await bytesOf(carried(page, arm));
    expect(Math.max(...shown.map((value, j) => Math.abs(value - wanted[j])))).toBeLessThanOrEqual(4);
  }
});

test("another eta at the shown step moves weight from the predicted noise to fresh noise, without a call", async ({
  page
}) => {
  await page.route("**/_file/models/**", (route) => route.fulfill({status: 404, body: ""}));
  await page.goto("./samplers?step=15&triedEta=1");
  const arm = (name: string) => page.getByRole("group", {name: `One step of arm ${name} as an equation of pictures`});
  const weights = async (name: string) => (await arm(name).locator(".times").allTextContents()).join(" ");
  await expect.poll(() => weights("B")).toBe(await weights("A")); // with eta 1 DDIM's step is DDPM's
  await page.getByRole("slider", {name: "Eta at this step"}).fill("0");
  await expect(arm("B").getByRole("button", {name: /fresh noise, times 0\.00/})).toBeVisible();
  await expect(page).toHaveURL(/triedEta=0/);
  await page.getByRole("button", {name: "as drawn"}).click();
  await expect(page).not.toHaveURL(/triedEta/);
});
