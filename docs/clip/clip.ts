import {codeRow, codesOf, withCodes, type Codes} from "../page/codes.js";
import {cosineArrows} from "../components/cosineArrows.js";
import {html} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {createDecoding} from "../page/decoding.js";
import {isLast} from "../page/film.js";
import {openPictures} from "../page/pictureSource.js";
import {keepQuery, readQuery, seed as seedField, text} from "../page/query.js";
import {recordedFilm, type Recording} from "../page/recorded.js";
import type {SceneMaker} from "../page/scenes.js";
import {createStore} from "../page/store.js";
import {messageOf} from "../src/messageOf.js";
import {arrowsCode, matrixCode, rankCode, towerCode, trainingCode, watchCode, zeroShotCode} from "./code.js";
import {ARROWS, LABELS, TEMPLATE} from "./defaults.js";
import {createDistance} from "../page/distance.js";
import {createEmbeddings} from "../page/embeddings.js";
import type {Engine} from "./engine.js";
import {matrix} from "./matrix.js";
import {cosineNumbers, labelNumbers, lossNumbers} from "./numbers.js";
import {shiftQuestion, temperatureQuestion, wordQuestion} from "./questions.js";
import {ranking, rankStore} from "./ranking.js";
import {recordedEmbeddings, type ClipRecording} from "../page/clipRecording.js";
import {captionsFor, queryOf, readAddress, scenesFor, sentenceOf, type Asked, type ClipState} from "./state.js";
import {towers} from "./towers.js";
import {training, type Metric, type Snapshot} from "./training.js";
import {watching, watchStore} from "./watching.js";
import {zeroShot} from "./zeroShot.js";

/** What the page brings: recorded numbers, the training's history, scenes and the engine. */
export interface ClipParts {
  recording: ClipRecording;
  numbers: ArrayBuffer;
  home: Recording;
  homeNumbers: ArrayBuffer;
  /** Empty where the model's folder is out of reach. */
  snapshots: readonly Snapshot[];
  metrics: readonly Metric[];
  scenes: Promise<SceneMaker>;
  engine: Engine;
  invalidation: Promise<void>;
}

/** Milliseconds without a key before a typed caption is embedded. */
const TYPING = 250;

