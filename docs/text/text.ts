import {splitWords, type TokenizerFile} from "../src/models/bytePairs.js";
import type {Engine} from "../src/worker/client.js";
import {loadingNote} from "../page/loading.js";
import {keepQuery, readQuery} from "../page/query.js";
import {onSelected} from "../page/selected.js";
import {createStore, type Store} from "../page/store.js";
import {betweenFigure} from "./betweenFigure.js";
import {changeFigure} from "./changeFigure.js";
import {codesFor} from "./codes.js";
import {formulasOf} from "./formulas.js";
import {matrixFigure, placedOf} from "./matrixFigure.js";
import {nearFigure} from "./nearFigure.js";
import {playsAtFirst} from "./playing.js";
import {ballQuestion, lastWordQuestion, orderQuestion, pluralQuestion} from "./questions.js";
import {createReader, pooledCosine, ranked} from "./reader.js";
import {stagesOf, unpack, type Recorded, type TextRecording} from "./reading.js";
import type {TokenCounts} from "./spelling.js";
import {spellFigure} from "./spellFigure.js";
import {DEFAULTS, FIELDS, queryOf, type TextState} from "./state.js";
import {sumFigure} from "./sumFigure.js";

/** A recording of two prompts, what is known of the tokens, and the engine that will read any prompt. */
export interface TextParts {
  recording: TextRecording;
  numbers: ArrayBuffer;
  counts: TokenCounts;
  engine: Engine;
  invalidation: Promise<void>;
}

/** The chapter: its state, and the nodes that the page puts between its words. */
export function createText({recording, numbers, counts, engine, invalidation}: TextParts) {
  const recorded = unpack(recording, numbers);
  const {model, phrases} = recording;
  const {"prompt.b": other, ...asked} = readQuery(location.search, FIELDS);
  const store = createStore<TextState>({
    ...DEFAULTS,
    ...asked,
    other: other ?? DEFAULTS.other,
    ...startOf(recorded, model, phrases),
    ...{hovered: null, playing: false, rung: null, replaying: false, bytePairs: null, column: 0}
  });
  const reader = createReader(store, {engine, recorded, model, phrases, fetchTokenizer});
  const note = loadingNote(engine);
  note.addEventListener("retry", () => reader.retry(), true);

  followWord(store);
  const [spelling, change] = [spellFigure(store, counts), changeFigure(store)];
  const near = nearFigure(store, {counts, colors: recorded.colors});

  return {
    store,
    note,
    matrix: matrixFigure(store, counts),
    spelling,
    sum: sumFigure(store),
    between: betweenFigure(store),
    change,
    near,
    code: codesFor(store),
    formulas: formulasOf(store, engine),
    questions: {
      plural: pluralQuestion(store, spelling),
      lastWord: lastWordQuestion(store, change),
      order: orderQuestion(store, change),
      ball: ballQuestion(store, near)
    },
    /** Plays the recorded stages, and reads the address's prompt. */
    begin(): void {
      keepQuery(store, queryOf);
      if (playsAtFirst(asked.stage !== undefined))
        store.set({playing: true, stage: stagesOf(store.state.reading)[0].key});
      void reader.begin();
      void invalidation.then(() => {
        store.set({playing: false, replaying: false});
        reader.stop();
      });
    }
  };
}

/** A token that is pressed takes its word along to the ladder of merges; the address's own word stays. */
function followWord({onChange, set}: Store<TextState>): void {
  let opened = false;
  onSelected({onChange}, ["row"], ({row, reading}) => {
    const token = row === null ? undefined : placedOf(reading)[row];
    if (opened && token?.kind === "piece")
      set({word: splitWords(reading.prompt)[token.word], rung: null, replaying: false});
    opened = true;
  });
}

/** What the figures show before the model is there. */
function startOf({readings, pooled}: Recorded, model: string, phrases: readonly string[]) {
  const [from, to] = readings;
  return {
    reading: from,
    pair: {from, to, pooledCosine: pooledCosine(pooled, from.prompt, to.prompt)},
    nearest: ranked(DEFAULTS.phrase, phrases, pooled, {source: "recorded", model})!
  };
}

/** The model's own list of merges, beside its weights. */
async function fetchTokenizer(): Promise<TokenizerFile> {
  const response = await fetch(new URL("_file/models/tiny/tokenizer/tokenizer.json", document.baseURI));
  if (!response.ok) throw new Error(`tokenizer.json could not be loaded: the server answered ${response.status}`);
  return (await response.json()) as TokenizerFile;
}
