import {prefersReducedMotion} from "../components/dom.js";
import {keyFrames} from "../components/keyFrames.js";
import type {Pixels} from "../components/pixels.js";
import {createDecoding} from "../page/decoding.js";
import {ownModel} from "../page/ownModel.js";
import {keepQuery} from "../page/query.js";
import {recordedFilm, type Recording} from "../page/recorded.js";
import {createStore} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import {addressOf, queryOf, readAddress} from "./address.js";
import {armsCodes} from "./code.js";
import {createDrawing, type Drawing} from "./drawing.js";
import {createHistory} from "./history.js";
import type {Parts} from "./parts.js";
import {guidanceNumbers} from "./numbers.js";
import {createPlayer, master} from "./playing.js";
import {seedGrid} from "./seeds.js";
import {stage} from "./stage.js";
import {emptyGrid, type PlayState, type Run} from "./state.js";
import {forkTree} from "./tree.js";

export interface PlaygroundParts {
  recording: Recording;
  numbers: ArrayBuffer;
  engine: Engine;
  invalidation: Promise<void>;
}

export type Playground = ReturnType<typeof createPlayground>;

/** The page: its state, and the nodes that it puts between its words. */
export function createPlayground({recording, numbers, engine, invalidation}: PlaygroundParts) {
  const recorded = recordedRun(recording, numbers);
  const address = readAddress(location.search);
  let usual = recorded.wish;
  const wish = {...recorded.wish, ...address.wish};
  const store = createStore<PlayState>({
    ...{wish, other: address.other, runs: [recorded, null], step: recorded.numSteps - 1, playing: false, tree: []},
    ...{sown: emptyGrid(Math.min(wish.seed, 2 ** 32 - 8)), sownOf: null, rankWords: address.rankWords, rankedBy: null},
    ...{typing: address.typing, task: null, work: null, error: null, notice: null},
    ...{modelName: recording.model, preview: recording.preview, vocabulary: null, decoded: 0}
  });
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => engine.status.state !== "ready" || drawing.busy(),
    onDecoded: () => store.set({decoded: store.state.decoded + 1})
  });
  const drawing: Drawing = createDrawing(store, engine, {
    decoding: () => decoding,
    onFinished(run) {
      void history.keep(run);
      decodeKeyFrames();
    }
  });
  const player = createPlayer(store);
  const link = () => location.origin + location.pathname + queryOf(store.state);
  const parts: Parts = {store, decoding, drawing, player, engine, link};
  const history = createHistory(parts);
  engine.onStatus((status) => {
    if (status.state === "ready" && status.notice) store.set({notice: status.notice});
  });

  /** The pictures of the strips and of the tree: each costs a decode, so they come while the engine rests. */
  function decodeKeyFrames(): void {
    const {runs, tree} = store.state;
    const shown = [...runs, ...(tree.length > 1 ? tree.map(({run}) => run) : [])];
    const keys = shown.flatMap((run) => (run ? keyFrames(run.numSteps).flatMap((i) => run.steps[i] ?? []) : []));
    decoding.later([...new Set(keys.map(({x0}) => x0))]);
  }

  /** A model of the reader's own brings its name, its colours, and the settings that suit it. */
  async function takeOwnModel(): Promise<void> {
    const own = await ownModel();
    if (!own) return;
    const {name, preview, recommended} = own.manifest;
    usual = {...usual, ...recommended};
    store.set({modelName: name, preview, wish: {...store.state.wish, ...recommended, ...address.wish}});
  }

  return {
    ...{store, drawing, player},
    stage: stage(parts),
    tree: forkTree(parts),
    seeds: seedGrid(parts),
    history: history.node,
    code: armsCodes(store),
    numbers: guidanceNumbers(store),
    /** Puts the recording's decoded pictures in place of its previews. */
    showSheet(sheet: readonly Pixels[]): void {
      recording.sheet.forEach((index, i) => decoding.put(recorded.steps[index].x0, sheet[i]));
      decoding.put(recorded.steps[recorded.steps.length - 1].prevXt, sheet[sheet.length - 1]);
      store.set({decoded: store.state.decoded + 1});
    },
    /** Plays the recording; an address that asks for a run is drawn at once, for whoever opens a link wants its picture. */
    async begin(): Promise<void> {
      await takeOwnModel();
      keepQuery(store, (state) => addressOf(state, usual));
      void history.refresh();
      void invalidation.then(() => {
        player.pause();
        drawing.cancel();
      });
      const {forks, watch, other} = address;
      const asks = Object.keys(address.wish).length + Object.keys(other).length + forks.length > 0;
      if (!asks && address.step !== undefined) player.select(address.step - 1);
      else if (!prefersReducedMotion()) player.play();
      if (!asks) return;
      await drawing.draw(forks, watch);
      if (address.step !== undefined && master(store.state) !== recorded) player.select(address.step - 1);
    }
  };
}

function recordedRun(recording: Recording, numbers: ArrayBuffer): Run {
  const {prompt, settings, steps, numSteps} = recordedFilm(recording, numbers);
  const wish = {...{prompt, eta: 0}, ...settings};
  return {source: "recorded", wish, forks: [], steps, numSteps, finished: true, model: recording.model};
}
