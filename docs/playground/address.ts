import {drawingSamplers} from "../components/armSettings.js";
import type {Change} from "../components/forkForm.js";
import {FIELDS, type FieldName, type Wish} from "../components/runFields.js";
import {choice, number, readQuery, seed, text, writeQuery, type Field} from "../page/query.js";
import {longer} from "../page/inStep.js";
import {alike, type Fork, type PlayState, type Run} from "./state.js";

const noiseSeed: Field<number | null> = (value) => (value === "" ? null : seed(value));

const OF_WISH: {readonly [N in FieldName]: Field<Wish[N]>} = {
  ...{prompt: text, negative: text, seed, noiseSeed},
  sampler: choice(...drawingSamplers.map(({name}) => name)),
  steps: number(2, 100, {whole: true}),
  guidance: number(0, 12),
  eta: number(0, 1)
};

const NAMES = Object.keys(FIELDS) as FieldName[];
const call = number(1, 1000, {whole: true});
const OF_PAGE = {step: call, typing: choice("1"), rank: text, forks: readForks};

/** Forks as an address tells them, one a line, "3:guidance:7"; steps count from 1. Read up to the first that is none. */
export function readForks(told: string): Fork[] | undefined {
  const forks: Fork[] = [];
  for (const line of told.split("\n")) {
    const [, step, kind, value] = /^(\d+):(\w+):(.*)$/.exec(line) ?? [];
    const at = step ? call(step) : undefined;
    const change = at === undefined ? undefined : changeOf(kind, value);
    if (at === undefined || !change) break;
    forks.push({step: at - 1, change});
  }
  return forks.length ? forks : undefined;
}

function changeOf(kind: string, value: string): Change | undefined {
  if (kind === "prompt") return {kind, prompt: text(value) ?? ""};
  const read = kind === "guidance" ? OF_WISH.guidance(value) : kind === "noiseSeed" ? seed(value) : undefined;
  if (read === undefined) return undefined;
  return kind === "guidance" ? {kind, guidance: read} : {kind: "noiseSeed", noiseSeed: read};
}

const forksText = (forks: readonly Fork[]): string | null =>
  forks.map(({step, change}) => `${step + 1}:${change.kind}:${valueOf(change)}`).join("\n") || null;

function valueOf(change: Change): string | number {
  if (change.kind === "prompt") return change.prompt.replaceAll("\n", " ");
  return change.kind === "guidance" ? change.guidance : change.noiseSeed;
}

/** What an address asks for: the second arm's names end in ".b". `step` counts from 1, as the ruler does. */
export function readAddress(query: string) {
  const {step, typing, rank, forks = []} = readQuery(query, OF_PAGE);
  const wish = readQuery<Wish>(query, OF_WISH);
  const ofB = Object.fromEntries(NAMES.map((name) => [`${name}.b`, OF_WISH[name] as Field<unknown>]));
  const found = readQuery<Record<string, unknown>>(query, ofB);
  const other = Object.fromEntries(Object.entries(found).map(([name, value]) => [name.slice(0, -2), value]));
  return {wish, other: other as Partial<Wish>, forks, step, typing: typing === "1", rankWords: rank ?? ""};
}

type Told = Pick<PlayState, "wish" | "other" | "runs" | "step" | "typing" | "rankWords">;

/** The query of a state. The whole wish of arm A is told once anything differs from the defaults, for defaults may change. */
export function addressOf(state: Told, defaults: Wish): string {
  const whole = queryOf(state);
  if (forksOf(state).length) return whole;
  return whole === queryOf({...state, ...{wish: defaults, other: {}, typing: false, rankWords: ""}}) ? "" : whole;
}

/** The forks that lead to the run on show, where the controls still ask for its beginning. */
const forksOf = ({wish, runs: [run]}: Pick<Told, "wish" | "runs">): readonly Fork[] =>
  run.finished && alike(run.wish, wish) ? run.forks : [];

/** The query of a state, whole. */
export function queryOf(state: Told): string {
  const {wish, other, runs, step, typing, rankWords} = state;
  const [a, b] = runs;
  const {numSteps, finished} = longer([a, b ?? a]);
  const own = Object.entries(other).map(([name, value]) => [`${name}.b`, value ?? ""]);
  return writeQuery(
    {
      ...wish,
      ...Object.fromEntries(own),
      forks: forksText(forksOf(state)),
      step: finished && step < numSteps - 1 ? step + 1 : null,
      ...{typing: typing ? 1 : null, rank: rankWords || null}
    },
    {negative: "", eta: 0}
  );
}

/** An address of this page that draws a run: its wish, then its forks. */
export const linkOf = ({wish, forks}: Pick<Run, "wish" | "forks">, base: string): string =>
  base + writeQuery({...wish, forks: forksText(forks)}, {negative: "", eta: 0});
