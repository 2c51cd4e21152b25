import {prefersReducedMotion} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {createDecoding} from "../page/decoding.js";
import {loadingNote} from "../page/loading.js";
import {keepQuery} from "../page/query.js";
import type {Recording} from "../page/recorded.js";
import {createStore} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import {codesOf, withCodes, type Codes} from "../page/codes.js";
import {handCode, mainCode, placeCode, stripCode, tokensCode, type Opened, type Written} from "./code.js";
import {createDrawing, type Drawing} from "./drawing.js";
import {createPictures} from "./pictures.js";
import {createPlayer} from "./playing.js";
import type {AttentionRecording} from "./recordings.js";
import {recordedRun} from "./run.js";
import {frozenFigure, frozenTable, pointingTable, weightFigure} from "./frozenFigure.js";
import {eatingFigure} from "./eatingFigure.js";
import {frozenCode, rowsCode, weightCode} from "./experimentCode.js";
import {EXPERIMENTS, rowArms} from "./experiments.js";
import {layersOf} from "./layers.js";
import {leakFigure} from "./leakFigure.js";
import {negativeFigure} from "./negativeFigure.js";
import {rowsFigure} from "./rowsFigure.js";
import {handFigure} from "./handFigure.js";
import {placeFigure} from "./placeFigure.js";
import {stage} from "./stage.js";
import {stripFigure} from "./stripFigure.js";
import {tokensFigure} from "./tokensFigure.js";
import {addressOf, readAddress, shownItem, type AttentionState, type Experiments, type Parts} from "./state.js";
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
    ...{...EXPERIMENTS, asking: false},
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
  const lines = (names: readonly (keyof AttentionState)[], write: (state: Readonly<AttentionState>) => Codes) =>
    codesOf(store, names, write);
  const openedOf = (state: Readonly<AttentionState>): Opened => {
    const {names, sides, heads} = layersOf(state.run, recording);
    const at = Math.min(state.handLayer, names.length) - 1;
    return {layer: names[at], side: sides[at], heads, head: Math.min(state.handHead, heads)};
  };

  return {
    ...parts,
    stage: stage(parts),
    note,
    code: lines(LINES, (state) => mainCode(writtenOf(state))),
    tokens: withCodes(tokensFigure(parts), lines([], tokensCode)),
    strip: withCodes(
      stripFigure(parts),
      lines(LINES, (state) => stripCode(writtenOf(state)))
    ),
    place: withCodes(
      placeFigure(parts),
      lines(["place"], (state) => placeCode(writtenOf(state)))
    ),
    hand: withCodes(
      handFigure(parts),
      lines([...LINES, "place", "handLayer", "handHead"], (state) => handCode(writtenOf(state), openedOf(state)))
    ),
    eating: eatingFigure(parts),
    negative: negativeFigure(parts),
    rows: withCodes(
      rowsFigure(parts),
      lines(["run"], ({run: {prompt, settings, items}}) => rowsCode(prompt, settings, rowArms(items.cond)[3].tokens))
    ),
    leak: leakFigure(parts),
    frozen: withCodes(
      frozenFigure(parts),
      lines(["first", "second", "settings"], ({first, second, settings}) => frozenCode(first, second, settings))
    ),
    frozenTable: frozenTable(parts),
    weight: withCodes(
      weightFigure(parts),
      lines(["run", "weighted", "weight"], ({run: {prompt, settings, items}, weighted, weight}) =>
        weightCode(prompt, settings, {
          tokens: items.cond.filter(({name}) => name === weighted).flatMap(({tokens}) => tokens),
          weight
        })
      )
    ),
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

/** What the lines of most figures follow. */
const LINES = ["run", "step", "steps", "layer", "head", "chosen"] as const;

/** What the lines hold: the run on show and how it is looked at. */
function writtenOf(state: Readonly<AttentionState>): Written {
  const {run, step, steps, layer, head, place} = state;
  const {tokens} = run.items.cond[shownItem({...state, hovered: null})];
  const all = run.finished ? steps : "one";
  return {
    prompt: run.prompt,
    settings: run.settings,
    step,
    steps: all,
    layer,
    head: run.source === "live" ? head : 0,
    tokens,
    place
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
    handHead,
    ...others
  } = address;
  const chosen = plain.run.items.cond.findIndex(({name}) => name === word);
  return defined({
    ...{prompt, layer, head, scale, overlay, place, steps: average, handLayer, handHead},
    ...experimentsIn(others),
    smooth: smooth && smooth === "yes",
    chosen: chosen < 0 ? undefined : chosen,
    settings: {...plain.settings, ...defined({negative, seed, steps, guidance})}
  });
}

const experimentsIn = ({wanted, unwanted, pair, first, second, weighted, weight}: Partial<Experiments>) => ({
  ...{wanted, unwanted, pair, first, second, weighted, weight}
});

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== "")
  ) as Partial<T>;
}
