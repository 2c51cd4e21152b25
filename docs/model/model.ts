import type {Pixels} from "../components/pixels.js";
import {codeRow, withCodes} from "../page/codes.js";
import {keepQuery, readQuery, writeQuery} from "../page/query.js";
import type {SceneStudio} from "../page/scenes.js";
import {createStore} from "../page/store.js";
import {inspectDevice, type Asked} from "../src/preflight/device.js";
import type {Engine} from "../src/worker/client.js";
import {ownCode, scenesCode, trainingCode} from "./code.js";
import {composed} from "./composed.js";
import {errorFigure} from "./errorFigure.js";
import {errorFormula} from "./errorFormula.js";
import {loaderFigure} from "./loader.js";
import {createLoader, NOTHING, type LoaderState} from "./loading.js";
import {pairsMap} from "./pairsMap.js";
import {copyQuestion, errorQuestion, photoQuestion} from "./questions.js";
import {anchorsOf, type ModelRecording} from "./recorded.js";
import {scenesFigure} from "./scenesFigure.js";
import {FIELDS, type ModelState} from "./state.js";
import {trainingFigure} from "./trainingFigure.js";

export interface ModelParts {
  recording: ModelRecording;
  anchors: ArrayBuffer;
  sheet: Promise<readonly Pixels[]>;
  scenes: Promise<SceneStudio>;
  /** Of the shipped model, whatever the reader has chosen: the figures are about it. */
  engine: Engine;
  invalidation: Promise<void>;
}

const DEFAULTS: Omit<ModelState, "prompt" | "playing"> = {
  ...{part: "unet", checkpoint: 10, group: "unseen", measure: "eps", level: 7},
  ...{browse: "trained", scene: 0, picked: 0, mask: "on", drawn: 0, seed: 0}
};

/** The model page: its state, and the figures that the page puts between its words. */
export function createModelPage({recording, anchors, sheet, scenes, engine, invalidation}: ModelParts) {
  const [first] = recording.drawn;
  const defaults = {...DEFAULTS, prompt: first.prompt};
  const store = createStore<ModelState>({...defaults, playing: false, ...readQuery(location.search, FIELDS)});
  keepQuery(store, ({playing, ...values}) =>
    writeQuery({...values, checkpoint: playing ? DEFAULTS.checkpoint : values.checkpoint}, defaults)
  );
  scenes.catch(() => {}); // told where they are shown

  const loading = createStore<LoaderState>(NOTHING);
  const loader = createLoader(loading, {
    fetch: (url, init) => fetch(url, init),
    caches: "caches" in globalThis ? caches : undefined,
    indexedDB,
    device: () => inspectDevice(navigator as unknown as Asked, crossOriginIsolated)
  });
  void invalidation.then(loader.cancel);
  const drawn = composed({
    store,
    recording,
    anchors: anchorsOf(recording, anchors),
    sheet,
    scenes,
    engine,
    invalidation
  });

  return {
    training: withCodes(trainingFigure(store, invalidation), codeRow(trainingCode())),
    errors: errorFigure({store, recording, scenes, engine, invalidation}),
    errorFormula: errorFormula(store, recording),
    scenes: withCodes(scenesFigure({store, objects: recording.objects, scenes}), codeRow(scenesCode())),
    pairs: pairsMap(recording),
    composed: drawn.figure,
    loader: withCodes(loaderFigure(loading, loader), codeRow(ownCode())),
    questions: {
      photo: () => photoQuestion(drawn.draw),
      copy: copyQuestion,
      error: () => errorQuestion(() => store.set({measure: "x0"}))
    }
  };
}
