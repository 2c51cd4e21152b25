import {tryThis} from "../components/tryThis.js";
import type {Attention} from "./attention.js";

/** Whose map is darkest where the thing is? */
export function beginQuestion({store}: Attention): HTMLElement {
  return tryThis({
    title: "The begin mark",
    text: "The mark before the first word says nothing about the prompt. Where will its map be brightest?",
    guesses: ["on the horse", "everywhere but on the horse", "in one corner"],
    answer:
      "Everywhere but on the horse, and brightest in the sky, of which the prompt says nothing. Where a word has something to say, it takes the share away from the begin mark; where none has, the mark keeps it.",
    action: {
      label: "Show its map",
      run: () => {
        store.set({chosen: 0, hovered: null, steps: "all"});
        document.querySelector(".attention-stage")?.scrollIntoView({block: "start"});
      }
    }
  });
}

/** The row of a place's word is taken away. */
export function rowQuestion(): HTMLElement {
  return tryThis({
    title: "Take the grass away",
    text: "“grass” has a map that lies on the meadow. Replace only its row by the empty prompt’s, and leave all others as they are. What becomes of the meadow?",
    guesses: ["it goes", "it stays", "the horse goes as well"],
    answer:
      "It stays. The end mark and the padding come after “grass” in the prompt, and the text encoder has written it into their rows too. Replace those, and the horse stands in a city, though the row of “grass” is there untouched. The row of “horse” is another matter: without it there is no horse. Compare the pictures below."
  });
}
