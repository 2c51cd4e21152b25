/**
 * What a run does to the inside of the UNet, where tracing only watches: attention that looks where it is told to, parts
 * switched off. Feeding maps back and weighting tokens: prompt-to-prompt, Hertz et al. 2022, arXiv:2208.01626, section 3.2.
 */
import type {GuidedStep} from "./guidance.js";
import {batchItem, type Tensor} from "./tensor.js";

/** 0 ... 1: how much of a part there is. */
export type Gate = number;

/** Probabilities in place of a layer's own, as far as the gate says: own + gate (given - own). */
export interface FedMap {
  /** [1, heads, q, K], or [2, heads, q, K] for both halves of guidance. */
  readonly probabilities: Tensor;
  /** One for the whole map, or one for each of its K columns. */
  readonly gate: Gate | readonly Gate[];
}

/** What is left out stays as it is. Maps and token weights act on the half of guidance that sees the prompt, gates on both. */
export interface Controls {
  /**
   * By role, as a drawing traces them ("... .attn2.probabilities"), so that `attention: record.inside` feeds back a step
   * that was traced for attention alone. A tensor by itself takes its layer's place wholly. Where a map has both halves
   * of guidance (a batch of 2), both are fed.
   */
  readonly attention?: Readonly<Record<string, Tensor | FedMap>>;
  /** One factor for each of the K tokens, on what every cross-attention layer gives it. Sums are not brought back to 1. */
  readonly tokenWeights?: readonly number[];
  /** By role: "up_blocks.0.skips.1". */
  readonly skips?: Readonly<Record<string, Gate>>;
  /** Of the time embedding after its MLP. */
  readonly timeEmbedding?: Gate;
  /** Of what all cross-attention layers give: at 0 the text is not read. */
  readonly crossAttention?: Gate;
  /** By block: "down_blocks.0". Added to what it gives, [1, C, h, w], as a T2I-Adapter's features are (arXiv:2302.08453). */
  readonly residuals?: Readonly<Record<string, Tensor>>;
}

/** The same at every step; or for each step its own, as a list (none after its end; it travels to a worker) or a function. */
export type ControlPlan = Controls | readonly (Controls | null)[] | ((step: GuidedStep) => Controls | null);

export function controlsAt(plan: ControlPlan | undefined, step: GuidedStep): Controls | null {
  if (typeof plan === "function") return plan(step);
  return (isList(plan) ? plan[step.index] : plan) ?? null;
}

/** Both; where both control the same part, the second. Null where nothing is controlled. */
export function together(first: Controls | null, second: Controls | null | undefined): Controls | null {
  const given = [first, second].flatMap((controls) => Object.entries(controls ?? {}));
  const said = given.filter(([, value]) => value !== undefined);
  return said.length ? Object.fromEntries(said) : null;
}

const isList = (plan: ControlPlan | undefined): plan is readonly (Controls | null)[] => Array.isArray(plan);

/**
 * One run's controls for each of its items in a batch: with guidance [unconditional, conditional], without [conditional].
 * The maps of an item are [1, heads, q, K].
 */
export function controlsOfItems(controls: Controls | null, items: number): (Controls | null)[] {
  return Array.from({length: items}, (_, item) => controls && controlsOfItem(controls, item - items));
}

/** @param item counted from the end: -1 is the half that sees the prompt */
function controlsOfItem({attention = {}, tokenWeights, ...both}: Controls, item: number): Controls {
  const maps = Object.entries(attention).flatMap(([role, map]) => {
    const {probabilities, gate} = fedMap(map);
    const row = probabilities.dims[0] + item;
    return row < 0 ? [] : [[role, {probabilities: batchItem(probabilities, row), gate}] as const];
  });
  return {...both, attention: Object.fromEntries(maps), tokenWeights: item === -1 ? tokenWeights : undefined};
}

/** With its gate: a tensor by itself takes its layer's place wholly. */
export function fedMap(map: Tensor | FedMap): FedMap {
  return "probabilities" in map ? map : {probabilities: map, gate: 1};
}
