import {tryThis} from "../components/tryThis.js";
import type {Store} from "../page/store.js";
import type {EditingState} from "./state.js";

type Shared = Pick<Store<EditingState>, "set">;

/** What goes first, what stays longest? */
export function entryQuestion({set}: Shared): HTMLElement {
  return tryThis({
    title: "What survives?",
    text: "A lemon lies on a beach, and there is one small cloud. The prompt says “a red apple on the beach”. Turn the strength up from 5 %. What of the given picture is lost last?",
    guesses: ["the colour of the lemon", "the shape of the lemon", "the cloud"],
    answer:
      "In the recorded runs the colour goes first: orange at 15 %, red at 25 %, still in the lemon’s outline. By 40 % it has an apple’s shape. A cloud, of which the prompt says nothing, is there up to 85 %, though from 40 % on it is no longer quite the same one. What the prompt contradicts is overwritten as soon as there is noise enough; what it does not speak of stays as long as a trace of it is left.",
    action: {label: "Strength 15 %", run: () => set({strength: 0.15, sweeping: false})}
  });
}

/** Is strength 1 the same as no picture? */
export function lastQuestion({set}: Shared): HTMLElement {
  return tryThis({
    title: "Strength 100 %",
    text: "At full strength the run makes every step, from the noisiest on. Does the given picture still have any say in the result?",
    guesses: ["none at all", "next to none: a faint trace", "it still decides the background"],
    answer:
      "A trace. The first step of this loop is at t = 951, and the noise is mixed into the picture, not put in its place: 9 % of the picture’s amplitude is left. Text to image begins with noise alone. So even here the result is not quite what the same seed draws without a picture, although nobody would see where it came from.",
    action: {label: "Strength 100 %", run: () => set({strength: 1, sweeping: false})}
  });
}

/** What does the second network call see in inpainting? */
export function seamQuestion(): HTMLElement {
  return tryThis({
    title: "Why hold it at every step?",
    text: "The rest of the picture is put back after every single step. Would it not do to draw a whole new picture and to cut the two together once, at the end?",
    guesses: ["it would look the same", "the new part would not fit the old", "the old part would change"],
    answer:
      "It would not fit. A picture drawn from the same noise alone has its own horizon, its own beach, its own light. Because the given part is there from the first step on, at just the noise level that the network expects, the network takes it for its own work and draws what goes with it: the cat stands on this sand, before this sea."
  });
}

/** Does paint stay? */
export function brushQuestion(): HTMLElement {
  return tryThis({
    title: "Red in the sky",
    text: "The prompt says “a horse on the grass”. At step 3 of 20, and in another run at step 16, a red block is painted into the sky of what the network expects. In which picture will there be something red?",
    guesses: [
      "in the first: early paint becomes part of the plan",
      "in the second: late paint stays",
      "in both",
      "in neither"
    ],
    answer:
      "Compare the recorded runs with the buttons. Painted at step 3, 7 or 11 it is gone: many steps follow, and nothing in the words asks for something red up there. Painted at step 16 a brownish block stays, for there is little noise left in which the network could think of something else. An edit lasts when the prompt wants it, or when it comes late."
  });
}
