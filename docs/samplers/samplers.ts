import {html, prefersReducedMotion} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {createDecoding} from "../page/decoding.js";
import {keepQuery} from "../page/query.js";
import {recordedFilm, type Recording} from "../page/recorded.js";
import {createStore, type Store} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import {addressOf, readAddress} from "./address.js";
import {codeRow, codesOf, withCodes, type Codes} from "../page/codes.js";
import * as code from "./code.js";
import {convergence, judgement, type RecordedConvergence, type RecordedJudgement} from "./convergence.js";
import {cards, type RecordedCards} from "./cards.js";
import {createDrawing, type Drawing} from "./drawing.js";
import {distances} from "./distances.js";
import {equations} from "./equations.js";
import {formulas} from "./formula.js";
import {isEnd, longer} from "../page/inStep.js";
import {PLANE} from "./plane.js";
import {createPlayer, playerBar} from "./playing.js";
import {recordedDdpm, type RecordedDdpm} from "./recordedDdpm.js";
import {seedExperiments} from "./seeds.js";
import {stage} from "./stage.js";
import type {ArmRun, Pair, SamplersState} from "./state.js";
import {principalView, trajectories} from "./trajectories.js";
import {worldView, type WorldState} from "./worldView.js";

/** What scripts/record/samplers.py has recorded; it can do so part by part. */
export interface RecordedSamplers {
  readonly ddpm?: RecordedDdpm;
  readonly cards?: RecordedCards;
  readonly convergence?: RecordedConvergence;
  readonly judged?: RecordedJudgement;
}

/** One arm as recorded by scripts/record.ts. */
export interface RecordedArm {
  readonly recording: Recording;
  readonly numbers: ArrayBuffer;
}

export interface SamplersParts {
  arms: Pair<RecordedArm>;
  recorded: RecordedSamplers;
  engine: Engine;
  invalidation: Promise<void>;
}

export type Samplers = ReturnType<typeof createSamplers>;

/** The chapter: its state, and the nodes that the page puts between its words. */
export function createSamplers({arms: recordedArms, recorded, engine, invalidation}: SamplersParts) {
  const runs = pair(recordedArms, recordedRun);
  const address = readAddress(location.search);
  const [{recording}] = recordedArms;
  const plain: SamplersState = {
    ...{prompt: runs[0].prompt, negative: "", seed: runs[0].seed, noiseSeed: null},
    arms: pair(runs, ({settings}) => settings),
    ...{runs, before: null, step: runs[0].numSteps - 1, playing: false, work: null, error: null},
    ...{triedEta: null, liveSampler: "ddim"},
    ...{modelName: recording.model, preview: recording.preview, decoded: 0}
  };
  const asked = pair([0, 1] as const, (i) => ({...plain.arms[i], ...address.arms[i]}));
  const store = createStore<SamplersState>({...plain, ...address.shared, arms: asked});
  const plane = createStore<WorldState>({...PLANE, ...address.plane, runs: null});
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => engine.status.state !== "ready" || drawing.busy(),
    onDecoded: () => store.set({decoded: store.state.decoded + 1})
  });
  const drawing: Drawing = createDrawing(store, engine, () => decoding);
  const player = createPlayer(store);
  const parts = {store, decoding, drawing, player};
  const ddpm = recorded.ddpm ? recordedDdpm(recorded.ddpm) : null;
  const pictures = cards(store, recorded.cards);
  /** The lines of a figure that shows the runs, which follow them and the scrubber. */
  const lines = (write: (asked: code.Asked, calls: code.Calls, state: SamplersState) => Codes) =>
    codesOf(store, ["runs", "step", "work", "negative", "triedEta"], (state) =>
      write(code.shownOf(state), code.callsOf(state), state)
    );
  const bothEnd = ({runs}: SamplersState, calls: code.Calls) => runs.every((run, i) => isEnd(run, calls[i]));

  return {
    ...{store, drawing, player, decoding},
    stage: withCodes(stage(parts), lines(code.mainCode)),
    scrubber: playerBar(store, player),
    equations: withCodes(
      equations(parts),
      lines((asked, calls, {triedEta}) => code.equationCode(asked, calls, triedEta))
    ),
    formulas: formulas(store),
    distances: withCodes(
      distances(parts),
      lines((_, calls, state) => code.distanceCode(calls, bothEnd(state, calls)))
    ),
    seeds: withCodes(seedExperiments(parts), lines(code.seedsCode)),
    trajectories: withCodes(
      trajectories(parts),
      lines((_, calls) => code.trajectoryCode(calls))
    ),
    principal: withCodes(principalView(parts), lines(code.principalCode)),
    world: worldView(store, plane, invalidation),
    ddpm: ddpm && recorded.ddpm ? withCodes(ddpm, codeRow(code.ddpmCode(recorded.ddpm))) : missing("ddpm"),
    convergence: convergence({store, drawing, engine}, recorded.convergence),
    judgement: recorded.judged ? withCodes(judgement(recorded.judged), codeRow(code.judgeCode())) : missing("judged"),
    cards: withCodes(
      pictures,
      codesOf(store, ["runs", "step", "work", "arms"], ({arms: [{steps, eta}], runs: shown, step}) =>
        code.cardsCode(steps, eta, longer(shown).steps[step]?.alphaCumprod ?? 0)
      )
    ),
    /** Puts an arm's recorded pictures in place of its previews. */
    showArm(index: 0 | 1, sheet: readonly Pixels[]): void {
      const run = runs[index];
      recordedArms[index].recording.sheet.forEach((at, i) => decoding.put(run.steps[at].x0, sheet[i]));
      decoding.put(run.steps[run.steps.length - 1].prevXt, sheet[sheet.length - 1]);
      store.set({decoded: store.state.decoded + 1});
    },
    showDdpm: (sheet: readonly Pixels[]) => ddpm?.show(sheet),
    showCards: (sheet: readonly Pixels[]) => pictures.show(sheet),
    /** Plays the recorded pair. */
    begin(): void {
      const both: Store<SamplersState> = {
        ...store,
        onChange(listener) {
          store.onChange(listener);
          plane.onChange(() => listener(store.state));
        }
      };
      keepQuery(both, (state) => addressOf(state, plain, plane.state));
      void invalidation.then(() => {
        player.pause();
        drawing.cancel();
      });
      if (address.step !== undefined) player.select(Math.min(address.step, longer(runs).numSteps) - 1);
      else if (!prefersReducedMotion()) player.play();
    }
  };
}

function recordedRun({recording, numbers}: RecordedArm): ArmRun {
  const {prompt, settings, steps, numSteps} = recordedFilm(recording, numbers);
  const {seed, sampler, steps: count, guidance} = settings;
  return {
    ...{source: "recorded", prompt, seed, noiseSeed: null, settings: {sampler, steps: count, guidance, eta: 0}},
    ...{steps, numSteps, finished: true}
  };
}

/** In place of a figure whose data have not been recorded for this model. */
const missing = (part: string): HTMLElement =>
  html("p", {class: "caption"}, `Not recorded for this model yet: scripts/record/samplers.py --only ${part} does it.`);

const pair = <T, U>([a, b]: Pair<T>, f: (value: T) => U): Pair<U> => [f(a), f(b)];
