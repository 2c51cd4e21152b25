import type {LinearPreview} from "../components/pixels.js";
import type {SourcePicture} from "../components/pictureSource.js";
import {choice, number, seed, text, writeQuery, type Field} from "../page/query.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";
import type {Tensor} from "../src/tensor.js";
import {DEFAULTS} from "./defaults.js";
import {readMask} from "./mask.js";
import type {PictureRun} from "./run.js";
import type {Walk} from "./walking.js";

/** What the reader can set, and the address keeps. */
export interface Asked {
  readonly scene: number;
  readonly prompt: string;
  readonly seed: number;
  /** 0 ... 1 */
  readonly strength: number;
  readonly steps: number;
  readonly guidance: number;
  readonly inpaint: string;
  /** See mask.ts. */
  readonly mask: string;
  /** What the picture shows, in words; empty: its own caption. */
  readonly shows: string;
  /** Where the walks lead from and to. */
  readonly walkPrompt: string;
  readonly walkToPrompt: string;
  readonly walkSeed: number;
  readonly walkToSeed: number;
  /** Share of the way that the films stand at; null while they play. */
  readonly walkShare: number | null;
  /** What the projection holds. */
  readonly keep: Keep;
  /** Guidance of the way back from the inverted picture. */
  readonly back: number;
  /** The run that is painted on. */
  readonly brushPrompt: string;
  /** The step that is painted on, from 1; the brush's colour, and where it has painted: see mask.ts. */
  readonly brushStep: number;
  readonly brushColor: string;
  readonly paint: string;
  /** The steps that the strips of the lower figures stand at, from 1; null at their ends. */
  readonly inpaintStep: number | null;
  readonly projectStep: number | null;
  readonly carriedStep: number | null;
}

/** What is known of a picture that is drawn anew. */
export type Keep = "luminance" | "low-frequencies";

/** All that the page's figures share. */
export interface EditingState extends Asked {
  /** Null until the scene has been composed here. */
  readonly picture: SourcePicture | null;
  /** Of the picture, [1, 4, h, w]. */
  readonly latents: Tensor;
  readonly from: "recorded" | "live";
  readonly run: PictureRun;
  /** The step that is looked at. */
  readonly step: number;
  readonly playing: boolean;
  /** The UNet's first guess from the noised picture, made before the run. */
  readonly guess: {readonly key: string; readonly x0: Tensor} | null;
  /** The strength moves by itself. */
  readonly sweeping: boolean;
  /** A run from the picture is being drawn. */
  readonly busy: boolean;
  readonly ready: boolean;
  readonly model: string;
  readonly preview: LinearPreview;
  readonly scheduler: SchedulerConfig;
  /** Counts decoded pictures. */
  readonly decoded: number;
}

const mask: Field<string> = (value) => (readMask(value) ? value : undefined);
const step = number(1, 60, {whole: true});

export const fields: {[K in keyof Asked]: Field<Asked[K]>} = {
  ...{scene: number(0, 1e9, {whole: true}), prompt: text, seed, strength: number(0.01, 1)},
  ...{steps: number(2, 60, {whole: true}), guidance: number(1, 20), inpaint: text, mask, shows: text},
  ...{walkPrompt: text, walkToPrompt: text, walkSeed: seed, walkToSeed: seed, walkShare: number(0, 1)},
  ...{keep: choice("luminance", "low-frequencies"), back: number(1, 12, {whole: true})},
  brushPrompt: text,
  ...{brushStep: choiceOf(DEFAULTS.brush.steps.map((index) => index + 1)), brushColor: text, paint: mask},
  ...{inpaintStep: step, projectStep: step, carriedStep: step}
};

/** The position on the main strip, from 1; left out at its end. */
export const stepField = {step};

/** One of a few numbers. */
function choiceOf(numbers: readonly number[]): Field<number> {
  return (value) => numbers.find((one) => String(one) === value);
}

/** What a plain visit asks. */
export function plainly(guidance: number): Asked {
  const {scene, prompt, seed: first, strength, steps, inpaint, mask: cells, walk, brush} = DEFAULTS;
  return {
    ...{scene, prompt, seed: first, strength, steps, guidance, inpaint, mask: cells, shows: ""},
    ...{...walkFields(walk), walkShare: null, keep: "luminance", back: 1},
    ...{brushPrompt: brush.prompt, brushStep: brush.steps[1] + 1, brushColor: brush.color, paint: brush.mask},
    ...{inpaintStep: null, projectStep: null, carriedStep: null}
  };
}

/** The address of a state; a strength that moves by itself is none to keep. */
export function queryOf(state: EditingState, plain: Asked): string {
  const names = Object.keys(fields) as (keyof Asked)[];
  const own = state.picture?.kind === "scene" || !state.picture;
  const values = Object.fromEntries(names.map((name) => [name, state[name]]));
  if (!own) values.scene = plain.scene;
  if (state.sweeping) values.strength = plain.strength;
  const {run, step: at, playing} = state;
  const still = run.result && !playing && !state.busy && at < run.numSteps - 1;
  return writeQuery({...values, step: still ? at + 1 : null}, {...plain});
}

/** The walks in the address's names, and back. */
export const walkFields = ({prompt, toPrompt, seed: from, toSeed}: Walk) => ({
  ...{walkPrompt: prompt, walkToPrompt: toPrompt, walkSeed: from, walkToSeed: toSeed}
});
export const walkOf = ({
  walkPrompt,
  walkToPrompt,
  walkSeed,
  walkToSeed
}: Pick<Asked, "walkPrompt" | "walkToPrompt" | "walkSeed" | "walkToSeed">): Walk => ({
  ...{prompt: walkPrompt, toPrompt: walkToPrompt, seed: walkSeed, toSeed: walkToSeed}
});

/** The number of the scene on screen; null for a picture of the reader's own. */
export const sceneOf = ({picture, scene}: Pick<EditingState, "picture" | "scene">): number | null =>
  !picture || picture.kind === "scene" ? scene : null;

/** The words for what the picture shows. */
export const shownIn = ({shows, picture}: Pick<EditingState, "shows" | "picture">): string =>
  shows.trim() || picture?.name || "";

/** What a run from the picture depends on, beside where it enters. */
export function keyOf(
  state: Pick<EditingState, "latents" | "prompt" | "seed" | "steps" | "guidance">,
  first: number
): string {
  return JSON.stringify([idOf(state.latents), state.prompt.trim(), state.seed, state.steps, state.guidance, first]);
}

const ids = new WeakMap<Float32Array, number>();
let count = 0;

/** A number for each tensor. */
export function idOf({data}: Tensor): number {
  if (!ids.has(data)) ids.set(data, (count += 1));
  return ids.get(data)!;
}
