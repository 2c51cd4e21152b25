// @vitest-environment jsdom
import {beforeAll, expect, test, vi} from "vitest";
import {equation} from "../../components/equation.js";
import {filmStrip, nearestFrame} from "../../components/filmStrip.js";
import {changeText, differingWords, forkForm} from "../../components/forkForm.js";
import {loopRing} from "../../components/loopRing.js";
import {promptForm} from "../../components/promptForm.js";
import {runSettings, wholeNumber} from "../../components/runSettings.js";
import {stepPlayer} from "../../components/stepPlayer.js";
import {tryThis} from "../../components/tryThis.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

/** Counts the "input" events that reach a node's parent: an input announces itself by events that bubble. */
function heard(node: Node): () => number {
  const listener = vi.fn();
  const parent = document.createElement("div");
  parent.append(node);
  parent.addEventListener("input", listener);
  return () => listener.mock.calls.length;
}

const rulerOf = (index: number) => ({index, numSteps: 8, timestep: 999 - index, alphaCumprod: 0.5});

test("the player's slider is named Step, counts from 1 and stops at what is recorded", () => {
  const player = stepPlayer({count: 4, numSteps: 8, rulerOf});
  const events = heard(player);
  const slider = player.querySelector("input")!;
  expect([slider.getAttribute("aria-label"), slider.min, slider.max]).toEqual(["Step", "1", "8"]);
  slider.value = "8";
  slider.dispatchEvent(new Event("input", {bubbles: true}));
  expect([player.value, events()]).toEqual([3, 1]);
  expect(slider.getAttribute("aria-valuetext")).toContain("step 4 of 8");
});

test("play and pause are one button", () => {
  const player = stepPlayer({count: 4, numSteps: 8, rulerOf});
  const toggled = vi.fn();
  player.addEventListener("toggle", toggled);
  const button = player.querySelector("button")!;
  button.click();
  expect([player.playing, button.getAttribute("aria-label"), toggled.mock.calls.length]).toEqual([true, "Pause", 1]);
});

test("the loop unrolls and rolls up at a press", () => {
  const loop = loopRing({numSteps: 8, done: 2, selected: 1, latents: null, keys: [{index: 0, pixels: null}]});
  const events = heard(loop);
  const button = loop.querySelector("button")!;
  button.click();
  expect([loop.value, button.getAttribute("aria-expanded"), events()]).toEqual([true, "true", 1]);
  button.click();
  expect([loop.value, button.textContent]).toEqual([false, "Unroll the loop"]);
});

test("a frame of the strip goes to its step; one not reached yet cannot be pressed", () => {
  const frame = {xt: null, x0: null};
  const strip = filmStrip(
    [
      {...frame, index: 0, timestep: 999},
      {...frame, index: 4, timestep: null}
    ],
    {selected: 0}
  );
  const events = heard(strip);
  const [first, second] = strip.querySelectorAll("button");
  expect([first.getAttribute("aria-pressed"), second.disabled]).toEqual(["true", true]);
  strip.update(
    [
      {...frame, index: 0, timestep: 999},
      {...frame, index: 4, timestep: 500}
    ],
    0
  );
  second.click();
  expect([strip.value, events()]).toEqual([4, 1]);
});

test("the pressed frame is the nearest one", () => {
  expect(nearestFrame([{index: 0}, {index: 4}, {index: 9}], 6)).toBe(1);
});

test("a tile of the equation opens and closes, and its name tells its factor", () => {
  const sum = equation([
    {key: "x0", pixels: null, coefficient: 0.83},
    {key: "eps", pixels: null, coefficient: 0.55},
    {key: "noise", pixels: null, coefficient: 0},
    {key: "next", pixels: null}
  ]);
  const events = heard(sum);
  const tiles = [...sum.querySelectorAll("button")];
  expect(tiles.map((tile) => tile.getAttribute("aria-label"))).toEqual([
    "guessed picture, times 0.83: open",
    "predicted noise, times 0.55: open",
    "fresh noise, times 0.00: open",
    "next latents: open"
  ]);
  tiles[1].click();
  expect([sum.value, tiles[1].getAttribute("aria-expanded"), events()]).toEqual(["eps", "true", 1]);
  tiles[1].click();
  expect(sum.value).toBeNull();
});

