import {expect, test} from "@playwright/test";
import {cancelButton, draw, drawButton, openReady, pictureOf, promptBox, watch} from "./site.js";

test("an empty prompt gets a picture or a clear word, and the page goes on", async ({page}) => {
  const seen = await watch(page);
  await openReady(page, "./?steps=5");
  await promptBox(page).fill("");
  await drawButton(page).click();
  await expect(cancelButton(page)).toBeDisabled();
  await draw(page, "a horse on the grass");
  await expect(pictureOf(page, "a horse on the grass")).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

const prompts = {
  "10,000 characters": "a horse on the grass ".repeat(500).slice(0, 10_000),
  emoji: "🐴 on 🌱",
  Chinese: "草地上的一匹马",
  markup: "<img src=x onerror=alert(1)> & \"quotes\" 'both' \\ ${1}",
  "a thing it never saw": "a submarine on the beach"
};

for (const [what, prompt] of Object.entries(prompts)) {
  test(`${what} in the prompt gets a picture, and the page goes on`, async ({page}) => {
    const seen = await watch(page);
    await openReady(page, "./?steps=5");
    await draw(page, prompt);
    await expect(pictureOf(page, prompt.slice(0, 10))).toBeVisible();
    await draw(page, "a cat on the snow");
    await expect(pictureOf(page, "a cat on the snow")).toBeVisible();
    expect(seen.complaints).toEqual([]);
  });
}
