import {tryThis} from "../components/tryThis.js";
import type {Samplers} from "./samplers.js";

const CHANGES = ["only DDPM’s picture changes", "only DDIM’s picture changes", "both change"];

/** What new step noise does to a stochastic and to a deterministic sampler. */
export function noiseQuestion({store, drawing}: Samplers): HTMLElement {
  return tryThis({
    title: "The same start, other step noise",
    text: "Arm A is DDPM, arm B is DDIM. Keep the Seed, so both begin with the same latents, and change only the Step-noise seed. What changes?",
    guesses: CHANGES,
    answer:
      "The step-noise seed feeds only the noise that a sampler throws on its way. DDIM with eta 0 throws none: nothing reaches it, and its result is the same to the last bit. DDPM throws some at every step but the last, and ends elsewhere. The table under “Two seeds” measures both once you have drawn twice.",
    action: {
      label: "Draw it",
      run: () => {
        const {arms, noiseSeed} = store.state;
        const named = (i: 0 | 1, sampler: string) => ({...arms[i], sampler, eta: 0});
        store.set({arms: [named(0, "ddpm"), named(1, "ddim")], noiseSeed: (noiseSeed ?? 0) + 1});
        void drawing.draw();
      }
    }
  });
}

/** Whether DDPM's result is that of its start or of its step noise. */
export function startQuestion({store, drawing}: Samplers): HTMLElement {
  async function draw(): Promise<void> {
    const same = {steps: 20, guidance: 4, eta: 0};
    const arms = [
      {...same, sampler: "ddpm"},
      {...same, sampler: "ddim"}
    ] as const;
    store.set({arms, prompt: "a horse on the grass", negative: "", seed: 10, noiseSeed: 100});
    await drawing.draw();
    if (!store.state.runs.every(({seed, finished}) => seed === 10 && finished)) return; // cancelled, or no model
    store.set({seed: 11});
    await drawing.draw();
  }
  return tryThis({
    title: "Another start, the same step noise",
    text: "Draw “a horse on the grass” with step-noise seed 100 from Seed 10 and again from Seed 11. Both arms begin twice, 1.4 apart. DDPM then adds the very same noise both times. How far apart will the results be?",
    guesses: ["about the same for DDPM and DDIM", "DDPM’s are much closer", "DDPM’s are farther apart"],
    answer:
      "Here DDPM draws all but the same horse twice, 0.05 apart, and DDIM two different ones, 1.22 apart: DDPM has forgotten where it started, and what it was given on the way is the same. It is no law. Take “a red apple in the snow” and the same seeds: DDPM draws one by night and one by day, 1.35 apart (DDIM 1.28). Night or day is settled at the very first call, while the starting noise is all there is, and stays settled.",
    action: {label: "Draw both starts", run: () => void draw()}
  });
}

/** Eta, from 0 to 1. */
export function etaQuestion({store, drawing}: Samplers): HTMLElement {
  return tryThis({
    title: "DDIM with eta 1",
    text: "Eta says how much of the direction back to noise is fresh noise in place of predicted noise. With eta 1 in arm B, which tile of its equation gains weight, and does DDIM come closer to DDPM?",
    guesses: ["the noise tile; it acts like DDPM", "the noise tile; it stays as it was", "the x̂0 tile"],
    answer:
      "With eta 1 DDIM’s step is DDPM’s own: in both equations the same weights stand on x̂0, ε̂ and z, and, fed by the same seed, both throw the same noise. So the two arms stay together, to rounding, until the last step, where DDPM ends clean and DDIM, as Stable Diffusion sets it up, one timestep above.",
    action: {
      label: "Draw it",
      run: () => {
        const {arms} = store.state;
        const steps = {steps: arms[0].steps, guidance: arms[0].guidance};
        store.set({
          arms: [
            {...steps, sampler: "ddpm", eta: 0},
            {...steps, sampler: "ddim", eta: 1}
          ]
        });
        void drawing.draw();
      }
    }
  });
}

/** Orders, in the world where the prediction is exact. */
export function orderQuestion({store}: Samplers): HTMLElement {
  return tryThis({
    title: "Eight steps in the exact world",
    text: "In the plane of blobs the prediction has no error at all. Will a sampler with 8 steps then end exactly in the blobs?",
    guesses: ["yes, the prediction is exact", "no, the steps are too long", "only a stochastic one"],
    answer:
      "An exact prediction is exact only where it was asked. Between two calls the sampler goes straight, or along a guessed bend, while the true path turns. So even a perfect network needs several steps, and samplers differ in how well they guess the bend. Press “Measure every sampler” to see how fast each error falls.",
    action: {
      label: "Show DDIM beside Heun",
      run: () => {
        const [a, b] = store.state.arms;
        store.set({
          arms: [
            {...a, sampler: "ddim", eta: 0},
            {...b, sampler: "heun", eta: 0}
          ]
        });
        document.querySelector("#world-steps")?.scrollIntoView({block: "center"});
      }
    }
  });
}
