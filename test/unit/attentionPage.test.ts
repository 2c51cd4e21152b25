// @vitest-environment jsdom
import {readFileSync} from "node:fs";
import {beforeAll, expect, test, vi} from "vitest";
import {createAttention} from "../../docs/attention/attention.js";
import {thingsOf, itemsOf} from "../../docs/attention/tokens.js";
import type {Engine} from "../../src/worker/client.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const json = (name: string): never => JSON.parse(readFileSync(`docs/recorded/${name}.json`, "utf8")) as never;
const bytes = (name: string): ArrayBuffer => Uint8Array.from(readFileSync(`docs/recorded/${name}.bin`)).buffer;

/** The chapter from its recordings alone, with an engine that never comes. */
const chapter = () =>
  createAttention({
    ...{run: json("horse"), numbers: bytes("horse"), recording: json("attention"), bytes: bytes("attention")},
    engine: {
      status: {state: "loading"},
      onStatus: () => () => {},
      load: () => new Promise(() => {})
    } as unknown as Engine,
    invalidation: new Promise(() => {})
  });

test("every figure stands without the model, with its code, and tells what was recorded", async () => {
  const {stage, tokens, strip, place, hand, eating, negative, rows, leak, frozen, weight} = chapter();
  for (const node of [tokens, strip, place, hand, eating, negative, rows, leak, frozen, weight])
    expect([...node.querySelectorAll(".code-fold code")].map((code) => code.textContent.length > 30)).toEqual([
      true,
      true
    ]);
  await vi.waitFor(() => expect(stage.textContent).toContain("“horse” gets"));
  expect(hand.textContent).toContain("All 32 shares sum to 1.0000.");
  expect(leak.textContent).toMatch(/“cat” and “dog” overlap by \d+ %/);
});

test("the words show what the marked place takes while the reader is at the picture", async () => {
  const {store, stage} = chapter();
  const told = (): string => stage.querySelector(".stage-words")!.textContent;
  const before = told();
  store.set({asking: true, place: {row: 9, column: 7}});
  await vi.waitFor(() => expect(told()).toContain("row 10, column 8"));
  expect(told()).not.toBe(before);
  expect(stage.querySelectorAll(".word-chip.first")).toHaveLength(1);
});

test("two things of a prompt are found beside their colours and before the place", () => {
  const named = (text: string): string[] =>
    thingsOf(
      itemsOf(
        text.split(" ").map((word, i) => ({text: word, tokens: [i + 1]})),
        32
      )
    ).map(({name}) => name);
  expect(named("a red apple and a yellow lemon on the beach")).toEqual(["apple", "lemon"]);
  expect(named("a cat and a dog")).toEqual(["cat", "dog"]);
  expect(named("a horse on the grass")).toEqual(["horse", "grass"]);
  expect(named("a horse and")).toEqual(["horse"]);
});
