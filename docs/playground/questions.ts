import {tryThis} from "../components/tryThis.js";
import type {Playground} from "./playground.js";
import {halfWay, KINDS, shareOf, type Kind, type RecordedForks} from "./decided.js";

const NAMES: Readonly<Record<Kind, string>> = {object: "the thing", place: "the place", side: "the side it stands on"};

/** Which of the three is decided first, as recorded. */
export function orderQuestion({answers, forks, steps, prompts}: RecordedForks): HTMLElement {
  const half = KINDS.map((kind) => ({
    kind,
    at:
      halfWay(
        forks,
        answers[kind].map((each) => shareOf(each, "B"))
      ) ?? steps
  })).sort((a, b) => a.at - b.at);
  const told = half.map(({kind, at}) => `${NAMES[kind]} after ${at.toFixed(1)}`).join(", ");
  return tryThis({
    title: "Which is settled first?",
    text: "A run begins with “a horse on the grass, on the left”. At some step you change the words: to a cow, to the snow, or to the right. Which of the three is the first that can no longer be changed?",
    guesses: KINDS.map((kind) => NAMES[kind]),
    answer: `As measured below over ${prompts} prompts, half of the pictures no longer follow the new words: ${told} of ${steps} steps. Where something stands is laid out in the strongest noise; what it is is settled last.`,
    action: {label: "Show the curves", run: () => document.querySelector(".decided")?.scrollIntoView({block: "center"})}
  });
}

/** Another sampler from the same noise: another way, which place? */
export function samplerQuestion({store, drawing}: Playground): HTMLElement {
  return tryThis({
    title: "Another sampler, the same noise",
    text: "Arm A uses DDIM, arm B uses DPM++ 2M, both from the same seed with 20 steps. Both are deterministic: after the start they throw no noise. How alike are the two pictures?",
    guesses: ["the same to the pixel", "nearly the same", "two different pictures"],
    answer:
      "Both follow the same path from the same noise, with different errors on the way; neither adds chance. So the pictures come out nearly alike, but not to the pixel: for “a horse on the grass” and seeds 7, 11 and 42 they differ by less than 1 of 255 levels on average, while two seeds differ by 10 and more. Let arm B differ in the seed instead, and it starts elsewhere and ends elsewhere.",
    action: {
      label: "Draw both",
      run: () => {
        store.set({wish: {...store.state.wish, sampler: "ddim", steps: 20, eta: 0}, other: {sampler: "dpm++2m"}});
        document.querySelector(".playground")?.scrollIntoView({block: "start"});
        void drawing.draw();
      }
    }
  });
}
