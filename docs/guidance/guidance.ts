import {html, prefersReducedMotion} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {loadingNote} from "../page/loading.js";
import {codesOf, withCodes} from "../page/codes.js";
import {createDecoding} from "../page/decoding.js";
import {keepQuery, readQuery, writeQuery} from "../page/query.js";
import {recordedFilm, type Recording} from "../page/recorded.js";
import {createStore} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import {mainCode, rescaleCode} from "./code.js";
import {curveFigure} from "./curveFigure.js";
import {drawFilm} from "./drawing.js";
import {askedExperiments, PAIR, PLANE, shownEnd, valuesOf, type Experiments} from "./experiments.js";
import {formulasOf} from "./formulas.js";
import {gridFigure} from "./gridFigure.js";
import {mainFigure, type Parts} from "./mainFigure.js";
import {negativeFigure} from "./negativeFigure.js";
import {partsFigure} from "./partsFigure.js";
import {createPlayer} from "./playing.js";
import type {GuidanceRecording} from "./recording.js";
import {rescaleFigure} from "./rescaleFigure.js";
import {createRuns, runsFigure, showRuns, spreadFigure} from "./runsFigure.js";
import {fields, type GuidanceState} from "./state.js";
import {createWork, type Work} from "./work.js";
import {worldFigure} from "./worldFigure.js";

export interface GuidanceParts {
  readonly recording: Recording;
  readonly numbers: ArrayBuffer;
  readonly recorded: GuidanceRecording;
  readonly engine: Engine;
  readonly invalidation: Promise<void>;
}

export type GuidancePage = ReturnType<typeof createGuidance>;

/** The step that the page opens at: the prompt speaks loudly there, and the picture is not yet decided. */
const FIRST_STEP = 5;

/** The chapter on guidance: its state, and the nodes that the page puts between its words. */
export function createGuidance({recording, numbers, recorded, engine, invalidation}: GuidanceParts) {
  const film = recordedFilm(recording, numbers);
  const asked = readQuery(location.search, fields);
  const {guidance, seed, negative} = film.settings;
  const plain: GuidanceState = {
    ...{prompt: film.prompt, negative, seed, guidance, rescale: 0, film, step: FIRST_STEP - 1, playing: false},
    ...{work: null, error: null, modelName: recording.model, preview: recording.preview, decoded: 0}
  };
  const {step = FIRST_STEP, ...rest} = asked;
  const store = createStore<GuidanceState>({...plain, ...rest, step: Math.min(step, film.numSteps) - 1});
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => engine.status.state !== "ready" || work.busy(),
    onDecoded: () => store.set({decoded: store.state.decoded + 1})
  });
  const work: Work = createWork({engine, decoding: () => decoding});
  const player = createPlayer(store);
  const plainly: Experiments = {
    ...{arrows: "noise", spread: "x0", pairPrompt: recorded.negative?.prompt ?? film.prompt, ...PAIR, plane: PLANE},
    ...{partFrom: 1, partTo: recorded.parts ? shownEnd(recorded.parts) : 1, partScale: recorded.parts?.scale ?? 1}
  };
  const experiments = createStore(askedExperiments(location.search, plainly, recorded.parts?.shownSteps ?? 1));
  const parts: Parts = {store, experiments, decoding, work, player, draw: () => drawFilm(store, engine, work)};
  const runs = recorded.runs && createRuns(recorded.runs);
  const grid = recorded.grid && gridFigure(store, work, recorded.grid);
  const pieces = recorded.parts && partsFigure(store, experiments, work, recorded.parts);
  const negatives = recorded.negative && negativeFigure(store, experiments, work, recorded.negative);

  const valuesOfPage = ({prompt, negative: unwanted, seed: start, guidance: scale, rescale, step: at}: GuidanceState) =>
    ({prompt, negative: unwanted, seed: start, guidance: scale, rescale, step: at + 1}); // prettier-ignore

  /** The address of everything that is set; a scale or a step that moves by itself is none to keep. */
  function queryOf(): string {
    const first = valuesOfPage(plain);
    const moving = store.state.playing ? {guidance: first.guidance, step: first.step} : {};
    return writeQuery(
      {...valuesOfPage(store.state), ...moving, ...valuesOf(experiments.state)},
      {...first, ...valuesOf(plainly)}
    );
  }

  return {
    ...{store, work, player, decoding, engine},
    main: mainFigure(parts),
    code: codesOf(store, ["film", "step", "guidance"], mainCode),
    formulas: formulasOf(store, experiments),
    world: worldFigure(experiments, invalidation),
    runs: runs && recorded.runs ? runsFigure({page: store, runs, work, recorded: recorded.runs}) : missing("runs"),
    spread: runs ? spreadFigure(runs, experiments) : missing("runs"),
    rescale: withCodes(
      rescaleFigure(parts),
      codesOf(store, ["rescale"], ({rescale}) => rescaleCode(rescale))
    ),
    grid: grid ?? missing("grid"),
    pieces: pieces ?? missing("parts"),
    negatives: negatives ?? missing("negative"),
    loading: loadingNote(engine),
    curve: recorded.judged ? curveFigure(recorded.judged) : missing("judged"),
    showFilm(sheet: readonly Pixels[]): void {
      recording.sheet.forEach((at, i) => decoding.put(film.steps[at].x0, sheet[i]));
      store.set({decoded: store.state.decoded + 1});
    },
    showRuns: (sheet: readonly Pixels[]): void => void (runs && showRuns(runs, sheet)),
    showParts: (sheet: readonly Pixels[]): void => pieces?.showSheet(sheet),
    showNegatives: (sheet: readonly Pixels[]): void => negatives?.showSheet(sheet),
    showGrid: (sheet: readonly Pixels[]): void => grid?.showSheet(sheet),
    begin(): void {
      keepQuery(store, queryOf);
      keepQuery(experiments, queryOf);
      const stop = engine.onStatus(({state}) => {
        if (state !== "ready") return;
        store.set({decoded: store.state.decoded + 1});
        decoding.wake();
      });
      engine.load(["vae_decoder"]).catch(() => {}); // told by the loading note
      void invalidation.then(() => {
        stop();
        player.pause();
        work.cancel();
      });
      const quiet = asked.guidance !== undefined || asked.step !== undefined;
      if (!quiet && !prefersReducedMotion()) player.sweep();
    }
  };
}

/** In place of a figure whose data have not been recorded for this model. */
const missing = (part: string): HTMLElement =>
  html("p", {class: "caption"}, `Not recorded for this model yet: scripts/record/guidance.py --only ${part} does it.`);
