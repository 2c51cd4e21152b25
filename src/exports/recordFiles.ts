// The records of a run as files that NumPy and any reader of JSON open; the command line and the playground write the same.
import {strToU8, zipSync} from "fflate";
import {encodeNpy} from "../npy.js";
import type {StepRecord} from "../stepRecord.js";
import {concat} from "../tensor.js";

/** What a file of records needs of a step. */
export type RecordedStep = Pick<
  StepRecord,
  | "index"
  | "timestep"
  | "prevTimestep"
  | "alphaCumprod"
  | "coefficients"
  | "guidanceScale"
  | "seconds"
  | "latents"
  | "x0"
  | "epsUncond"
  | "epsCond"
  | "prev"
>;

/** Files by their names. */
export type Files = Readonly<Record<string, Uint8Array>>;

/**
 * record.json: the options and the numbers of each step. latents.npy [N + 1, 4, h, w]: what the sampler carried before each
 * step and after the last; x0.npy, eps_uncond.npy, eps_cond.npy [N, 4, h, w].
 */
export function recordFiles(records: readonly RecordedStep[], options: object): Files {
  if (!records.length) throw new Error("a run of no steps: draw a picture first");
  const steps = records.map(({index, timestep, prevTimestep, alphaCumprod, coefficients, guidanceScale, seconds}) => ({
    ...{index, timestep, prevTimestep, alphaCumprod, coefficients, guidanceScale, seconds}
  }));
  return {
    "record.json": strToU8(JSON.stringify({...options, steps}, null, 1) + "\n"),
    "latents.npy": encodeNpy(concat([...records.map((step) => step.latents), records[records.length - 1].prev])),
    "x0.npy": encodeNpy(concat(records.map((step) => step.x0))),
    "eps_uncond.npy": encodeNpy(concat(records.map((step) => step.epsUncond))),
    "eps_cond.npy": encodeNpy(concat(records.map((step) => step.epsCond)))
  };
}

/** The files in one zip archive. */
export const zipped = (files: Files): Uint8Array => zipSync({...files}, {level: 6});
