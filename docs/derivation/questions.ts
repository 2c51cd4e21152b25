import {tryThis} from "../components/tryThis.js";
import type {Store} from "../page/store.js";
import type {DerivationState} from "./state.js";

const line = (text: string): string => text.replace(/\s+/g, " ");

/** Whom does the posterior believe? */
export function beliefQuestion({set}: Store<DerivationState>): HTMLElement {
  return tryThis({
    title: "Whom does it believe?",
    text: line(`One timestep back from t = 500, with a clean value far from the noised one. Does the mean of the posterior lie nearer to
      what x₀ says, or to what xₜ says?`),
    guesses: ["nearer to x₀'s prior", "in the middle", "nearer to xₜ's likelihood"],
    answer:
      line(`One small step hardly adds noise, so xₜ says very precisely where the number was: the likelihood is a needle, and the
      posterior follows it. Only over many timesteps does x₀ gain weight. This is why a sampler with few steps leans on its guess of the clean
      picture, and one with many hardly moves at a time.`),
    action: {
      label: "One timestep, from far apart",
      run: () => set({t: 500, back: 1, x0: 1.8, xt: -1.5, playing: false})
    }
  });
}

/** When is the reverse step a Gaussian? */
export function humpsQuestion({set}: Store<DerivationState>): HTMLElement {
  return tryThis({
    title: "One jump to the start",
    text: line(`Nobody knows x₀ now; two blobs of clean values are possible. Go back from t = 800 all the way to 0. What will the density of
      the earlier number look like?`),
    guesses: ["one bell between the blobs", "two humps, one at each blob", "flat"],
    answer:
      line(`At t = 0 the number must be in one blob or the other, and never between them. One Gaussian puts its hump where hardly anything
      can be. Shorten the step, and the humps melt into one. A sampler that takes Gaussian steps has to take small ones.`),
    action: {label: "From 800 to 0", run: () => set({t: 800, back: 800, apart: 1.1, xt: 0.1, playing: false})}
  });
}
