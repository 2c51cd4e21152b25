import {drawingSamplers} from "../components/armSettings.js";
import {FIELDS, type FieldName, type Wish} from "../components/runFields.js";
import {choice, number, readQuery, seed, text, writeQuery, type Field} from "../page/query.js";
import {longer} from "../page/inStep.js";
import type {PlayState} from "./state.js";

const noiseSeed: Field<number | null> = (value) => (value === "" ? null : seed(value));

const OF_WISH: {readonly [N in FieldName]: Field<Wish[N]>} = {
  ...{prompt: text, negative: text, seed, noiseSeed},
  sampler: choice(...drawingSamplers.map(({name}) => name)),
  steps: number(2, 100, {whole: true}),
  guidance: number(0, 12),
  eta: number(0, 1)
};

const NAMES = Object.keys(FIELDS) as FieldName[];
const OF_PAGE = {step: number(1, 1000, {whole: true}), typing: choice("1"), rank: text};

/** What an address asks for: the second arm's names end in ".b". `step` counts from 1, as the ruler does. */
export function readAddress(query: string) {
  const {step, typing, rank} = readQuery(query, OF_PAGE);
  const wish = readQuery<Wish>(query, OF_WISH);
  const ofB = Object.fromEntries(NAMES.map((name) => [`${name}.b`, OF_WISH[name] as Field<unknown>]));
  const found = readQuery<Record<string, unknown>>(query, ofB);
  const other = Object.fromEntries(Object.entries(found).map(([name, value]) => [name.slice(0, -2), value]));
  return {wish, other: other as Partial<Wish>, step, typing: typing === "1", rankWords: rank ?? ""};
}

type Told = Pick<PlayState, "wish" | "other" | "runs" | "step" | "typing" | "rankWords">;

/** The query of a state. The whole wish of arm A is told once anything differs from the defaults, for defaults may change. */
export function addressOf(state: Told, defaults: Wish): string {
  const whole = queryOf(state);
  return whole === queryOf({...state, ...{wish: defaults, other: {}, typing: false, rankWords: ""}}) ? "" : whole;
}

/** The query of a state, whole. */
export function queryOf({wish, other, runs: [a, b], step, typing, rankWords}: Told): string {
  const {numSteps, finished} = longer([a, b ?? a]);
  const own = Object.entries(other).map(([name, value]) => [`${name}.b`, value ?? ""]);
  return writeQuery(
    {
      ...wish,
      ...Object.fromEntries(own),
      step: finished && step < numSteps - 1 ? step + 1 : null,
      ...{typing: typing ? 1 : null, rank: rankWords || null}
    },
    {negative: "", eta: 0}
  );
}

/** An address of this page that draws a wish. */
export const linkOf = (wish: Wish, base: string): string => base + writeQuery({...wish}, {negative: "", eta: 0});
