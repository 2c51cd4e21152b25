import {tryThis} from "../components/tryThis.js";
import type {createHome} from "./home.js";

type Home = ReturnType<typeof createHome>;

/** When does a changed word stop mattering? */
export function forkQuestion({runExperiment}: Home): HTMLElement {
  return tryThis({
    title: "A cow, too late",
    text: `The run began with a horse. From some step on we say “cow” instead. Until when will the picture still become a cow?`,
    guesses: ["almost to the end", "about half way", "only in the first third"],
    answer:
      `Large things are decided early. In the first steps the guess is a blur that may become anything; once legs and a neck stand
      there, the word can only repaint them. Run it, and look along the branches for the last one that is a cow.`.replace(
        /\s+/g,
        " "
      ),
    action: {label: "Run the three forks", run: runExperiment}
  });
}

/** What does the guidance scale do to one step? */
export function scaleQuestion({openNoise}: Home): HTMLElement {
  return tryThis({
    title: "No guidance at all",
    text: `In the equation above, set the scale at an early step to 0. The words are then left out of that step. What will the guessed
      picture show?`.replace(/\s+/g, " "),
    guesses: ["grey noise", "some other scene", "the same, paler"],
    answer:
      `Without the words the model guesses what any picture would look like from here, so the guess drifts towards the average scene.
      At a scale of 12 the difference the words make is enlarged twelve times, and colours run over.`.replace(
        /\s+/g,
        " "
      ),
    action: {label: "Show an early step with the scale at 0", run: openNoise}
  });
}
