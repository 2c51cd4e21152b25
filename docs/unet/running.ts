import {messageOf} from "../src/messageOf.js";
import {DRAWING} from "../src/models/folder.js";
import type {ModelInfo} from "../src/models/model.js";
import {Generator} from "../src/random.js";
import {makeSchedule} from "../src/schedule.js";
import type {Tensor} from "../src/tensor.js";
import {unetFacts, type Shape} from "../src/unet/facts.js";
import {planOfRoles} from "../src/unet/plan.js";
import type {Engine as WholeEngine} from "../src/worker/client.js";
import {newest} from "../page/newest.js";
import type {Store} from "../page/store.js";
import {createTurns} from "../page/turns.js";
import {timeLeft} from "../page/job.js";
import {loadingProgress} from "../page/loading.js";
import {blocksOf, lookInside, MANY, rolesToSee, summaryOf, type Look} from "./look.js";
import {placesOf, type Asked, type Frame, type Graph, type Sight, type UnetFilm, type UnetState} from "./state.js";
import {layerTimes} from "./times.js";

export type Engine = Pick<
  WholeEngine,
  | "status"
  | "onStatus"
  | "load"
  | "draw"
  | "decode"
  | "predict"
  | "encodeText"
  | "roles"
  | "weights"
  | "inside"
  | "timings"
>;

/** So many looks are kept whole, each of some MB. */
const KEPT = 6;
/** So many calls are measured. */
const CALLS = 10;

