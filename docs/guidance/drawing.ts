import type {Film} from "../page/film.js";
import type {Store} from "../page/store.js";
import type {DrawOptions} from "../src/pipeline.js";
import type {Engine} from "../src/worker/client.js";
import type {GuidanceState} from "./state.js";
import type {Work} from "./work.js";

/** How far beside 1 a scale is asked for, so that the UNet answers both questions: without a prompt nobody would see u. */
const BESIDE = 1e-6;

/** Draws the page's own run at the slider's scale; its steps are shown as they come. */
export function drawFilm(store: Store<GuidanceState>, engine: Engine, work: Work): Promise<void> {
  const {state} = store;
  return work.only(store, async (signal, report) => {
    const {prompt, negative, seed, guidance, film: before} = state;
    const {name, preview} = await engine.load();
    const settings = {...before.settings, negative, seed, guidance};
    const {steps} = settings;
    const film: Film = {source: "live", prompt, settings, steps: [], numSteps: steps, tokens: [], finished: false};
    let following = true;
    report(0, steps, "Drawing");
    await work.run(optionsOf({prompt, negative, seed, guidance, steps}), signal, (record) => {
      film.steps.push({...record, guidanceScale: guidance});
      const at = film.steps.length - 1;
      following &&= at === 0 || state.step === at - 1;
      if (at === 0) store.set({film, step: 0, playing: false, modelName: name, preview});
      else store.set(following ? {step: at} : {decoded: state.decoded + 1});
      report(film.steps.length, steps, "Drawing");
    });
    film.finished = true;
    store.set({decoded: state.decoded + 1});
  });
}

/** A run of which both predictions are wanted, also at scale 1. */
export const optionsOf = (options: DrawOptions & {guidance: number}): DrawOptions => ({
  ...options,
  guidance: options.guidance === 1 ? 1 + BESIDE : options.guidance
});
