import {drawingSamplers} from "../components/armSettings.js";
import type {Change} from "../components/forkForm.js";
import {FIELDS, type FieldName, type Wish} from "../components/runFields.js";
import {choice, number, readQuery, seed, text, writeQuery, type Field} from "../page/query.js";
import {longer} from "../page/inStep.js";
import {alike, chained, type Branch, type PlayState, type Run} from "./state.js";

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
const watched = number(0, 1000, {whole: true});
const OF_PAGE = {step: call, typing: choice("1"), rank: text, forks: readForks, watch: watched};

/**
 * Forks as an address tells them, one a line: "3:guidance:7" leaves the run of the line before (the first the trunk) at step 3, counted
 * from 1; "0>3:guidance:7" leaves the trunk, "2>3:guidance:7" the run of the second line. Read up to the first that is none.
 */
export function readForks(told: string): Branch[] | undefined {
  const forks: Branch[] = [];
  for (const line of told.split("\n")) {
    const [, left, step, kind, value] = /^(?:(\d+)>)?(\d+):(\w+):(.*)$/.exec(line) ?? [];
    const at = step ? call(step) : undefined;
    const change = at === undefined ? undefined : changeOf(kind, value);
    const parent = Number(left ?? forks.length);
    if (at === undefined || !change || parent > forks.length) break;
    forks.push({step: at - 1, change, parent});
  }
  return forks.length ? forks : undefined;
}

function changeOf(kind: string, value: string): Change | undefined {
  if (kind === "prompt") return {kind, prompt: text(value) ?? ""};
  const read = kind === "guidance" ? OF_WISH.guidance(value) : kind === "noiseSeed" ? seed(value) : undefined;
  if (read === undefined) return undefined;
  return kind === "guidance" ? {kind, guidance: read} : {kind: "noiseSeed", noiseSeed: read};
}

const forksText = (forks: readonly Branch[]): string | null =>
  forks
    .map(
      ({step, change, parent}, i) => `${parent === i ? "" : `${parent}>`}${step + 1}:${change.kind}:${valueOf(change)}`
    )
    .join("\n") || null;

function valueOf(change: Change): string | number {
  if (change.kind === "prompt") return change.prompt.replaceAll("\n", " ");
  return change.kind === "guidance" ? change.guidance : change.noiseSeed;
}

/** What an address asks for: the second arm's names end in ".b". `step` counts from 1, as the ruler does. */
export function readAddress(query: string) {
  const {step, typing, rank, forks = [], watch = forks.length} = readQuery(query, OF_PAGE);
  const wish = readQuery<Wish>(query, OF_WISH);
  const ofB = Object.fromEntries(NAMES.map((name) => [`${name}.b`, OF_WISH[name] as Field<unknown>]));
  const found = readQuery<Record<string, unknown>>(query, ofB);
  const other = Object.fromEntries(Object.entries(found).map(([name, value]) => [name.slice(0, -2), value]));
  return {wish, other: other as Partial<Wish>, forks, watch, step, typing: typing === "1", rankWords: rank ?? ""};
}

type Told = Pick<PlayState, "wish" | "other" | "runs" | "tree" | "step" | "typing" | "rankWords">;

/** The query of a state. The whole wish of arm A is told once anything differs from the defaults, for defaults may change. */
export function addressOf(state: Told, defaults: Wish): string {
  const whole = queryOf(state);
  if (forksOf(state).length) return whole;
  return whole === queryOf({...state, ...{wish: defaults, other: {}, typing: false, rankWords: ""}}) ? "" : whole;
}

/** The tree of finished forks, where the controls still ask for its trunk. */
function forksOf({wish, tree}: Pick<Told, "wish" | "tree">): readonly Branch[] {
  const forks = tree.filter(({run}) => run.finished).slice(1);
  if (!forks.length || !alike(tree[0].run.wish, wish)) return [];
  return forks.map(({run, parent}) => ({...run.forks[run.forks.length - 1], parent: parent ?? 0}));
}

/** The query of a state, whole. */
export function queryOf(state: Told): string {
  const {wish, other, runs, tree, step, typing, rankWords} = state;
  const forks = forksOf(state);
  const watch = tree.findIndex(({run}) => run === runs[0]);
  const [a, b] = runs;
  const {numSteps, finished} = longer([a, b ?? a]);
  const own = Object.entries(other).map(([name, value]) => [`${name}.b`, value ?? ""]);
  return writeQuery(
    {
      ...wish,
      ...Object.fromEntries(own),
      forks: forksText(forks),
      watch: forks.length && watch >= 0 && watch < forks.length ? watch : null,
      step: finished && step < numSteps - 1 ? step + 1 : null,
      ...{typing: typing ? 1 : null, rank: rankWords || null}
    },
    {negative: "", eta: 0}
  );
}

/** An address of this page that draws a run: its wish, then its forks. */
export const linkOf = ({wish, forks}: Pick<Run, "wish" | "forks">, base: string): string =>
  base + writeQuery({...wish, forks: forksText(chained(forks))}, {negative: "", eta: 0});
