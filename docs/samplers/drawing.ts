import {imagePixels} from "../components/pixels.js";
import {messageOf} from "../src/messageOf.js";
import type {DrawOptions, StepRecord} from "../src/pipeline.js";
import type {Decoding} from "../page/decoding.js";
import {loadTelling} from "../page/loading.js";
import type {Store} from "../page/store.js";
import {createTurns, type Turns} from "../page/turns.js";
import type {Engine} from "../src/worker/client.js";
import {longer} from "../page/inStep.js";
import type {ArmRun, Pair, SamplersState} from "./state.js";

/** One piece of work at a time on the engine; the latest wish wins. */
export interface Drawing {
  /** Draws both arms, one UNet call of each in turn. */
  draw(): Promise<void>;
  /** Any other work on the engine, under the same rule. */
  only(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  cancel(): void;
  busy(): boolean;
}

export function createDrawing(store: Store<SamplersState>, engine: Engine, decoding: () => Decoding): Drawing {
  const {state} = store;
  const turns = createTurns(() => {
    store.set({work: null});
    decoding().wake();
  });
  const only: Turns["only"] = (work) => turns.only((signal) => guarded(work, signal));

  async function guarded(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    store.set({error: null});
    try {
      await load(signal);
      if (!signal.aborted) await work(signal);
    } catch (error) {
      if (!signal.aborted) store.set({error: messageOf(error)});
    }
  }

  async function load(signal: AbortSignal): Promise<void> {
    const {name, preview} = await loadTelling(engine, [], signal, (work) => store.set({work}));
    store.set({modelName: name, preview});
  }

  async function drawBoth(signal: AbortSignal): Promise<void> {
    const runs: Pair<ArmRun> = [begun(state, 0), begun(state, 1)];
    const finished = state.runs.every((run) => run.finished) ? state.runs : state.before;
    const began = performance.now();
    let following = true;
    store.set({playing: false, triedEta: null, work: {label: "Drawing both arms", done: 0, total: 0}});

    function onStep(): void {
      const [done, total] = [0, 1].map((i) =>
        runs.reduce((sum, run) => sum + (i ? run.numSteps : run.steps.length), 0)
      );
      if (!runs.every((run) => run.steps.length)) return; // the old pair stays until both have begun
      const last = longer(runs).steps.length - 1;
      if (state.runs !== runs) store.set({runs, before: finished, step: last});
      else following &&= state.step === last || state.step === last - 1;
      const left = ((performance.now() - began) / 1000 / done) * (total - done);
      const label = `Drawing both arms: UNet call ${done} of ${total}, about ${Math.ceil(left)} s left`;
      store.set({work: {label, done, total}, ...(following ? {step: last} : {decoded: state.decoded + 1})});
    }

    await Promise.all(runs.map((run) => drawOne(run, optionsOf(state, run), signal, onStep)));
    if (signal.aborted) return;
    store.set({work: {label: "Decoding both pictures", done: 0, total: 0}});
    for (const run of runs) {
      const {prevXt} = run.steps[run.steps.length - 1];
      decoding().put(prevXt, imagePixels(await engine.decode(prevXt)));
      run.finished = true;
    }
    store.set({
      runs: [runs[0], runs[1]],
      decoded: state.decoded + 1,
      ...(following && {step: longer(runs).numSteps - 1})
    });
  }

  async function drawOne(run: ArmRun, options: DrawOptions, signal: AbortSignal, onStep: () => void): Promise<void> {
    for await (const record of engine.draw({...options, signal})) {
      if (signal.aborted) return;
      run.numSteps = record.numSteps;
      run.steps.push(record satisfies StepRecord);
      onStep();
    }
  }

  return {
    draw: () => only(drawBoth),
    only,
    cancel: turns.cancel,
    busy: turns.busy
  };
}

function begun({prompt, seed, noiseSeed, arms}: Readonly<SamplersState>, arm: 0 | 1): ArmRun {
  const settings = arms[arm];
  return {
    ...{source: "live", prompt, seed, noiseSeed, settings},
    ...{steps: [], numSteps: settings.steps, finished: false}
  };
}

/** What the engine is asked for one run. */
export function optionsOf(
  {negative}: Pick<SamplersState, "negative">,
  {prompt, seed, noiseSeed, settings}: Pick<ArmRun, "prompt" | "seed" | "noiseSeed" | "settings">
): DrawOptions {
  return {prompt, negative, seed, ...settings, ...(noiseSeed === null ? {} : {noiseSeed})};
}
