import type {Pixels} from "../components/pixels.js";
import {codesOf, withCodes, type Codes} from "../page/codes.js";
import {createDecoding} from "../page/decoding.js";
import {loadingNote} from "../page/loading.js";
import {keepQuery, readQuery} from "../page/query.js";
import {markRecorded} from "../page/recordedLatents.js";
import {resized, type Size} from "../page/resized.js";
import {imageTensor, openScenes, scenePixels} from "../page/scenes.js";
import {createStore} from "../page/store.js";
import type {AtlasManifest} from "../scenes/atlas.js";
import type {ModelInfo} from "../src/models/model.js";
import type {Engine} from "../src/worker/client.js";
import {sceneOf} from "../scenes/scene.js";
import {bellFigure} from "./bellFigure.js";
import {chooser} from "./chooser.js";
import {cloudFigure, POINTS} from "./cloudFigure.js";
import * as code from "./code.js";
import {schedulesCode, spacingsCode} from "./scheduleCode.js";
import {EXTREMES} from "./extremes.js";
import {extremesFigure} from "./extremesFigure.js";
import {createSweep, levelBar} from "../page/levelBar.js";
import {formulasOf} from "./formulas.js";
import {levelStrip} from "./levelStrip.js";
import {lostFigure} from "./lostFigure.js";
import {mainFigure} from "./mainFigure.js";
import {pixelFigure} from "./pixelFigure.js";
import {errorQuestion, halfQuestion, scheduleQuestion} from "./questions.js";
import {recoverFigure} from "./recoverFigure.js";
import {scheduleFigure} from "./scheduleFigure.js";
import {spacingFigure} from "./spacingFigure.js";
import {recordedLatents, sheetParts, type NoiseRecording} from "./recording.js";
import {defaults, fields, queryOf, tableOf, trained, type NoiseState} from "./state.js";
import {createSubjects} from "./subjects.js";
import {createViews} from "./views.js";
import {walkFigure} from "./walkFigure.js";

const scheduled = ["schedule", "betaStart", "betaEnd", "offset"] as const;

/** What the page is made of: a recording, the atlas of scenes, the engine. */
export interface NoiseParts {
  readonly recording: NoiseRecording;
  readonly manifest: AtlasManifest;
  readonly flat: ArrayBuffer;
  readonly engine: Engine;
  readonly invalidation: Promise<void>;
}

/** The chapter on noise: its state, and the nodes that the page puts between its words. */
export async function createNoise({recording, manifest, flat, engine, invalidation}: NoiseParts) {
  const maker = openScenes(manifest, flat, recording.objects);
  const clean = recordedLatents(recording);
  markRecorded(clean, recording.preview);
  const asked = {...defaults, ...readQuery(location.search, fields)};
  const store = createStore<NoiseState>({
    ...asked,
    subject: {
      scene: recording.scene,
      caption: recording.captions[0],
      pixels: null,
      latents: clean,
      from: "recorded"
    },
    table: tableOf(asked),
    ...{playing: false, preview: recording.preview, model: recording.model, ready: false, decoded: 0}
  });
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => engine.status.state !== "ready",
    onDecoded: () => store.set({decoded: store.state.decoded + 1})
  });
  void maker.then((scenes) => {
    const {subject} = store.state;
    if (!subject.pixels) store.set({subject: {...subject, pixels: scenePixels(scenes.make(recording.scene))}});
  });
  const views = createViews(decoding);
  const subjects = createSubjects(store, engine, maker);
  const sweep = createSweep(store);
  let size: Size | null = null;
  const parts = {store, views, decoding};
  /** The lines of a figure, which follow all that they may name. */
  const lines = (write: (state: NoiseState) => Codes) =>
    codesOf(store, [...scheduled, "t", "seed", "wrong", "steps", "blobs", "subject"], write);

  function begin(): void {
    keepQuery(store, queryOf);
    if (!new URLSearchParams(location.search).has("t")) sweep.show();
    engine.onStatus((status) => status.state === "ready" && arrived(status.info));
    engine.load(["vae_encoder", "vae_decoder"]).then(arrived, () => {}); // a failure is told by the engine's status
    void invalidation.then(sweep.pause);
  }

  /** The model is here, at first or after "Retry": what was recorded gives way. */
  function arrived({name, preview, width, height}: Pick<ModelInfo, "name" | "preview" | "width" | "height">): void {
    if (store.state.ready) return;
    size = {width, height};
    subjects.fit(size);
    store.set({ready: true, model: name, preview});
    subjects.chooseScene(store.state.scene).catch(() => {}); // told by the engine's status
  }

  const extremes = extremesFigure({
    ...{store, engine, recording},
    ask: async (index) => {
      const {name, color} = EXTREMES[index];
      const pixels = scenePixels((await maker).draw(sceneOf(name, color)));
      return imageTensor(size ? resized(pixels, size) : pixels);
    }
  });

  return {
    begin,
    store,
    loading: loadingNote(engine),
    main: mainFigure(parts, chooser(store, subjects)),
    levelBar: levelBar(store, sweep),
    levels: withCodes(levelStrip(parts), lines(code.levelsCode)),
    code: lines(code.mainCode),
    formulas: formulasOf(store, views),
    walk: withCodes(walkFigure(parts), lines(code.walkCode)),
    bell: withCodes(bellFigure(parts), lines(code.bellCode)),
    pixels: withCodes(pixelFigure(parts), lines(code.pixelsCode)),
    lost: withCodes(
      lostFigure({...parts, engine, maker, recording}),
      lines(({subject}) => code.lostCode([subject.caption, ...recording.captions.slice(1)]))
    ),
    recover: withCodes(recoverFigure(parts), lines(code.recoverCode)),
    schedules: withCodes(scheduleFigure(parts), lines(schedulesCode)),
    spacings: withCodes(spacingFigure(parts), lines(spacingsCode)),
    cloud: withCodes(
      cloudFigure(parts),
      lines((state) => code.cloudCode(state, state.blobs, POINTS))
    ),
    extremes: withCodes(extremes, lines(code.extremesCode)),
    half: halfQuestion(store),
    error: errorQuestion(store),
    schedule: scheduleQuestion(store),
    /** Decoded pictures of the recording, as soon as they are here. */
    showSheet(pictures: readonly Pixels[]): void {
      const {state} = store;
      const subject = {...state.subject, latents: clean};
      const {frames, drawn} = sheetParts(recording, pictures);
      views.record({...state, ...trained, seed: recording.seed, subject}, frames);
      extremes.showRecorded(drawn);
      store.set({decoded: state.decoded + 1});
    }
  };
}
