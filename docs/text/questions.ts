import {prefersReducedMotion} from "../components/dom.js";
import {tryThis} from "../components/tryThis.js";
import type {Store} from "../page/store.js";
import type {TextState} from "./state.js";

const line = (text: string): string => text.replace(/\s+/g, " ");

/** Shows what an action did: its figure may be off the screen. */
function show(figure: HTMLElement): void {
  figure.scrollIntoView({block: "nearest", behavior: prefersReducedMotion() ? "auto" : "smooth"});
}

/** One letter more: a word that the model knows, in the plural. */
export function pluralQuestion({set}: Store<TextState>, figure: HTMLElement): HTMLElement {
  return tryThis({
    title: "One letter more",
    text: "“Horse” stands in many captions and is one token. What will the tokenizer make of “horses”?",
    guesses: ["the same token", "“horse” and a new piece “s”", "other pieces altogether"],
    answer:
      line(`The merges follow the list, not the grammar. In “horse” the e carries the mark of the word's end, in “horses” it does not,
      so the merges that lead to the familiar token never happen. The ladder shows what comes instead, and below it what training
      saw of those pieces.`),
    action: {
      label: "Replay “horses”",
      run() {
        set({word: "horses", rung: 0, replaying: true});
        show(figure);
      }
    }
  });
}

/** What a changed last word can reach. */
export function lastWordQuestion({set}: Store<TextState>, figure: HTMLElement): HTMLElement {
  return tryThis({
    title: "Change the last word",
    text: "“A horse on the grass” becomes “a horse on the beach”. Which rows of the final matrix change?",
    guesses: ["all of them", "only that word's row", "that word's row and all after it"],
    answer:
      line(`A row looks only at itself and at the rows above it. Those above the changed word cannot know of it, after any number
      of layers; those below it, the padding too, can. The bars give the measured difference of each row.`),
    action: {
      label: "Measure it",
      run() {
        set({prompt: "a horse on the grass", other: "a horse on the beach", row: null});
        show(figure);
      }
    }
  });
}

/** The same words in another order. */
export function orderQuestion({set}: Store<TextState>, figure: HTMLElement): HTMLElement {
  return tryThis({
    title: "Colours swapped",
    text: line(`“A red apple and a yellow star” and “a yellow apple and a red star” hold the same words. How near to each other are the two
      single vectors that CLIP makes of them?`),
    guesses: ["the same: cosine 1", "nearly the same", "quite different"],
    answer:
      line(`Read the cosine below the bars. Whatever it is, one vector has to hold two colours, two things, and which belongs to which.
      In the matrix each thing has rows of its own, and the bars show that these differ: that is what the UNet gets to read.`),
    action: {
      label: "Compare them",
      run() {
        set({prompt: "a red apple and a yellow star", other: "a yellow apple and a red star", row: null});
        show(figure);
      }
    }
  });
}

/** What a phrase lies near to. */
export function ballQuestion({set}: Store<TextState>, figure: HTMLElement): HTMLElement {
  return tryThis({
    title: "Nearest to a ball",
    text: "Which of these phrases does this CLIP put nearest to “a soccer ball”?",
    guesses: ["a balloon, to play with", "a full moon, round too", "a snowman, white too"],
    answer:
      line(`Read the list from the top, then look at the dots. Animals, a ghost and a ball may stand side by side where their pictures
      have one colour. What a thing is for, or whether it is alive, nobody ever told this CLIP.`),
    action: {
      label: "Rank them",
      run() {
        set({phrase: "a soccer ball"});
        show(figure);
      }
    }
  });
}
