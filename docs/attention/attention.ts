import {prefersReducedMotion} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {createDecoding} from "../page/decoding.js";
import {loadingNote} from "../page/loading.js";
import {keepQuery} from "../page/query.js";
import type {Recording} from "../page/recorded.js";
import {createStore} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import {codeFolds} from "./code.js";
import {createDrawing, type Drawing} from "./drawing.js";
import {createPictures} from "./pictures.js";
import {createPlayer} from "./playing.js";
import type {AttentionRecording} from "./recordings.js";
import {recordedRun} from "./run.js";
import {frozenFigure, frozenTable, pointingTable, weightFigure} from "./frozenFigure.js";
import {rowsFigure} from "./rowsFigure.js";
import {eatingFigure, leakFigure, negativeFigure} from "./wordsFigures.js";
import {handFigure} from "./handFigure.js";
import {placeFigure} from "./placeFigure.js";
import {stage} from "./stage.js";
import {stripFigure} from "./stripFigure.js";
import {tokensFigure} from "./tokensFigure.js";
import {addressOf, readAddress, type AttentionState, type Parts} from "./state.js";
import {firstToShow} from "./tokens.js";

/** The recorded run of the home page, its maps, and the engine that draws others. */
export interface AttentionParts {
  run: Recording;
  numbers: ArrayBuffer;
  recording: AttentionRecording;
  bytes: ArrayBuffer;
  engine: Engine;
  invalidation: Promise<void>;
}

export type Attention = ReturnType<typeof createAttention>;

/** The chapter: its state, and the nodes that the page puts between its words. */
export function createAttention({run: ofRun, numbers, recording, bytes, engine, invalidation}: AttentionParts) {
  const run = recordedRun(ofRun, numbers, recording.maps.main, bytes);
  const address = readAddress(location.search);
  const plain: AttentionState = {
    ...{prompt: run.prompt, settings: run.settings, run, step: run.numSteps - 1, playing: false},
    ...{layer: "all", head: 0, steps: "one", smooth: false, scale: "own", overlay: "heat"},
    ...{chosen: firstToShow(run.items.cond), hovered: null, place: {row: 10, column: 8}, handLayer: 1, handHead: 1},
    ...{work: null, error: null, modelName: recording.model, preview: ofRun.preview, decoded: 0}
  };
  const store = createStore<AttentionState>({...plain, ...asked(address, plain)});
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => engine.status.state !== "ready" || drawing.busy(),
    onDecoded: () => store.set({decoded: store.state.decoded + 1})
  });
  const drawing: Drawing = createDrawing(store, engine, () => decoding);
  const player = createPlayer(store);
  const pictures = createPictures();
  const parts: Parts = {store, engine, drawing, decoding, player, recording, bytes, pictures};

  const note = loadingNote(engine);

  return {
    ...parts,
    stage: stage(parts),
    note,
    code: codeFolds(parts),
    tokens: tokensFigure(parts),
    strip: stripFigure(parts),
    place: placeFigure(parts),
    hand: handFigure(parts),
    eating: eatingFigure(parts),
    negative: negativeFigure(parts),
    rows: rowsFigure(parts),
    leak: leakFigure(parts),
    frozen: frozenFigure(parts),
    frozenTable: frozenTable(parts),
    weight: weightFigure(parts),
    pointing: pointingTable(parts),
    /** Puts the recorded run's decoded pictures in place of its previews. */
    showRun(sheet: readonly Pixels[]): void {
      ofRun.sheet.forEach((index, i) => decoding.put(run.steps[index].x0, sheet[i]));
      decoding.put(run.steps[run.steps.length - 1].prev, sheet[sheet.length - 1]);
      store.set({decoded: store.state.decoded + 1});
    },
    /** Plays the recorded run. */
    begin(): void {
      keepQuery(store, (state) => addressOf(state, plain));
      void invalidation.then(() => {
        player.pause();
        drawing.cancel();
      });
      if (address.step !== undefined) player.select(Math.min(address.step, run.numSteps) - 1);
      else if (address.average === undefined && !prefersReducedMotion()) player.play();
      void engine.load(["text_encoder", "unet"]).then(
        ({name, preview}) => store.set({modelName: name, preview}),
        () => {} // told by the note
      );
    }
  };
}

/** What an address asks for, over the defaults. */
function asked(address: ReturnType<typeof readAddress>, plain: AttentionState): Partial<AttentionState> {
  const {
    prompt,
    negative,
    seed,
    steps,
    guidance,
    word,
    layer,
    head,
    average,
    scale,
    smooth,
    overlay,
    place,
    handLayer,
    handHead
  } = address;
  const chosen = plain.run.items.cond.findIndex(({name}) => name === word);
  return defined({
    ...{prompt, layer, head, scale, overlay, place, steps: average, handLayer, handHead},
    smooth: smooth && smooth === "yes",
    chosen: chosen < 0 ? undefined : chosen,
    settings: {...plain.settings, ...defined({negative, seed, steps, guidance})}
  });
}

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== "")
  ) as Partial<T>;
}
