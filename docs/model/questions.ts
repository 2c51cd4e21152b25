import {tryThis} from "../components/tryThis.js";

/** What does “a photo of a horse” give? */
export function photoQuestion(draw: (prompt: string) => void): HTMLElement {
  return tryThis({
    title: "A photo of a horse",
    text: "Ask this model for “a photo of a horse”. What will it draw?",
    guesses: ["a photograph", "the horse that it always draws", "noise"],
    answer:
      "The horse that it always draws, on some ground that you did not ask for, perhaps with some thing beside it (the last of the recorded pictures below has a heart). There is no photograph in its data, so there is none that it could draw; and “photo” stands in no caption, so the word falls into pieces that mean little. A model draws what it was shown, under words that it was shown with it. That Stable Diffusion knows photographs is no skill of the method: its data were full of them.",
    action: {label: "Draw it in the figure below", run: () => draw("a photo of a horse")}
  });
}

/** Where is the error large? */
export function errorQuestion(show: () => void): HTMLElement {
  return tryThis({
    title: "Where do the words help?",
    text: "The two curves are the UNet's error without and with the caption. At which noise level will they lie furthest apart, as a share of the error?",
    guesses: ["with little noise (t near 0)", "in the middle", "with much noise (t near 999)"],
    answer:
      "With much noise. With little, both curves are one, for the picture itself says what it is; at t = 999, where nearly all is hidden, the error with the caption is about a third of that without. Switch to the error of the guessed picture to see how much is at stake at each level.",
    action: {label: "Show the error of the guessed picture", run: show}
  });
}

/** Does it copy? */
export function copyQuestion(): HTMLElement {
  return tryThis({
    title: "Copy or composition?",
    text: "The first picture of the figure shows a thing on a place where no training scene ever had it. What will its nearest training scenes be?",
    guesses: [
      "the same picture: it must have been copied",
      "the same thing elsewhere, or the same place with another thing",
      "nothing like it"
    ],
    answer:
      "Read the lines under the four scenes: each agrees in the thing or in the place, and none in both, because no training scene has both. The thing itself is a copy: the same sticker, shown hundreds of times. What is new is the pair, and where it stands."
  });
}
