import {tryThis} from "../components/tryThis.js";
import type {GuidancePage} from "./guidance.js";

/** What is drawn without hearing the prompt? */
export function zeroQuestion({player, store}: GuidancePage): HTMLElement {
  return tryThis({
    title: "Scale 0",
    text: "At scale 0 the formula leaves only u, the prediction without the prompt. The seed stays the same. What will a whole run at scale 0 draw?",
    guesses: ["noise", "a blurred horse", "a clean picture of something else"],
    answer:
      "A clean picture of something else. The network was trained with the caption left out now and then, so it has learned what scenes look like in general, and draws one of them. Look at the first rows of both recorded figures below: a fish in the sea from seed 7, a candle, a watermelon. Which one, only the seed decides.",
    action: {
      label: "Set the slider to 0",
      run: () => {
        player.pause();
        store.set({guidance: 0});
        document.querySelector("#guidance")?.scrollIntoView({block: "center"});
      }
    }
  });
}

/** Which step notices the scale most? */
export function earlyQuestion({player, store}: GuidancePage): HTMLElement {
  return tryThis({
    title: "When does it matter?",
    text: "Put the scale to 12 and move Step from the first to the last. At which steps will the expected picture be torn to shreds?",
    guesses: ["at the first ones", "in the middle", "at the last ones"],
    answer:
      "At the first ones. There the two predictions differ most in what they say about the picture, and x̂₀ divides by √ᾱ, which is small at large t: a small difference in the noise is a huge one in the picture. At the last steps both predictions see nearly the same picture in front of them, and twelve times hardly anything is hardly anything.",
    action: {
      label: "Show the first step at 12",
      run: () => {
        player.select(0);
        store.set({guidance: 12});
        document.querySelector("#guidance")?.scrollIntoView({block: "center"});
      }
    }
  });
}

/** What does a negative prompt do that names what is not there? */
export function negativeQuestion(): HTMLElement {
  return tryThis({
    title: "Minus sunset",
    text: "“A horse on the beach” at scale 4, and “sunset” as the negative prompt, from 24 seeds. How many pictures change from sunset to another time of day?",
    guesses: ["nearly all", "about a third", "none: hardly any was at sunset"],
    answer:
      "By the count above, none: with nothing subtracted, 22 of 24 are by day already, and it stays so. Guidance itself had chosen the day: at scale 1, 7 of 24 are at sunset. A negative prompt can only push away from what would have come. Subtract “by day” instead, and the sunsets come back."
  });
}