test("an example fills the prompt and draws", () => {
  const form = promptForm({value: "a cat", examples: ["a horse on the grass"]});
  document.body.replaceChildren(form);
  const submitted = vi.fn((event: Event) => event.preventDefault());
  form.addEventListener("submit", submitted);
  form.querySelector<HTMLButtonElement>(".chip")!.click();
  expect([form.value, submitted.mock.calls.length]).toEqual(["a horse on the grass", 1]);
});

test("Cancel can be pressed only while something runs", () => {
  const form = promptForm();
  const cancelled = vi.fn();
  form.addEventListener("cancel", cancelled);
  const cancel = [...form.querySelectorAll("button")].find(({textContent}) => textContent === "Cancel")!;
  expect(cancel.disabled).toBe(true);
  form.busy = true;
  cancel.click();
  expect([cancel.disabled, cancelled.mock.calls.length]).toEqual([false, 1]);
});

test("settings read as numbers, the dice throws another seed and says so", () => {
  const settings = runSettings({value: {seed: 3, sampler: "ddpm"}, throwDice: () => 42});
  const [events, dice] = [heard(settings), vi.fn()];
  settings.addEventListener("dice", dice);
  settings.querySelector<HTMLButtonElement>(".dice")!.click();
  expect(settings.value).toEqual({seed: 42, steps: 30, guidance: 4, sampler: "ddpm", negative: "", noiseSeed: null});
  expect([events(), dice.mock.calls.length]).toEqual([1, 1]);
});

test("a seed is a whole number of 32 bits", () => {
  expect([wholeNumber("12"), wholeNumber("-1"), wholeNumber("1e9"), wholeNumber("")]).toEqual([12, null, null, null]);
  expect(wholeNumber("99999999999")).toBe(2 ** 32 - 1);
});

test("a fork changes one thing; step noise needs a sampler that adds some", () => {
  const data = {step: 2, numSteps: 30, prompt: "a horse", guidance: 4, stochastic: false};
  const form = forkForm(data);
  expect([form.textContent, form.value]).toEqual([
    expect.stringContaining("From step 3 of 30 on"),
    {kind: "prompt", prompt: "a horse"}
  ]);
  document.body.replaceChildren(form);
  const radio = form.querySelector<HTMLInputElement>("input[value=noiseSeed]")!;
  radio.click();
  expect(form.querySelector("button")!.disabled).toBe(true);
  form.update({...data, stochastic: true});
  expect([form.querySelector("button")!.disabled, form.value]).toEqual([false, {kind: "noiseSeed", noiseSeed: 1}]);
});

test("a change is told in the words that differ", () => {
  expect(differingWords("a horse on the grass", "a cow on the grass")).toEqual(["horse", "cow"]);
  expect(changeText({kind: "prompt", prompt: "a red horse"}, "a horse")).toBe("with “red”");
  expect(changeText({kind: "prompt", prompt: "a horse"}, "a horse")).toBe("nothing changed");
  expect(changeText({kind: "guidance", guidance: 7.5}, "a horse")).toBe("scale 7.5");
});

test("a guess reveals the answer", () => {
  const run = vi.fn();
  const box = tryThis({
    title: "T",
    text: "?",
    guesses: ["yes", "no"],
    answer: "It depends.",
    action: {label: "Go", run}
  });
  const answer = box.querySelector<HTMLElement>(".answer")!;
  expect(answer.hidden).toBe(true);
  box.querySelectorAll<HTMLButtonElement>(".guess")[1].click();
  expect(answer.hidden).toBe(false);
  answer.querySelector("button")!.click();
  expect(run).toHaveBeenCalledOnce();
});
