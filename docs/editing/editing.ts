import {imagePixels, type Pixels} from "../components/pixels.js";
import {createDecoding} from "../page/decoding.js";
import {loadingNote} from "../page/loading.js";
import {newest} from "../page/newest.js";
import {previewOf} from "../page/look.js";
import {openPictures} from "../page/pictureSource.js";
import {keepQuery, readQuery} from "../page/query.js";
import {timeLeft} from "../page/job.js";
import {openScenes} from "../page/scenes.js";
import {onSelected} from "../page/selected.js";
import {createStore} from "../page/store.js";
import {createTurns} from "../page/turns.js";
import type {AtlasManifest} from "../scenes/atlas.js";
import type {ModelInfo} from "../src/models/model.js";
import type {Tensor} from "../src/tensor.js";
import type {Engine} from "../src/worker/client.js";
import {distanceWords, type NearScenes} from "./distance.js";
import {drawRun, firstGuess} from "./drawing.js";
import {entryOf, stopsOf} from "./entry.js";
import {createStarts, mainFigure, workingNodes} from "./mainFigure.js";
import {
  namedSheet,
  recordedNumbers,
  type EditingRecording,
  type JudgedProjection,
  type RecordedWalks
} from "./recording.js";
import {begun, type PictureRun} from "./run.js";
import {fields, keyOf, plainly, queryOf, sceneOf, stepField, type EditingState} from "./state.js";
import {createSubject} from "./subject.js";
import {strengthChart} from "./strengthChart.js";
import {brushFigure} from "./brushFigure.js";
import {mainCode} from "./code.js";
import {codesOf} from "../page/codes.js";
import {entryText, formulaLines} from "./formulas.js";
import {inpaintFigure} from "./inpaintFigure.js";
import {invertFigure} from "./invertFigure.js";
import {createPlayer} from "./playing.js";
import {projectFigure} from "./projectFigure.js";
import {walkFigure} from "./walkFigure.js";
import {brushQuestion, entryQuestion, lastQuestion, seamQuestion} from "./questions.js";
import {prefersReducedMotion} from "../components/dom.js";

/** What the page brings: the recording, scenes and the engine. */
export interface EditingParts {
  readonly recording: EditingRecording;
  readonly numbers: ArrayBuffer;
  readonly judged: JudgedProjection;
  readonly walk: RecordedWalks;
  readonly near: NearScenes;
  readonly manifest: AtlasManifest;
  readonly flat: ArrayBuffer;
  readonly engine: Engine;
  readonly invalidation: Promise<void>;
}

const rest = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** Runs that are kept. */
const KEPT = 40;

