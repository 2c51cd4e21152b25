import {tryThis} from "../components/tryThis.js";
import type {Store} from "../page/store.js";
import {tableOf, trained, type NoiseState} from "./state.js";

const line = (text: string): string => text.replace(/\s+/g, " ");

/** Where do picture and noise weigh the same? */
export function halfQuestion({state, set}: Store<NoiseState>): HTMLElement {
  return tryThis({
    title: "Half and half",
    text: line(`At which t do picture and noise enter with the same coefficient? There are 1,000 timesteps. On this schedule, is it in the
      middle?`),
    guesses: ["earlier than t = 400", "between 400 and 600", "later than 600"],
    answer:
      line(`On Stable Diffusion's schedule already at t = 354. There both coefficients are √½ = 0.71, so that their squares are one half
      each. Press the button: t goes there, and the hand of the quarter circle stands at 45 degrees. The middle of the ruler is not the
      middle of the mixture: where that lies is what a schedule decides.`),
    action: {
      label: "Go there",
      run: () =>
        set({
          t: Math.max(
            0,
            state.table.alphasCumprod.findIndex((alpha) => alpha < 0.5)
          ),
          playing: false
        })
    }
  });
}

/** How much does a small error in the noise cost, early and late? */
export function errorQuestion({set}: Store<NoiseState>): HTMLElement {
  return tryThis({
    title: "A tenth of it wrong",
    text: line(`Somebody tells you the noise, but a tenth of it is wrong. At t = 100 the picture comes back nearly as it was. What comes back
      at t = 999?`),
    guesses: ["the same: a tenth is a tenth", "a picture with faint stains", "nothing but noise"],
    answer:
      line(`More noise than picture. On the way back, what remains after the subtraction is divided by √ᾱ, the little that is left of
      the picture, and that makes the error larger too: at t = 999, where √ᾱ is 0.07, it comes back 14.6 times as large, larger than the
      picture itself. Set it, and look at the mean error below the pictures.`),
    action: {label: "Show t = 999 with a tenth wrong", run: () => set({t: 999, wrong: 0.1, playing: false})}
  });
}

/** What does another schedule leave of the picture? */
export function scheduleQuestion({set}: Store<NoiseState>): HTMLElement {
  return tryThis({
    title: "A kinder schedule",
    text: line(`The cosine schedule was made because the linear one destroys pictures too fast. Both end in noise. What will the picture look
      like at t = 500?`),
    guesses: ["more of it is left than now", "less of it is left", "the same"],
    answer:
      line(`More is left: at t = 500 the cosine schedule still has ᾱ = 0.49, nearly as much picture as noise, where Stable Diffusion's has
      0.28. Compare them in the charts, and look at the picture at the top. Nothing in the recipe has changed: only how fast t runs
      through it.`),
    action: {
      label: "Cosine, t = 500",
      run: () => {
        const choice = {...trained, schedule: "squaredcos_cap_v2"} as const;
        set({...choice, table: tableOf(choice), t: 500, playing: false});
      }
    }
  });
}
