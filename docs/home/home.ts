import type {Pixels} from "../components/pixels.js";
import {codeFold} from "../components/codeFold.js";
import {html, prefersReducedMotion} from "../components/dom.js";
import {keyFrames} from "../components/keyFrames.js";
import type {Engine} from "./engine.js";
import {engineCode, pythonCode} from "./code.js";
import {controls} from "./controls.js";
import {createDecoding} from "../page/decoding.js";
import {createDrawing} from "./drawing.js";
import {keepRun} from "../page/keepRun.js";
import type {Film} from "../page/film.js";
import {experiment, forks} from "./forks.js";
import {forkLines} from "./forkLines.js";
import {formula} from "./formula.js";
import {oneStep} from "./oneStep.js";
import {readAddress, writeAddress} from "./address.js";
import {createPlayer, playerBar} from "./playing.js";
import {recordedFilm, type Recording} from "../page/recorded.js";
import {stage} from "./stage.js";
import type {HomeState} from "./state.js";
import {withCodes} from "../page/codes.js";
import {createStore} from "../page/store.js";

/** A recorded run and the engine that will replace it. */
export interface HomeParts {
  recording: Recording;
  numbers: ArrayBuffer;
  engine: Engine;
  invalidation: Promise<void>;
}

/** The home page: its state, and the nodes that the page puts between its words. */
export function createHome({recording, numbers, engine, invalidation}: HomeParts) {
  const film = recordedFilm(recording, numbers);
  const address = readAddress(location.search);
  const store = createStore<HomeState>({
    prompt: address.prompt ?? film.prompt,
    settings: {...film.settings, ...address.settings},
    ...{
      film,
      step: 0,
      view: address.view ?? "x0",
      playing: false,
      unrolled: address.step !== undefined,
      opened: null,
      triedScale: null as number | null
    },
    ...{
      branches: [],
      work: {label: "Loading the model", done: 0, total: 0},
      error: null,
      notice: null,
      modelName: recording.model,
      preview: recording.preview
    },
    ...{vocabulary: null, decoded: 0}
  });
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => ["loading", "error"].includes(engine.status.state) || drawing.busy(),
    onDecoded: () => store.set({decoded: store.state.decoded + 1})
  });
  const drawing = createDrawing(store, engine, {
    decoding,
    onFinished: (done) => afterwards(done),
    onOtherModel({recommended}) {
      const {steps, guidance} = {...recommended, ...address.settings};
      store.set({settings: {...store.state.settings, steps, guidance}});
    }
  });
  const player = createPlayer(store);
  engine.onStatus((status) => {
    if (status.state === "ready" && status.notice) store.set({notice: status.notice});
  });

  function afterwards(done: Film): void {
    void keepRun({...done, model: store.state.modelName});
    decodeKeyFrames();
  }

  /** The pictures of the strip and of the board, where they can be seen: each costs a decode. */
  function decodeKeyFrames(): void {
    const {film: shown, unrolled, branches} = store.state;
    const keysOf = ({numSteps, steps}: Film) => keyFrames(numSteps).flatMap((index) => steps[index] ?? []);
    const strip = unrolled && shown.source === "live" ? keysOf(shown) : [];
    const board = branches.length ? [branches[0].trunk, ...branches.map((branch) => branch.film)].flatMap(keysOf) : [];
    decoding.later([...[...strip, ...board].map(({x0}) => x0), ...strip.map(({xt}) => xt)]);
  }

  let unrolled = store.state.unrolled;
  store.onChange((state) => {
    if (state.unrolled && !unrolled) decodeKeyFrames();
    unrolled = state.unrolled;
  });

  return {
    store,
    controls: controls({store, drawing}),
    stage: stage({store, decoding, player}),
    player: playerBar(store, player),
    oneStep: oneStep({store, decoding}),
    formula: formula(store),
    forks: withCodes(forks({store, decoding, drawing}), forkLines(store)),
    code: codeFolds(store),
    /** The ready experiment of the forks: the prompt's object becomes another one early, in the first third, and late. */
    runExperiment: () => void drawing.forkAll(experiment(store.state).forks),
    /** Shows an early step without guidance. */
    openNoise(): void {
      player.pause();
      const step = Math.min(Math.round(0.2 * store.state.film.numSteps), store.state.film.steps.length - 1);
      store.set({step, triedScale: 0, opened: "x0"});
    },
    /** Puts the recording's decoded pictures in place of its previews. */
    showSheet(sheet: readonly Pixels[]): void {
      recording.sheet.forEach((index, i) => decoding.put(film.steps[index].x0, sheet[i]));
      decoding.put(film.steps.at(-1)!.prev, sheet.at(-1)!);
      store.set({decoded: store.state.decoded + 1});
    },
    /** Plays the recording, then draws the address's prompt, or the same one, live. */
    async begin(): Promise<void> {
      writeAddress(store);
      void invalidation.then(() => {
        player.pause();
        drawing.cancel();
      });
      if (prefersReducedMotion()) player.select(film.numSteps);
      else player.play();
      await drawing.draw();
      if (store.state.film === film) return; // cancelled, or no model
      if (address.step !== undefined) player.select(address.step - 1);
      if (address.triedScale !== undefined) store.set({triedScale: address.triedScale});
    }
  };
}

function codeFolds(store: ReturnType<typeof createStore<HomeState>>): HTMLElement {
  const [engine, python] = [codeFold("Code", ""), codeFold("as diffusers Python", "")];
  store.onChange(({film: {prompt, settings}}) => {
    engine.update(engineCode(prompt, settings));
    python.update(pythonCode(prompt, settings));
  });
  return html("div", {class: "codes wide"}, engine, python);
}
