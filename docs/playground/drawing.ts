import {changeText, type Change} from "../components/forkForm.js";
import {imagePixels} from "../components/pixels.js";
import type {Wish} from "../components/runFields.js";
import {messageOf} from "../src/messageOf.js";
import {DRAWING} from "../src/models/folder.js";
import type {DrawOptions, StepRecord} from "../src/pipeline.js";
import type {Decoding} from "../page/decoding.js";
import {longer} from "../page/inStep.js";
import {timeLeft} from "../page/job.js";
import {loadTelling} from "../page/loading.js";
import type {Store} from "../page/store.js";
import {createTurns} from "../page/turns.js";
import type {Engine} from "../src/worker/client.js";
import {endWish, otherWish, promptOf, type Branch, type PlayState, type Run, type Task} from "./state.js";

/** Tells how much is done of how much; the time left is added. */
export type Report = (label: string, done: number, total: number) => void;

/** One piece of work at a time on the engine; the latest wish wins. */
export interface Drawing {
  /** Draws arm A, and beside it arm B where there is one: one UNet call of each in turn; then arm A's tree of forks. `watch`: which is shown. */
  draw(forks?: readonly Branch[], watch?: number): Promise<void>;
  /** Runs the rest of a run from a step on with one thing changed, as a new twig of the tree. */
  fork(from: number, change: Change): Promise<void>;
  /** Any other work on the engine, under the same rule. */
  only(task: Task, work: (signal: AbortSignal, report: Report) => Promise<void>): Promise<void>;
  /** One run to its decoded end; the records come as they are made. */
  run(run: Run, options: DrawOptions, signal: AbortSignal, onStep: () => void): Promise<void>;
  cancel(): void;
  busy(): boolean;
}

export interface DrawingOptions {
  decoding: () => Pick<Decoding, "put" | "wake">;
  onFinished?: (run: Run) => void;
}

export function createDrawing(
  store: Store<PlayState>,
  engine: Engine,
  {decoding, onFinished}: DrawingOptions
): Drawing {
  const {state} = store;
  const turns = createTurns(() => {
    store.set({work: null, task: null});
    decoding().wake();
  });

  function only(task: Task, work: (signal: AbortSignal, report: Report) => Promise<void>): Promise<void> {
    return turns.only(async (signal) => {
      store.set({error: null, notice: null, task});
      try {
        await load(signal);
        const began = performance.now();
        const report: Report = (label, done, total) => {
          const left = timeLeft(performance.now() - began, done, total);
          if (!signal.aborted) store.set({work: {label: label + left, done, total}});
        };
        if (!signal.aborted) await work(signal, report);
      } catch (error) {
        if (!signal.aborted) store.set({error: messageOf(error)});
      }
    });
  }

  async function load(signal: AbortSignal): Promise<void> {
    const {name, preview, vocabulary} = await loadTelling(engine, DRAWING, signal, (work) => store.set({work}));
    store.set({modelName: name, preview, vocabulary});
  }

  async function run(mine: Run, options: DrawOptions, signal: AbortSignal, onStep: () => void): Promise<void> {
    for await (const record of engine.draw({...options, signal})) {
      if (signal.aborted) return;
      mine.numSteps = record.numSteps;
      mine.steps.push(record);
      onStep();
    }
    if (signal.aborted || !mine.steps.length) return;
    const {prevXt, prev} = mine.steps[mine.steps.length - 1];
    decoding().put(prevXt, imagePixels(await engine.decode(prev)));
    mine.finished = true;
    store.set({decoded: state.decoded + 1});
  }

  async function drawArms(signal: AbortSignal, report: Report): Promise<void> {
    const second = otherWish(state);
    const runs: readonly [Run, Run | null] = [begun(state.wish), second && begun(second)];
    const both = runs.filter((each) => each !== null);
    let following = true;
    store.set({playing: false});

    function onStep(): void {
      const done = both.reduce((sum, {steps}) => sum + steps.length, 0);
      const total = both.reduce((sum, {numSteps}) => sum + numSteps, 0);
      report(`${second ? "Drawing both arms" : "Drawing"}: UNet call ${done} of ${total}`, done, total);
      if (!both.every(({steps}) => steps.length)) return; // what was there stays until both have begun
      const last = longer([runs[0], runs[1] ?? runs[0]]).steps.length - 1;
      if (state.runs !== runs) store.set({runs, tree: [], step: last});
      else following &&= state.step === last || state.step === last - 1;
      store.set(following ? {step: last} : {decoded: state.decoded + 1});
    }

    await Promise.all(both.map((each) => run(each, optionsOf(each.wish), signal, onStep)));
    if (signal.aborted) return;
    store.set({
      runs: [runs[0], runs[1]],
      tree: [{run: runs[0], parent: null, label: `the trunk: ${runs[0].wish.prompt}`}],
      ...(following && {step: longer([runs[0], runs[1] ?? runs[0]]).numSteps - 1})
    });
    for (const each of both) onFinished?.(each);
  }

  async function forkOne({parent, step: from, change}: Branch, signal: AbortSignal, report: Report): Promise<Run> {
    const trunk = state.tree[parent]?.run;
    const record = trunk?.steps[from];
    if (record?.saved === undefined) throw new Error("this step cannot be forked: draw the picture here first");
    const forks = [...trunk.forks, {step: from, change}];
    const mine: Run = {...trunk, forks, steps: trunk.steps.slice(0, from), finished: false};
    const twig = {run: mine, parent, label: `From step ${from + 1}: ${changeText(change, promptOf(trunk))}`};
    store.set({tree: [...state.tree, twig]});
    const total = trunk.numSteps - from;
    const options = {...optionsOf(endWish(mine)), from: record as StepRecord};
    await run(mine, options, signal, () => {
      store.set({tree: [...state.tree]});
      const done = mine.steps.length - from;
      report(`Drawing the fork: UNet call ${done} of ${total}`, done, total);
    });
    if (mine.finished) onFinished?.(mine);
    else store.set({tree: state.tree.filter((other) => other !== twig)});
    return mine;
  }

  async function drawForks(
    forks: readonly Branch[],
    watch: number,
    signal: AbortSignal,
    report: Report
  ): Promise<void> {
    for (const branch of forks) {
      if (signal.aborted) return;
      const run = await forkOne(branch, signal, report);
      if (run.finished) store.set({runs: [run, state.runs[1]], step: run.steps.length - 1});
    }
    const run = state.tree[watch]?.run;
    if (forks.length && run?.finished) store.set({runs: [run, state.runs[1]], step: run.steps.length - 1});
  }

  return {
    draw: (forks = [], watch = forks.length) =>
      only("arms", async (signal, report) => {
        await drawArms(signal, report);
        await drawForks(forks, watch, signal, report);
      }),
    fork: (step, change) =>
      only("fork", async (signal, report) => {
        await forkOne({parent: state.tree.findIndex(({run}) => run === state.runs[0]), step, change}, signal, report);
      }),
    ...{only, run},
    cancel: turns.cancel,
    busy: turns.busy
  };
}

/** A run before its first step. */
export const begun = (wish: Wish): Run => ({
  ...{source: "live", wish, forks: [], steps: [], numSteps: wish.steps, finished: false}
});

/** What the engine is asked for one wish. */
export function optionsOf({noiseSeed, ...wish}: Wish): DrawOptions {
  return {...wish, ...(noiseSeed === null ? {} : {noiseSeed})};
}
