import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {expect, test} from "@playwright/test";
import {decode} from "fast-png";
import {draw, openReady, pictureOf, rgbOf} from "./site.js";

const runs = [
  {prompt: "a penguin on the beach", seed: 11, sampler: "ddim", steps: 10, guidance: 4},
  {prompt: "two balloons, night", seed: 4_000_000_000, sampler: "ddpm", steps: 12, guidance: 2.5}
];

for (const {prompt, seed, sampler, steps, guidance} of runs) {
  test(`the page and the command line draw the same picture: ${prompt}, ${sampler}`, async ({page}) => {
    await openReady(
      page,
      `./?${new URLSearchParams({seed: String(seed), sampler, steps: String(steps), guidance: String(guidance)})}`
    );
    await draw(page, prompt);
    const drawn = await rgbOf(pictureOf(page, prompt));
    const out = join(mkdtempSync(join(tmpdir(), "parity-")), "picture.png");
    const options = Object.entries({seed, sampler, steps, guidance, out}).flatMap(([name, value]) => [
      `--${name}`,
      String(value)
    ]);
    execFileSync("npx", ["tsx", "scripts/draw.ts", prompt, ...options], {stdio: "ignore"});
    const {data} = decode(readFileSync(out));
    expect(drawn.length).toBe(data.length);
    const difference = drawn.reduce((sum, value, i) => sum + Math.abs(value - data[i]), 0) / data.length;
    expect(difference).toBeLessThanOrEqual(2);
    expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(50); // neither of them is empty
  });
}
