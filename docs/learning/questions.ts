import {tryThis} from "../components/tryThis.js";

/** Why does one jump give mush? */
export function jumpQuestion(): HTMLElement {
  return tryThis({
    title: "One jump",
    text: "Set the timestep of the average to 980 and look at the UNet's picture. Why is it a blur, although the UNet is well trained?",
    guesses: ["it is too small a network", "many pictures fit, and it answers with their mean", "the decoder blurs"],
    answer:
      "So much noise hides nearly everything: a great many pictures with this caption could lie under it. The answer with the least squared error is the mean of all that fit, and a mean of many pictures is a blur. The UNet's picture is close to the plain mean of 64 scenes beside it; the numbers below the figure say how close. Only someone who knows that it must be one of these 64 can say more: that is the memoriser next to it. Many steps escape the mean: each takes only a little of the noise away, and with less noise fewer pictures fit."
  });
}

/** What would a perfect memoriser draw? */
export function memoriserQuestion(): HTMLElement {
  return tryThis({
    title: "The perfect student",
    text: "The memoriser makes the smallest possible error on its 2,000 scenes. What would it draw, if we let it draw from noise?",
    guesses: ["better pictures than the UNet", "one of its 2,000 scenes, exactly", "their mean"],
    answer:
      "One of its scenes, exactly: move the timestep down and watch its belief fall onto one scene. A denoiser that is perfect for the training pictures can only give them back. That the UNet is not perfect, that it smooths over what lies between the pictures it saw, is what lets it draw a horse in a place where it never saw one."
  });
}

/** Which is more work, small t or large t? */
export function levelQuestion(): HTMLElement {
  return tryThis({
    title: "Where is it hard?",
    text: "The UNet's error in the noise: is it larger when there is much noise (t = 900) or little (t = 50)?",
    guesses: ["larger with much noise", "larger with little noise", "the same everywhere"],
    answer:
      "Try it above, and read the number below the pictures. With much noise, nearly all that the UNet sees is noise, so saying what is noise is easy, and the error in it is small; with little noise the small remainder is hard to tell from the picture's own detail. But the picture that follows from the guess is the other way round: at large t a small error in the noise is multiplied by √((1 − ᾱ) / ᾱ), 14.6 times at t = 999."
  });
}
