import type {ArmSettings} from "../components/armSettings.js";
import {drawingSamplers} from "../components/armSettings.js";
import {choice, number, readQuery, seed, text, writeQuery} from "../page/query.js";
import {longer} from "../page/inStep.js";
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
  ...{"sampler.b": arm.sampler, "steps.b": arm.steps, "guidance.b": arm.guidance, "eta.b": arm.eta}
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
  const {prompt, negative, seed: start, noiseSeed, step} = asked;
  return {arms, step, shared: defined({prompt, negative, seed: start, noiseSeed})};
}

/** The query of a state: only what differs from the defaults. */
export function addressOf(state: Readonly<SamplersState>, defaults: Readonly<SamplersState>): string {
  return writeQuery(valuesOf(state), {...valuesOf(defaults), step: null});
}

function valuesOf({prompt, negative, seed: start, noiseSeed, arms: [a, b], runs, step}: Readonly<SamplersState>) {
  const {numSteps, finished} = longer(runs);
  return {
    ...{prompt, negative, seed: start, noiseSeed},
    ...{sampler: a.sampler, steps: a.steps, guidance: a.guidance, eta: a.eta},
    ...{"sampler.b": b.sampler, "steps.b": b.steps, "guidance.b": b.guidance, "eta.b": b.eta},
    step: finished && step < numSteps - 1 ? step + 1 : null
  };
}

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
