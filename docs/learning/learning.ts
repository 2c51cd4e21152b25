import {makeSchedule} from "../src/schedule.js";
import type {Engine} from "../src/worker/client.js";
import {createDecoding, type Decoding} from "../page/decoding.js";
import type {Film} from "../page/film.js";
import {keepQuery} from "../page/query.js";
import {createStore} from "../page/store.js";
import {addressOf, readAddress} from "./address.js";
import {average} from "./average.js";
import {guess, type FigureParts} from "./guess.js";
import {lanes} from "./lanes.js";
import {openMemory, type LearningRecord} from "./memory.js";
import {opening} from "./opening.js";
import {plane} from "./plane.js";
import type {LearningState} from "./state.js";
import {trainer} from "./trainer.js";

export interface LearningParts {
  record: LearningRecord;
  latents: ArrayBuffer;
  answers: ArrayBuffer;
  film: Film;
  engine: Engine;
  invalidation: Promise<void>;
}

/** The learning page: its state, and the figures that the page puts between its words. */
export function createLearning({record, latents, answers, film, engine, invalidation}: LearningParts) {
  const memory = openMemory(record, latents, answers);
  const {alphasCumprod} = makeSchedule(record.schedulerConfig);
  const store = createStore<LearningState>({
    ...readAddress(location.search),
    ...{chosen: null, answered: 0, ready: engine.status.state === "ready", decoded: 0}
  });
  const decodings = new Set<Decoding>();
  /** A queue for each figure: a newer wish replaces an older one of the same figure only. */
  const decodingOfFigure = (): Decoding => {
    const decoding = createDecoding({
      decode: (tensor) => engine.decode(tensor),
      busy: () => engine.status.state !== "ready",
      onDecoded: () => store.set({decoded: store.state.decoded + 1})
    });
    decodings.add(decoding);
    return decoding;
  };
  const stop = engine.onStatus(({state}) => {
    store.set({ready: state === "ready"});
    if (state === "ready") for (const decoding of decodings) decoding.wake();
  });
  void invalidation.then(stop);
  void engine.load().catch(() => {}); // told by the loading note
  keepQuery(store, addressOf);
  const parts = (): FigureParts => ({store, memory, engine, decoding: decodingOfFigure(), alphasCumprod});
  const figures = {
    store,
    guess: guess(parts()),
    average: average(parts()),
    plane: plane({alphasCumprod, store}),
    lanes: lanes({...parts(), drawn: decodingOfFigure(), film}),
    trainer: trainer({store, invalidation})
  };
  if (!new URLSearchParams(location.search).has("t")) opening(store);
  return figures;
}
