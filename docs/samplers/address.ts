import type {ArmSettings} from "../components/armSettings.js";
import {drawingSamplers} from "../components/armSettings.js";
import {choice, number, readQuery, seed, text, writeQuery} from "../page/query.js";
import {longer} from "../page/inStep.js";
import {DETERMINISTIC} from "./convergence.js";
import {PLANE, readBlobs, writeBlobs, type Plane} from "./plane.js";
import type {Pair, SamplersState} from "./state.js";

const arm = {
  sampler: choice(...drawingSamplers.map(({name}) => name)),
  steps: number(2, 100, {whole: true}),
  guidance: number(1, 12),
  eta: number(0, 1)
};

const FIELDS = {
  ...{prompt: text, negative: text, seed, noiseSeed: seed, step: number(1, 1000, {whole: true})},
  ...arm,
  ...{"sampler.b": arm.sampler, "steps.b": arm.steps, "guidance.b": arm.guidance, "eta.b": arm.eta},
  ...{triedEta: arm.eta, line: choice(...DETERMINISTIC)},
  ...{
    planeSteps: number(2, 60, {whole: true}),
    planeAt: number(0, 1000, {whole: true}),
    arrows: choice("on"),
    blobs: readBlobs
  }
};

/** What an address asks for: the second arm's names end in ".b". `step` counts from 1, as the ruler does. */
export function readAddress(query: string) {
  const asked = readQuery(query, FIELDS);
  const {sampler, steps, guidance, eta} = asked;
  const second = {
    sampler: asked["sampler.b"],
    steps: asked["steps.b"],
    guidance: asked["guidance.b"],
    eta: asked["eta.b"]
  };
  const arms: Pair<Partial<ArmSettings>> = [defined({sampler, steps, guidance, eta}), defined(second)];
  const {prompt, negative, seed: start, noiseSeed, step, triedEta, line: liveSampler} = asked;
  const {planeSteps, planeAt, arrows, blobs} = asked;
  const plane = {steps: planeSteps, position: planeAt, field: arrows && true, world: blobs};
  return {
    arms,
    step,
    plane: defined(plane),
    shared: defined({prompt, negative, seed: start, noiseSeed, triedEta, liveSampler})
  };
}

/** The query of a state and of the plane's: only what differs from the defaults. */
export function addressOf(
  state: Readonly<SamplersState>,
  defaults: Readonly<SamplersState>,
  plane: Readonly<Plane> = PLANE
): string {
  return writeQuery(
    {...valuesOf(state), ...planeValues(plane)},
    {...valuesOf(defaults), ...planeValues(PLANE), step: null}
  );
}

const planeValues = ({steps, position, field, world}: Readonly<Plane>) => ({
  planeSteps: steps,
  planeAt: Number.isFinite(position) ? position : null,
  arrows: field ? "on" : null,
  blobs: writeBlobs(world)
});

function valuesOf(state: Readonly<SamplersState>) {
  const {
    prompt,
    negative,
    seed: start,
    noiseSeed,
    arms: [a, b],
    runs,
    step,
    triedEta,
    liveSampler
  } = state;
  const {numSteps, finished} = longer(runs);
  return {
    ...{triedEta, line: liveSampler},
    ...{prompt, negative, seed: start, noiseSeed},
    ...{sampler: a.sampler, steps: a.steps, guidance: a.guidance, eta: a.eta},
    ...{"sampler.b": b.sampler, "steps.b": b.steps, "guidance.b": b.guidance, "eta.b": b.eta},
    step: finished && step < numSteps - 1 ? step + 1 : null
  };
}

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