/** The chapter: its state, and the nodes that the page puts between its words. */
export async function createEditing({
  recording,
  numbers,
  judged,
  walk,
  near,
  manifest,
  flat,
  engine,
  invalidation
}: EditingParts) {
  const plain = plainly(recording.guidance);
  const asked = readQuery(location.search, fields);
  let askedStep = readQuery(location.search, stepField).step;
  const startsAtStep = askedStep !== undefined;
  const recorded = recordedNumbers(recording, numbers, stopsOf(recording.scheduler, recording.steps));
  const given = recorded.latents.get("picture")!;
  const store = createStore<EditingState>({
    ...{...plain, ...asked},
    ...{picture: null, latents: given, from: "recorded", run: begun(0, plain.steps), step: 0, playing: false},
    ...{guess: null, sweeping: false, busy: false, ready: false, model: recording.model, preview: recording.preview},
    ...{scheduler: recording.scheduler, decoded: 0}
  });
  const {state, set} = store;
  const pictures = openPictures({scenes: openScenes(manifest, flat, recording.objects), engine});
  const turns = createTurns(() => decoding.wake());
  const decoding = createDecoding({
    decode: (latents) => engine.decode(latents),
    busy: () => !state.ready || turns.busy(),
    onDecoded: () => set({decoded: state.decoded + 1})
  });
  const look = (latents: Tensor): Pixels => decoding.get(latents) ?? previewOf(latents, state.preview);
  const subject = createSubject(store, engine);
  const startOf = createStarts();
  const {working, error} = workingNodes();
  const player = createPlayer(store);
  const parts = {store, engine, turns, decoding, recording, recorded, look, startOf, working, error};
  const live = new Map<string, PictureRun>();
  const recordedKeys = new Map(
    Array.from({length: recording.steps}, (_, i) => {
      const first = recording.steps - 1 - i;
      return [keyOf({...recording, latents: given}, first), recorded.runs.get(`enter ${i + 1}`)!] as const;
    })
  );

  const firstOf = (now: EditingState): number =>
    entryOf(now.scheduler, now.steps, Math.max(now.strength, 1 / now.steps)).first;

  /** The run of what is asked: drawn here before, recorded, or none yet. */
  function runOf(now: EditingState): PictureRun {
    const first = firstOf(now);
    const key = keyOf(now, first);
    return live.get(key) ?? recordedKeys.get(key) ?? begun(first, now.steps);
  }

  /** The first guess where it is not known from a run: one call of the UNet. */
  const guesses = newest<{key: string; xt: Tensor; first: number}, Tensor>({
    work: ({xt, first}) => {
      const stop = stopsOf(state.scheduler, state.steps)[first];
      const {prompt, guidance, scheduler} = state;
      return firstGuess(engine, {xt, stop, prompt, guidance, predictionType: scheduler.prediction_type});
    },
    ready: () => state.ready && !turns.busy(),
    onDone: (x0, {key}) => set({guess: {key, x0}})
  });

  onSelected(store, ["latents", "prompt", "seed", "steps", "guidance", "strength"], (now) => {
    if (turns.busy() && drawing) turns.cancel();
    const run = runOf(now);
    const step = run.result ? (askedStep ?? run.numSteps) - 1 : run.first;
    askedStep = undefined;
    set({run, step: Math.max(run.first, Math.min(step, run.numSteps - 1)), playing: false});
    const first = firstOf(now);
    const key = keyOf(now, first);
    if (now.prompt.trim() && run.frames[0]?.index !== first && now.guess?.key !== key)
      guesses.want({key, xt: startOf(now), first}, {quiet: true});
  });

  onSelected(store, ["run", "step", "guess", "latents", "strength", "seed", "ready", "sweeping"], (now) => {
    if (now.sweeping || !now.ready) return;
    const shown = now.run.result;
    const first = now.run.frames[0]?.x0 ?? now.guess?.x0;
    decoding.later([
      startOf(now),
      ...(first && first.dims ? [first] : []),
      ...(shown ? [shown] : []),
      ...stepShown(now)
    ]);
  });

  function stepShown({run, step}: EditingState): Tensor[] {
    const frame = run.frames.find(({index}) => index === step);
    return frame && run.source === "live" ? [frame.x0] : [];
  }

  /** Another model than the recording's first has to encode the picture: a run waits for that, and for the page to take it. */
  async function ownLatents(signal: AbortSignal): Promise<void> {
    while (isOther() && state.from === "recorded" && !signal.aborted) await rest(50);
    if (isOther()) await rest(50);
  }

  let drawing = false;
  async function draw(): Promise<void> {
    player.stopSweep();
    error.update(null);
    await turns.only(async (signal) => {
      set({busy: true});
      const began = performance.now();
      try {
        if (!state.prompt.trim())
          throw new Error("the prompt is empty: write what to draw, for example a red apple on the beach");
        working.update({label: "Getting the model ready", done: 0, total: 0});
        await engine.load(["text_encoder", "unet", "vae_encoder", "vae_decoder"]);
        await ownLatents(signal);
        if (signal.aborted) return;
        drawing = true;
        const {latents, prompt, seed, steps, guidance} = state;
        const first = firstOf(state);
        const key = keyOf(state, first);
        const strength = (steps - first) / steps;
        const options = {
          prompt,
          seed,
          steps,
          guidance,
          sampler: "ddim",
          image: latents,
          strength: Math.min(1, strength + 1e-9),
          signal
        };
        const run = await drawRun(engine, "imageToImage", options, {
          ...{first, numSteps: steps},
          onRun: (next) => set({run: next, step: next.frames.at(-1)!.index}),
          report: (done, total) =>
            working.update({
              label: `Drawing: step ${done} of ${total}${timeLeft(performance.now() - began, done, total)}`,
              done,
              total
            })
        });
        if (signal.aborted || !run.result) return;
        live.set(key, run);
        if (live.size > KEPT) live.delete(live.keys().next().value!);
        decoding.put(run.result, imagePixels(await engine.decode(run.result)));
        set({decoded: state.decoded + 1});
      } catch (reason) {
        if (!signal.aborted) error.update(reason instanceof Error ? reason.message : String(reason));
      } finally {
        drawing = false;
        set({busy: false});
        working.update(null);
      }
    });
    guesses.wake();
  }

  const distance = distanceWords(engine, near, pictures.scene);
  const source = pictures.source({value: null});
  source.addEventListener("input", () => {
    if (!source.value) return;
    subject.choose(source.value);
    distance.tell(source.value);
  });
  const main = mainFigure({...parts, source, distance: distance.node, draw, cancel: turns.cancel, player});
  error.addEventListener("retry", () => void draw());

  /** The model is here: what the page shows of another picture than the recorded one can be encoded. */
  function arrived({name, preview, schedulerConfig, width, height}: ModelInfo): void {
    if (state.ready) return;
    subject.fit({width, height});
    set({ready: true, model: name, preview, scheduler: schedulerConfig});
    if (isOther() && source.value) subject.choose(source.value); // what is recorded are another model's latents
    subject.wake();
    guesses.wake();
    decoding.wake();
  }

  const isOther = (): boolean => state.model !== recording.model;

  async function begin(): Promise<void> {
    keepQuery(store, (now) => queryOf(now, plain));
    void invalidation.then(() => {
      turns.cancel();
      player.pause();
      player.stopSweep();
    });
    engine.onStatus((status) => status.state === "ready" && arrived(status.info));
    engine.load(["vae_encoder", "vae_decoder", "text_encoder", "unet"]).then(arrived, () => {}); // told by the engine's status
    const first = await pictures.scene(state.scene);
    source.value = first;
    if (state.scene === recording.scene && !isOther()) set({picture: first});
    else {
      const {shows} = state; // as the address has them
      subject.choose(first);
      set({shows});
    }
    if (asked.strength === undefined && !startsAtStep && !prefersReducedMotion()) player.sweep();
  }

  const walks = walkFigure({...parts, walk, invalidation});
  const figures = {
    inpaint: inpaintFigure(parts),
    project: projectFigure(parts, judged),
    invert: invertFigure(parts),
    walks,
    brush: brushFigure(parts)
  };
  const entry = formulaLines();
  onSelected(store, ["latents", "seed", "steps", "strength", "scheduler"], (now) => entry.update(...entryText(now)));

  return {
    begin,
    store,
    main,
    ...figures,
    /** The formulas with the numbers on screen, by figure. */
    formulas: {
      entry,
      inpaint: figures.inpaint.formula,
      project: figures.project.formula,
      invert: figures.invert.formula,
      walks: walks.formula,
      brush: figures.brush.formula
    },
    loading: loadingNote(engine),
    codes: codesOf(store, ["picture", "scene", "prompt", "seed", "steps", "guidance", "strength"], (now) =>
      mainCode({...now, strength: Math.max(now.strength, 1 / now.steps), scene: sceneOf(now)})
    ),
    chart: strengthChart({...parts, live}),
    questions: {
      entry: () => entryQuestion(store),
      last: () => lastQuestion(store),
      seam: seamQuestion,
      brush: brushQuestion
    },
    showWalks: walks.showRecorded,
    /** Decoded pictures of the recording, as soon as they are here. */
    showSheet(list: readonly Pixels[]): void {
      const named = namedSheet(recording, list);
      for (const [name, latents] of recorded.latents) {
        const pixels = named.get(name);
        if (pixels) decoding.put(latents, pixels);
      }
      set({decoded: state.decoded + 1});
    }
  };
}