/** The engine at work for the page: its graph, looks inside at the shown step, and drawings. */
export interface Running {
  /** Opens the model, and looks at the shown step. */
  begin(): Promise<void>;
  draw(): Promise<void>;
  /** Looks at every step of the film. */
  lookAtAll(): Promise<void>;
  /** Measures how long each layer takes. */
  measure(): Promise<void>;
  /** Whether the model is small enough to be opened once more for it. */
  canMeasure(): boolean;
  /** Other work on the engine; the latest wish wins. */
  only(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  cancel(): void;
  busy(): boolean;
  /** The text of the film's prompt, [1, K, E]. */
  statesOf(prompt: string): Promise<Tensor>;
}

export function createRunning(store: Store<UnetState>, engine: Engine, {onRest}: {onRest: () => void}): Running {
  const {state} = store;
  const texts = new Map<string, Promise<Tensor>>();
  const looks = new Map<Float32Array, Look>();
  const turns = createTurns(() => {
    store.set({work: null});
    onRest();
    wake();
  });

  function statesOf(prompt: string): Promise<Tensor> {
    const known = texts.get(prompt) ?? engine.encodeText([prompt]);
    texts.set(prompt, known);
    known.catch(() => texts.delete(prompt));
    return known;
  }

  /** One call of the UNet, with all that is to be seen; the half that reads the prompt. */
  async function look(film: UnetFilm, {xt, timestep}: Frame, graph = state.graph): Promise<Look> {
    const known = looks.get(xt.data);
    if (known) return known;
    const encoderHiddenStates = await statesOf(film.asked.prompt);
    const chosen = [state.chosen, state.resnet, state.block];
    const places = xt.dims[2] * xt.dims[3];
    const roles = rolesToSee(graph.plan, graph.roles, {places, chosen});
    const made = await lookInside(engine.inside, {part: "unet", sample: xt, timestep, encoderHiddenStates, roles});
    looks.set(xt.data, made);
    for (const [key] of looks) if (looks.size > KEPT) looks.delete(key);
    return made;
  }

  function keep(film: UnetFilm, step: number, made: Look): Partial<UnetState> {
    if (state.film !== film && state.film.frames[step] !== film.frames[step]) return {};
    const summaries = new Map(state.summaries).set(step, summaryOf(made, state.graph.plan, state.graph.blocks));
    const sight: Sight = {look: made, step, of: film.frames[step].xt};
    return {summaries, ...(step === state.step ? {sight} : {})};
  }

  const queue = newest<{film: UnetFilm; step: number}, Look>({
    work: ({film, step}) => look(film, film.frames[step]),
    ready: () => state.ready && !turns.busy(),
    onDone: (made, {film, step}) => store.set(keep(film, step, made))
  });

  /** Looks at the step on show, if it was not looked at. */
  function wake(): void {
    const {film, step, ready, sight} = state;
    const frame = film.frames[step];
    if (!ready || !frame || (sight?.of === frame.xt && sight.look.source === "live")) return;
    queue.want({film, step}, {quiet: true});
  }

  let asked: unknown;
  store.onChange(({film, step, ready}) => {
    const key = ready ? film.frames[step]?.xt : null;
    if (key === asked) return;
    asked = key;
    wake();
  });

  const only = (work: (signal: AbortSignal) => Promise<void>): Promise<void> =>
    turns.only(async (signal) => {
      const stop = engine.onStatus((status) => {
        if (status.state === "loading" && !signal.aborted) store.set({work: loadingProgress(status)});
      });
      try {
        store.set({error: null});
        await work(signal);
      } catch (error) {
        if (!signal.aborted) store.set({error: messageOf(error)});
      } finally {
        stop();
      }
    });

  async function open(): Promise<void> {
    const info = await engine.load();
    const [roles, weights] = [await engine.roles("unet"), await engine.weights("unet")];
    const plan = planOfRoles(roles);
    const film = fits(state.film, info) ? state.film : beginningOf(state.asked, info);
    const states = await statesOf(film.asked.prompt);
    const [, tokens, textWidth] = states.dims;
    const sample = info.latentShape as unknown as Shape;
    const blocks = blocksOf(roles);
    const opened = {source: "live" as const, model: info.name, plan, roles, blocks, sample, tokens, textWidth};
    const step = Math.min(state.step, film.frames.length - 1);
    const made = await look(film, film.frames[step], {...opened, facts: state.graph.facts});
    const shapeOf = (role: string): Shape => made.get(role)!.shape;
    const graph: Graph = {...opened, facts: unetFacts({plan, sample, shapeOf, weights, tokens})};
    const known = new Set(roles.map(({role}) => role));
    const first = (test: (role: string) => boolean): string => plan.layers.find(({role}) => test(role))?.role ?? "";
    const stays = (role: string, otherwise: string): string => (known.has(role) ? role : otherwise);
    store.set({
      ...{graph, film, step, ready: true, preview: info.preview, hasControls: info.hasControls},
      ...{schedulerConfig: info.schedulerConfig, sight: {look: made, step, of: film.frames[step].xt}},
      summaries: film === state.film ? state.summaries : new Map(),
      times: plan.layers.every(({role}) => state.times?.shares.has(role)) && info.name === "tiny" ? state.times : null,
      chosen: stays(state.chosen, "conv_in"),
      resnet: stays(
        state.resnet,
        first((role) => /resnets/.test(role))
      ),
      block: stays(state.block, blocks[0] ?? "")
    });
  }

  async function drawFilm(signal: AbortSignal): Promise<void> {
    store.set({work: {label: "Getting the model ready", done: 0, total: 0}, playing: false, ran: null});
    await engine.load(DRAWING);
    if (!state.ready) await open();
    const {asked: wish} = state;
    const frames: Frame[] = [];
    let numSteps = wish.steps;
    let last: Tensor | null = null;
    const began = performance.now();
    for await (const {timestep, alphaCumprod, xt, x0, prevXt, numSteps: all} of engine.draw({...wish, signal})) {
      if (signal.aborted) return;
      [numSteps, last] = [all, prevXt];
      frames.push({timestep, alphaCumprod, xt, x0});
      const done = frames.length;
      const film: UnetFilm = {source: "live", asked: wish, frames: [...frames], numSteps, last: null};
      const left = timeLeft(performance.now() - began, done, numSteps);
      store.set({
        ...{film, step: done - 1, summaries: done === 1 ? new Map() : state.summaries},
        work: {label: `Drawing: step ${done} of ${numSteps}${left}`, done, total: numSteps}
      });
    }
    if (last && !signal.aborted) store.set({film: {source: "live", asked: wish, frames, numSteps, last}});
  }

  return {
    statesOf,
    only,
    begin: () => open().catch(() => {}), // told by the engine's status, or by the next wish
    draw: () => only(drawFilm),
    lookAtAll: () =>
      only(async (signal) => {
        await (state.ready ? null : open());
        const {film} = state;
        const began = performance.now();
        for (const [step, frame] of film.frames.entries()) {
          if (signal.aborted) return;
          store.set(keep(film, step, await look(film, frame)));
          const [done, total] = [step + 1, film.frames.length];
          const left = timeLeft(performance.now() - began, done, total);
          store.set({work: {label: `Looking inside: step ${done} of ${total}${left}`, done, total}});
        }
      }),
    measure: () =>
      only(async (signal) => {
        store.set({work: {label: `Measuring: ${CALLS} calls in a session of their own`, done: 0, total: 0}});
        const {film, step, graph} = state;
        const {xt: sample, timestep} = film.frames[step];
        const encoderHiddenStates = await statesOf(film.asked.prompt);
        const timings = await engine.timings({sample, timestep, encoderHiddenStates}, CALLS);
        if (!signal.aborted) store.set({times: layerTimes(timings, graph.plan)});
      }),
    canMeasure: () => placesOf(state.film.frames[0].xt) <= MANY,
    cancel: turns.cancel,
    busy: turns.busy
  };
}

/** Whether a drawing's latents are this model's. */
function fits({source, frames}: UnetFilm, {name, latentShape}: ModelInfo): boolean {
  return (source === "live" || name === "tiny") && frames[0].xt.dims.slice(1).join() === latentShape.join();
}

/** Where nothing was drawn with a model yet: the noise that a drawing would begin with, at the last timestep. */
function beginningOf(asked: Asked, {latentShape, schedulerConfig}: ModelInfo): UnetFilm {
  const {alphasCumprod} = makeSchedule(schedulerConfig);
  const timestep = alphasCumprod.length - 1;
  const xt = new Generator(asked.seed).randn([1, ...latentShape]);
  return {
    source: "live",
    asked,
    frames: [{timestep, alphaCumprod: alphasCumprod[timestep], xt, x0: xt}],
    numSteps: 1,
    last: null
  };
}
