import {choice, number, readQuery, seed, writeQuery} from "../page/query.js";
import {ROUNDS} from "./rounds.js";
import {SKETCHES} from "./sketches.js";
import {NAMES, OWN, SCHEDULES, TYPES, type LearningState} from "./state.js";

/** What of the page's state its address keeps. */
export type Kept = Omit<LearningState, "chosen" | "answered" | "ready" | "decoded">;

export const defaults: Kept = {
  ...{t: 800, round: 0, told: false, caption: 0, averageT: 980},
  ...{planeT: 450, x: 0.2, y: 0.3, thrown: 1, step: 14},
  ...{sketch: "two moons", netSeed: 0, schedule: "scaled_linear", predicts: "epsilon"},
  ...{prompt: "", sampler: "ddim", guidance: 1, netT: 400}
};

const whole = (most: number, least = 0) => number(least, most, {whole: true});
const keys = <T extends object>(of: T) => Object.keys(of) as (keyof T & string)[];

/** Names in the address: scenes, captions and steps are counted from 1; what is the small network's own ends in ".net". */
const FIELDS = {
  ...{t: whole(999), scene: whole(ROUNDS.length, 1), told: choice("yes")},
  ...{caption: whole(ROUNDS.length, 1), "t.average": whole(999)},
  ...{"t.plane": whole(999), x: number(-2.4, 2.4), y: number(-2.4, 2.4)},
  ...{thrown: seed, step: whole(1000, 1)},
  ...{sketch: choice(...keys(SKETCHES)), "seed.net": whole(9999)},
  ...{schedule: choice(...keys(SCHEDULES)), predicts: choice(...keys(TYPES))},
  ...{"prompt.net": choice(...NAMES), "sampler.net": choice("ddim", "ddpm")},
  ...{"guidance.net": number(1, 4), "t.net": number(10, 990, {whole: true})}
};

/** What an address asks for; what is missing or not valid is as on a first visit. */
export function readAddress(query: string): Kept {
  const asked = readQuery(query, FIELDS);
  const given: {[K in keyof Kept]: Kept[K] | undefined} = {
    ...{t: asked.t, round: less(asked.scene), told: asked.told && true, caption: less(asked.caption)},
    ...{averageT: asked["t.average"], planeT: asked["t.plane"], x: asked.x, y: asked.y},
    ...{thrown: asked.thrown, step: less(asked.step), sketch: asked.sketch, netSeed: asked["seed.net"]},
    ...{schedule: asked.schedule, predicts: asked.predicts, prompt: asked["prompt.net"]},
    ...{sampler: asked["sampler.net"], guidance: asked["guidance.net"], netT: asked["t.net"]}
  };
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  return {...defaults, ...(Object.fromEntries(told) as Partial<Kept>)};
}

/** The query of a state: what differs from a first visit, and what came along from other chapters. */
export function addressOf(state: Readonly<Kept>): string {
  const params = new URLSearchParams(location.search);
  const shared = {prompt: params.get("prompt"), seed: params.get("seed")};
  return writeQuery({...shared, ...namedOf(state)}, namedOf(defaults));
}

const namedOf = (state: Readonly<Kept>): Record<string, string | number | null> => ({
  ...{t: state.t, scene: state.round + 1, told: state.told ? "yes" : null},
  ...{caption: state.caption + 1, "t.average": state.averageT},
  ...{"t.plane": state.planeT, x: rounded(state.x), y: rounded(state.y), thrown: state.thrown, step: state.step + 1},
  ...{
    sketch: state.sketch === OWN ? null : state.sketch,
    "seed.net": state.netSeed,
    schedule: state.schedule,
    predicts: state.predicts
  },
  ...{"prompt.net": state.prompt || null, "sampler.net": state.sampler, "guidance.net": state.guidance},
  "t.net": state.netT
});

const less = (counted: number | undefined): number | undefined => (counted === undefined ? undefined : counted - 1);
const rounded = (value: number): number => Number(value.toFixed(2));
