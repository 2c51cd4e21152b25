import {readFileSync} from "node:fs";
import {expect, test} from "@playwright/test";
import {watch} from "./site.js";

// made by test/goldens/make_guidance.py with onnxruntime, torch and diffusers
const {opened} = JSON.parse(readFileSync("test/goldens/guidance.json", "utf8")) as {
  opened: {
    angle: number;
    lengths: Record<"uncond" | "cond" | "difference", number>;
    arms: {scale: number; length: number; angle: number; x0Std: number}[];
  };
};

test("the opened step says what Python says at any scale, and a part of the run is drawn here", async ({page}) => {
  test.setTimeout(150_000);
  const found = await watch(page);
  await page.goto("./guidance?step=5");
  const scale = page.getByRole("slider", {name: "Guidance scale", exact: true});
  const {lengths, angle} = opened;
  for (const {scale: w, length, angle: turned, x0Std} of opened.arms) {
    await scale.fill(String(w));
    const told = `lengths u ${lengths.uncond.toFixed(3)}, c ${lengths.cond.toFixed(3)}, c − u ${lengths.difference.toFixed(3)}, ε ${length.toFixed(3)}; angle of u and c ${angle.toFixed(1)}°, of u and ε ${turned.toFixed(1)}°.`;
    await expect(page.getByText(told, {exact: true})).toBeVisible();
    const spread = /spread of x̂₀ (\d+\.\d+)/.exec((await page.getByText(/^recomputed here/).textContent()) ?? "");
    expect(Math.abs(Number(spread?.[1]) - x0Std)).toBeLessThan(0.003 * x0Std); // the recording holds 16-bit floats
  }
  await expect(page.getByText("this step alone recomputed here at 12.0")).toBeVisible();
  expect(new URL(page.url()).searchParams.get("step")).toBeNull();

  await page.getByRole("button", {name: "Draw scale 1, seed 8 here; now: a horse on the grass, recorded"}).click();
  await expect(page.getByText("Just drawn: “a horse on the grass” at scale 1, seed 8.")).toBeVisible({
    timeout: 120_000
  });
  expect(found.complaints).toEqual([]);
});

test("without the model the step is still opened, the plane is exact, and a press says what is missing", async ({
  page
}) => {
  await page.route("**/_file/models/**", (route) => route.fulfill({status: 404, body: ""}));
  await page.goto("./guidance?step=5");
  await page.getByRole("slider", {name: "Guidance scale", exact: true}).fill("7");
  await expect(
    page.getByRole("img", {name: "What is expected at the end, at scale 7.0, linear preview"})
  ).toBeVisible();
  await expect(page.getByText(/^live · 1,500 particles, DDIM, 30 steps: spread 0\.\d\d of the true one/)).toBeVisible();
  await page.getByRole("button", {name: "Draw the pair", exact: true}).click();
  await expect(page.getByRole("alert").filter({hasText: "404"}).first()).toBeVisible({timeout: 30_000});
});

test("what an address asks of the lower figures is on show, and what is set there is kept", async ({page}) => {
  await page.goto("./guidance?partFrom=3&partTo=5&word=orange&planeT=120&point=0.1%2C-0.3&spread=xt&pairMinus=a+horse");
  const valueOf = (name: string) => page.getByRole("slider", {name, exact: true});
  await expect(valueOf("Guidance from step")).toHaveValue("3");
  await expect(valueOf("Timestep in the plane")).toHaveValue("120");
  await expect(page.getByText(/from xt = \(0\.10, −0\.30\).*with “orange”/)).toBeVisible();
  await expect(page.getByRole("button", {name: "the latents xt"})).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText(/w = 12: 0\.99 at first, 1\.07 at most, 0\.85 at the end/)).toBeVisible();
  await expect(page.getByRole("textbox", {name: "Not wanted"})).toHaveValue("a horse");
  await valueOf("to step").press("ArrowRight");
  await expect(page).toHaveURL(/partTo=6/);
});
