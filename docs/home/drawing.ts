import {changeText, type Change} from "../components/forkForm.js";
import {imagePixels} from "../components/pixels.js";
import {messageOf} from "../src/messageOf.js";
import {DRAWING} from "../src/models/folder.js";
import type {ModelInfo} from "../src/models/model.js";
import type {DrawOptions, StepRecord} from "../src/pipeline.js";
import type {Engine} from "./engine.js";
import type {Decoding} from "../page/decoding.js";
import type {Branch, Film} from "../page/film.js";
import type {HomeState} from "./state.js";
import {loadTelling} from "../page/loading.js";
import type {Store} from "../page/store.js";
import {createTurns, type Turns} from "../page/turns.js";

/** What the page asks of the engine. */
export interface Drawing {
  /** Draws the prompt and the settings of the state; a drawing under way gives way. */
  draw(): Promise<void>;
  /** Runs the rest of the trunk from a step on with one thing changed, as a new branch. */
  fork(from: number, change: Change): Promise<void>;
  /** Several forks, one after the other; a new drawing or Cancel ends the row. */
  forkAll(forks: readonly {from: number; change: Change}[]): Promise<void>;
  cancel(): void;
  busy(): boolean;
}

/** Where the last picture of a run goes, and whom to tell of its end. */
export interface DrawingOptions {
  decoding: Pick<Decoding, "put" | "wake">;
  onFinished?: (film: Film) => void;
  /** Hears of a model that is not the recording's, before anything is drawn with it. */
  onOtherModel?: (info: ModelInfo) => void;
}

/** Runs of the engine as changes of the page's state. The latest wish wins. */
export function createDrawing(
  store: Store<HomeState>,
  engine: Engine,
  {decoding, onFinished, onOtherModel}: DrawingOptions
): Drawing {
  const {state} = store;
  const turns = createTurns(() => {
    store.set({work: null});
    decoding.wake();
  });
  const only: Turns["only"] = (work) => turns.only((signal) => guarded(work, signal));
  let following = false;

  async function guarded(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    store.set({error: null, notice: null});
    try {
      await load(signal);
      if (!signal.aborted) await work(signal);
    } catch (error) {
      if (!signal.aborted) store.set({error: messageOf(error)});
    }
  }

  async function load(signal: AbortSignal): Promise<void> {
    const info = await loadTelling(engine, DRAWING, signal, (work) => store.set({work}));
    const {name, preview, vocabulary} = info;
    if (state.modelName !== name) onOtherModel?.(info);
    if (state.vocabulary !== vocabulary || state.modelName !== name) store.set({modelName: name, preview, vocabulary});
  }

  async function run(film: Film, options: DrawOptions, signal: AbortSignal, onStep: (record: StepRecord) => void) {
    const label = "Drawing";
    const report = (done: number) =>
      store.set({work: {label: `${label}: step ${done} of ${film.numSteps}`, done, total: film.numSteps}});
    report(film.steps.length);
    for await (const record of engine.draw({...options, signal})) {
      if (signal.aborted) return;
      film.steps.push(record);
      onStep(record);
      report(film.steps.length);
    }
    if (film.steps.length < film.numSteps || signal.aborted) return;
    store.set({work: {label: "Decoding", done: film.numSteps, total: film.numSteps}});
    const {prev} = film.steps.at(-1)!;
    decoding.put(prev, imagePixels(await engine.decode(prev)));
    film.finished = true;
    store.set({decoded: state.decoded + 1});
    onFinished?.(film);
  }

  function draw(): Promise<void> {
    return only(async (signal) => {
      const {prompt, settings} = state;
      const {ids, tokens: texts} = await engine.tokenize(prompt);
      const film: Film = {
        ...{source: "live", prompt, settings, steps: [], numSteps: settings.steps, finished: false},
        tokens: ids.map((id, i) => ({id, text: texts[i]}))
      };
      following = true;
      await run(film, optionsOf(film), signal, (record) => {
        if (record.index === 0) store.set({film, step: 0, branches: [], triedScale: null, playing: false});
        else if (following && state.film === film && state.step === record.index - 1) store.set({step: record.index});
        else following = false;
      });
    });
  }

  async function forkOne(trunk: Film, from: number, change: Change, signal: AbortSignal): Promise<void> {
    const record = trunk.steps[from];
    if (!record || record.saved === undefined)
      throw new Error("this step cannot be forked: draw the picture here first");
    const film = changed(trunk, from, change);
    const label = `From step ${from + 1}: ${changeText(change, trunk.prompt)}`;
    const branch: Branch = {label, film, from, trunk};
    store.set({branches: [...state.branches, branch]});
    await run(film, {...optionsOf(film), from: record as StepRecord}, signal, () =>
      store.set({branches: [...state.branches]})
    );
    if (!film.finished) store.set({branches: state.branches.filter((other) => other !== branch)});
  }

  return {
    draw,
    fork: (from, change) => only((signal) => forkOne(state.film, from, change, signal)),
    forkAll: (forks) =>
      only(async (signal) => {
        const trunk = state.film;
        for (const {from, change} of forks) if (!signal.aborted) await forkOne(trunk, from, change, signal);
      }),
    cancel: turns.cancel,
    busy: turns.busy
  };
}

/** Rejects when the signal aborts: waiting for the model ends at once, while the model goes on loading. */
/** The trunk up to a step, ready to go on otherwise. */
function changed(trunk: Film, from: number, change: Change): Film {
  const settings = {...trunk.settings};
  if (change.kind === "guidance") settings.guidance = change.guidance;
  if (change.kind === "noiseSeed") settings.noiseSeed = change.noiseSeed;
  const prompt = change.kind === "prompt" ? change.prompt : trunk.prompt;
  return {...trunk, prompt, settings, steps: trunk.steps.slice(0, from), finished: false};
}

function optionsOf({prompt, settings}: Film): DrawOptions {
  const {seed, steps, guidance, sampler, negative, noiseSeed} = settings;
  return {prompt, negative, seed, steps, guidance, sampler, ...(noiseSeed === null ? {} : {noiseSeed})};
}