/** The page on CLIP: its state, and the nodes that the page puts between its words. */
export function createClip({recording, numbers, home, homeNumbers, engine, ...parts}: ClipParts) {
  const {snapshots, metrics, scenes, invalidation} = parts;
  const address = readAddress(location.search);
  const recorded = recordedEmbeddings(recording, numbers);
  const embeddings = createEmbeddings(engine);
  recording.captions.forEach((caption, i) => embeddings.putText(caption, recorded.captions[i]));
  recording.labels.forEach((label, i) => embeddings.putText(sentenceOf(label, "a {}"), recorded.labels[i]));

  const pictures = openPictures({scenes, engine});
  const distance = createDistance({
    ...{embeddings, recorded, calibration: recording.anchors, scene: pictures.scene}
  });
  const wanted = scenesFor(address);
  const store = createStore<ClipState>({
    ...{pictures: wanted.map(() => null), captions: captionsFor(address), learned: recording.temperature},
    ...{temperature: address.tau ?? recording.temperature, view: address.view ?? "cosine", model: recording.model},
    ...{cell: address.pair ?? {row: 0, column: 0}, picking: null, shift: 0},
    ...{labels: address.labels ?? LABELS, template: address.template ?? TEMPLATE, subject: (address.subject ?? 1) - 1},
    ...{embedded: 0, error: null}
  });
  const {state} = store;

  const film = recordedFilm(home, homeNumbers);
  const asked = readQuery(location.search, {prompt: text, seed: seedField});
  const {other} = recording.watched;
  const watch = watchStore(
    {
      ...{prompt: asked.prompt ?? film.prompt, seed: asked.seed ?? film.settings.seed, other: address.other ?? other},
      ...{film, scored: recording.watched, modelName: home.model, preview: home.preview}
    },
    address.step
  );
  const below = createStore<Pick<Asked, "checkpoint" | "arrows">>({
    ...{checkpoint: address.checkpoint ?? null, arrows: address.arrows ?? ARROWS}
  });
  const {ranked} = recording;
  const rank = rankStore({
    ...{model: recording.model, prompt: ranked.prompt},
    list: ranked.seeds.map((seed, i) => ({seed, pixels: null, score: ranked.scores[i]}))
  });
  // Only a store of pictures: what is live brings its own, and of a recording the previews are enough.
  const decoding = createDecoding({
    ...{decode: engine.decode, busy: () => true},
    onDecoded: () => watch.set({decoded: watch.state.decoded + 1})
  });

  const chooser = pictures.source();
  chooser.addEventListener("input", () => {
    const {picking} = state;
    if (picking === null || !chooser.value) return;
    store.set({pictures: state.pictures.map((old, i) => (i === picking ? chooser.value : old))});
  });

  let picking: number | null = null;
  store.onChange((now) => {
    if (now.picking !== picking && now.picking !== null) chooser.value = now.pictures[now.picking];
    picking = now.picking;
  });

  /** Embeds what is shown and not known, once the reader rests. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  const known = new WeakMap<object, number>();
  let counted = 0;
  const idOf = (pixels: Pixels | undefined): number => {
    if (!pixels) return 0;
    if (!known.has(pixels.data)) known.set(pixels.data, (counted += 1));
    return known.get(pixels.data)!;
  };
  function embedLater(): void {
    const texts = textsOf(state);
    const shown = state.pictures.map((picture) => picture?.pixels ?? null);
    const key = JSON.stringify([texts, state.pictures.map((picture) => idOf(picture?.pixels))]);
    if (key === last) return;
    last = key;
    clearTimeout(timer);
    timer = setTimeout(() => void embed(texts, shown), TYPING);
  }
  async function embed(texts: readonly string[], shown: readonly (Pixels | null)[]): Promise<void> {
    try {
      await embeddings.want(texts, shown);
      store.set({embedded: state.embedded + 1, error: null});
    } catch (error) {
      store.set({error: messageOf(error)});
    }
  }

  async function showScenes(): Promise<void> {
    const made = await Promise.all(wanted.map((seed) => pictures.scene(seed)));
    made.forEach(({pixels, seed}) => {
      const at = recording.scenes.indexOf(seed!);
      if (at >= 0) embeddings.putPicture(pixels, recorded.pictures[at]);
    });
    store.set({pictures: state.pictures.map((picture, i) => picture ?? made[i])});
  }

  /** The model's own temperature, and the reader's own picture of the prompt that came along, where one is kept. */
  async function goLive(): Promise<void> {
    const {name} = await engine.load(["clip_text", "clip_vision"]);
    const {logitScale} = await engine.clipInfo();
    const untouched = state.temperature === state.learned;
    store.set({model: name, learned: 1 / logitScale, ...(untouched ? {temperature: 1 / logitScale} : {})});
    if (!asked.prompt || address.pictures) return;
    const own = (await pictures.own()).find(({name}) => name.startsWith(`${asked.prompt} (seed `));
    if (!own) return;
    const mine = {kind: "own" as const, name: own.name, pixels: await own.open()};
    store.set({pictures: state.pictures.map((old, i) => (i === 0 ? mine : old))});
  }

  const shared = {store, embeddings};
  const steps = film.settings.steps;
  const lines = (names: readonly (keyof ClipState)[], write: (now: Readonly<ClipState>) => Codes) =>
    codesOf(store, names, write);
  const arrows = cosineArrows({value: below.state.arrows});
  arrows.addEventListener("input", () => below.set({arrows: arrows.value}));
  const checkpoints = {value: address.checkpoint, onShow: (checkpoint: number | null) => below.set({checkpoint})};

  return {
    ...{store, watch},
    matrix: matrix({...shared, distance, chooser}),
    codes: lines(["captions", "pictures", "temperature"], matrixCode),
    towers: withCodes(towers({...shared, config: recording.config}), lines(["cell"], towerCode)),
    arrows: withCodes(
      html("div", {class: "figure arrows-figure"}, arrows),
      codesOf(below, ["arrows"], (now) => arrowsCode(now.arrows))
    ),
    numbers: {cosine: cosineNumbers(below), loss: lossNumbers(shared), labels: labelNumbers(shared)},
    zeroShot: withCodes(zeroShot(shared), lines(["labels", "template", "temperature", "subject"], zeroShotCode)),
    training: withCodes(
      training({snapshots, metrics, scene: pictures.scene, invalidation, ...checkpoints}),
      codeRow(trainingCode())
    ),
    watching: withCodes(
      watching({
        ...{store: watch, engine, decoding, steps, guidance: film.settings.guidance, invalidation}
      }),
      codesOf(watch, ["prompt", "seed", "other", "film"], watchCode)
    ),
    ranking: withCodes(
      ranking({
        ...{store: rank, engine, wish: watch, steps: ranked.steps, guidance: ranked.guidance, invalidation}
      }),
      codesOf(watch, ["prompt", "seed"], (now) => rankCode(now, ranked.steps, ranked.guidance))
    ),
    questions: {
      word: () => wordQuestion(shared),
      shift: () => shiftQuestion(shared),
      temperature: () => temperatureQuestion(shared)
    },
    /** Puts decoded pictures in place of the recordings' previews. */
    showSheets(filmSheet: readonly Pixels[], seedSheet: readonly Pixels[]): void {
      home.sheet.forEach((index, i) => decoding.put(film.steps[index].x0, filmSheet[i]));
      decoding.put(film.steps.at(-1)!.prev, filmSheet.at(-1)!);
      watch.set({decoded: watch.state.decoded + 1});
      if (rank.state.source === "recorded")
        rank.set({list: rank.state.list.map((item, i) => ({...item, pixels: seedSheet[i] ?? null}))});
    },
    /** Shows the recorded batch, then computes it here. */
    begin(): void {
      store.onChange(embedLater);
      engine.onStatus((status) => {
        if (status.state !== "ready" || !state.error) return;
        last = ""; // what failed is asked again once the model is there
        embedLater();
      });
      const usual = {
        prompt: film.prompt,
        seed: film.settings.seed,
        other,
        step: null,
        checkpoint: null,
        arrows: ARROWS
      };
      const step = () => (isLast(watch.state.film, watch.state.step) ? null : watch.state.step + 1);
      const query = () => queryOf(state, {...watch.state, ...below.state, step: step()}, usual);
      keepQuery(store, query);
      keepQuery(watch, query);
      keepQuery(below, query);
      void showScenes();
      void goLive().catch(() => {}); // the status tells
      void invalidation.then(() => clearTimeout(timer));
    }
  };
}

/** All sentences that the page shows numbers of. */
function textsOf({captions, labels, template}: Readonly<ClipState>): string[] {
  return [...captions, ...labels.map((label) => sentenceOf(label, template))];
}
