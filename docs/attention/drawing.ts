import {imagePixels, type Pixels} from "../components/pixels.js";
import {messageOf} from "../src/messageOf.js";
import type {Engine} from "../src/worker/client.js";
import type {DrawOptions, StepRecord} from "../src/pipeline.js";
import {wordsOf} from "../src/trace/words.js";
import type {Decoding} from "../page/decoding.js";
import {loadTelling} from "../page/loading.js";
import type {Store} from "../page/store.js";
import {createTurns, type Turns} from "../page/turns.js";
import {groupChoices, layersOf, singleChoices} from "./layers.js";
import {liveRun, type AttentionRun} from "./run.js";
import type {AttentionState} from "./state.js";
import {firstToShow} from "./tokens.js";

/** One piece of work at a time on the engine; the latest wish wins. */
export interface Drawing {
  /** Draws the prompt and settings of the state, with the attention of every token and step. */
  draw(): Promise<void>;
  /** Draws any run; its steps come as they are made. null where it was given up. */
  traced(asked: TracedOptions, signal: AbortSignal, onStep: (run: AttentionRun) => void): Promise<AttentionRun | null>;
  /** Draws without maps, to its picture. null where it was given up. @param name of what is drawn, for the progress line */
  picture(name: string, records: AsyncGenerator<StepRecord>, signal: AbortSignal): Promise<Pixels | null>;
  /** Work under the same rule. */
  only(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  cancel(): void;
  busy(): boolean;
}

export type TracedOptions = Pick<AttentionState, "prompt" | "settings"> & {readonly name?: string};

export function createDrawing(store: Store<AttentionState>, engine: Engine, decoding: () => Decoding): Drawing {
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
    if (state.modelName !== name || state.preview !== preview) store.set({modelName: name, preview});
  }

  /** "Drawing: step 3 of 30, about 6 s left" */
  function progressOf(name: string): (done: number, total: number) => void {
    const began = performance.now();
    return (done, total) => {
      const left = done ? Math.ceil(((performance.now() - began) / 1000 / done) * (total - done)) : null;
      const label = `${name}: step ${done} of ${total}${left === null ? "" : `, about ${left} s left`}`;
      store.set({work: {label, done, total}});
    };
  }

  async function traced(
    {prompt, settings, name = "Drawing"}: TracedOptions,
    signal: AbortSignal,
    onStep: (run: AttentionRun) => void
  ): Promise<AttentionRun | null> {
    const [cond, uncond] = [await engine.tokenize(prompt), await engine.tokenize(settings.negative)];
    const tokens = cond.ids.map((id, i) => ({id, text: cond.tokens[i]}));
    const words = {cond: wordsOf(cond, prompt), uncond: wordsOf(uncond, settings.negative)};
    const run = liveRun({prompt, settings, tokens, words});
    const report = progressOf(name);
    report(0, run.numSteps);
    for await (const record of engine.draw({...optionsOf({prompt, settings}), trace: ["attn2"], signal})) {
      if (signal.aborted) return null;
      run.numSteps = record.numSteps;
      run.steps.push(record);
      onStep(run);
      report(run.steps.length, run.numSteps);
    }
    if (signal.aborted || !run.steps.length) return null;
    store.set({work: {label: "Decoding", done: run.numSteps, total: run.numSteps}});
    const {prev} = run.steps[run.steps.length - 1];
    decoding().put(prev, imagePixels(await engine.decode(prev)));
    run.finished = true;
    store.set({decoded: state.decoded + 1});
    return run;
  }

  async function picture(
    name: string,
    records: AsyncGenerator<StepRecord>,
    signal: AbortSignal
  ): Promise<Pixels | null> {
    const report = progressOf(name);
    let last: StepRecord | null = null;
    for await (const record of records) {
      if (signal.aborted) return null;
      last = record;
      report(record.index + 1, record.numSteps);
    }
    return last && imagePixels(await engine.decode(last.prev));
  }

  return {
    ...{traced, picture, only},
    draw: () =>
      only(async (signal) => {
        let following = true;
        store.set({playing: false});
        await traced({prompt: state.prompt, settings: state.settings}, signal, (run) => {
          const last = run.steps.length - 1;
          if (last === 0) store.set({run, step: 0, steps: "one", ...wordIn(run, state), ...layerIn(run, state)});
          else if (following && state.run === run && state.step === last - 1) store.set({step: last});
          else following = false;
        });
      }),
    cancel: turns.cancel,
    busy: turns.busy
  };
}

/** The same word where the new prompt has it; else its first that names something. */
function wordIn(run: AttentionRun, {run: before, chosen}: Readonly<AttentionState>): Partial<AttentionState> {
  const items = run.items.cond;
  const {name, kind} = before.items.cond[chosen];
  const same = items.findIndex((item) => item.kind === kind && (kind !== "word" || item.name === name));
  return {chosen: same < 0 ? firstToShow(items) : same, hovered: null};
}

/** The same layers where the run's model has them; else all. */
function layerIn(run: AttentionRun, {layer}: Readonly<AttentionState>): Partial<AttentionState> {
  const layers = layersOf(run, {layers: [], sides: [], heads: 1});
  const known = [...groupChoices(layers), ...singleChoices(layers)].some(({value}) => value === layer);
  return known ? {} : {layer: "all"};
}

/** What the engine is asked for a run. */
export function optionsOf({prompt, settings}: Pick<AttentionState, "prompt" | "settings">): DrawOptions {
  const {seed, steps, guidance, sampler, negative, noiseSeed} = settings;
  return {prompt, negative, seed, steps, guidance, sampler, ...(noiseSeed === null ? {} : {noiseSeed})};
}
