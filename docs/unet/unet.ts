import {prefersReducedMotion} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {codesOf} from "../page/codes.js";
import {createDecoding} from "../page/decoding.js";
import {loadingNote} from "../page/loading.js";
import {keepQuery, readQuery} from "../page/query.js";
import {recordedFilm, type Recording} from "../page/recorded.js";
import {createStore} from "../page/store.js";
import {createPlayer} from "./playing.js";
import {openRecorded, type UnetRecording} from "./recording.js";
import {residualFigure} from "./residual.js";
import {resnetFigure} from "./resnet.js";
import {createRunning, type Engine} from "./running.js";
import {featuresCode, lookCode, offCode, residualCode, resnetCode, timeCode, WRITTEN} from "./code.js";
import {formulasOf} from "./formulas.js";
import {switchedOffFigure} from "./switchedOff.js";
import {timeFigure} from "./timeFigure.js";
import {wrongTimeFigure} from "./wrongTime.js";
import {stage, chosenRole} from "./stage.js";
import {FIELDS, queryOf, type UnetFilm, type UnetState} from "./state.js";

export interface UnetParts {
  recording: UnetRecording;
  bytes: ArrayBuffer;
  drawing: {recording: Recording; numbers: ArrayBuffer};
  engine: Engine;
  invalidation: Promise<void>;
}

export type Chapter = ReturnType<typeof createUnet>;

/** The chapter: its state, and the figures that the page puts between its words. */
export function createUnet({recording, bytes, drawing, engine, invalidation}: UnetParts) {
  const recorded = openRecorded(recording, bytes);
  const film = filmOf(drawing);
  const address = readQuery(location.search, FIELDS);
  const {step: home} = recording.look;
  const {step, layer, shapes, told, ...asked} = address;
  const {plan, facts} = recorded;
  const plain: UnetState = {
    ...{asked: film.asked, film, step: home, playing: false, ran: null},
    graph: {
      ...{source: "recorded", model: recording.model, plan, facts, roles: [], blocks: recording.blocks},
      ...{sample: recording.sample, tokens: recording.tokens, textWidth: recording.textWidth}
    },
    ...{ready: false, hasControls: true, schedulerConfig: null, preview: recording.preview, shapes: "here"},
    ...{
      chosen: "down_blocks.0.resnets.0",
      resnet: "down_blocks.0.resnets.0",
      block: recording.blocks[0],
      channel: 0,
      told: null
    },
    sight: {look: recorded.look, step: home, of: film.frames[home].xt},
    summaries: new Map(recording.steps.map((_, i) => [i, recorded.summary(i)])),
    ...{times: recorded.times, work: null, error: null, decoded: 0}
  };
  const start = {
    ...plain,
    asked: {...plain.asked, ...asked},
    ...(shapes && {shapes}),
    ...(told !== undefined && {told})
  };
  const store = createStore<UnetState>({
    ...start,
    ...(layer && chosenRole(start, layer)),
    step: Math.min(film.frames.length, step ?? home + 1) - 1
  });
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => engine.status.state !== "ready" || running.busy(),
    onDecoded: () => store.set({decoded: store.state.decoded + 1})
  });
  const running = createRunning(store, engine, {onRest: () => decoding.wake()});
  const player = createPlayer(store, {inView: () => inView(main)});
  const parts = {store, running, decoding, player};
  const note = loadingNote(engine);
  note.addEventListener("retry", () => void running.begin(), true);
  const main = stage(parts);
  const off = switchedOffFigure(parts, engine, recording.off);

  return {
    ...{store, running, player, note, recorded, main},
    resnet: resnetFigure(parts),
    residual: residualFigure(parts),
    time: timeFigure(parts),
    wrongTime: wrongTimeFigure(parts, engine, recording.wrong),
    off,
    formulas: formulasOf(store),
    code: {
      look: codesOf(store, WRITTEN, lookCode),
      resnet: codesOf(store, WRITTEN, resnetCode),
      features: codesOf(store, WRITTEN, featuresCode),
      time: codesOf(store, WRITTEN, timeCode),
      off: codesOf(store, WRITTEN, offCode),
      residual: codesOf(store, WRITTEN, residualCode)
    },
    /** Puts the recorded pictures in place of previews. */
    showFilm(sheet: readonly Pixels[]): void {
      drawing.recording.sheet.forEach((at, i) => decoding.put(film.frames[at].x0, sheet[i]));
      decoding.put(film.last!, sheet[sheet.length - 1]);
      store.set({decoded: store.state.decoded + 1});
    },
    showOff: (sheet: readonly Pixels[]): void => off.show(sheet),
    begin(): void {
      keepQuery(store, (state) => queryOf(state, plain));
      void invalidation.then(() => {
        player.pause();
        running.cancel();
      });
      if (step === undefined && !prefersReducedMotion()) {
        store.set({step: home % 3});
        player.play(home);
      }
      void running.begin();
    }
  };
}

function inView(node: Element): boolean {
  const {top, bottom} = node.getBoundingClientRect();
  return !document.hidden && bottom > 0 && top < innerHeight;
}

/** The recorded drawing, as far as this page needs it. */
export function filmOf({recording, numbers}: UnetParts["drawing"]): UnetFilm {
  const {prompt, settings, steps, numSteps} = recordedFilm(recording, numbers);
  const {negative, seed, sampler, steps: count, guidance} = settings;
  return {
    source: "recorded",
    asked: {prompt, negative, seed, steps: count, guidance, sampler},
    frames: steps.map(({timestep, alphaCumprod, xt, x0}) => ({timestep, alphaCumprod, xt, x0})),
    ...{numSteps, last: steps[steps.length - 1].prevXt}
  };
}
