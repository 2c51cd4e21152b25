import type {LinearPreview} from "../components/pixels.js";
import type {ProgressData} from "../components/progressBar.js";
import {choice, number, seed, text, writeQuery, type Field} from "../page/query.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";
import type {Tensor} from "../src/tensor.js";
import type {Role} from "../src/trace/roles.js";
import type {Shape, UnetFacts} from "../src/unet/facts.js";
import type {UnetPlan} from "../src/unet/plan.js";
import type {Look, Summary} from "./look.js";
import type {LayerTimes} from "./times.js";

/** What a drawing was asked for. */
export interface Asked {
  readonly prompt: string;
  readonly negative: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly sampler: string;
}

/** What the UNet was given at a step, and what followed from its answer. All [1, 4, h, w]. */
export interface Frame {
  readonly timestep: number;
  readonly alphaCumprod: number;
  readonly xt: Tensor;
  readonly x0: Tensor;
}

/** One drawing, as far as it is; a new object with every step. */
export interface UnetFilm {
  readonly source: "recorded" | "live";
  readonly asked: Asked;
  readonly frames: readonly Frame[];
  readonly numSteps: number;
  /** The finished latents. */
  readonly last: Tensor | null;
}

/** The running UNet: what its own file says of it. */
export interface Graph {
  readonly source: "recorded" | "live";
  readonly model: string;
  readonly plan: UnetPlan;
  readonly facts: UnetFacts;
  readonly roles: readonly Pick<Role, "role">[];
  /** Blocks inside of the transformers. */
  readonly blocks: readonly string[];
  readonly sample: Shape;
  readonly tokens: number;
  readonly textWidth: number;
}

/** The newest look, and of what it is. */
export interface Sight {
  readonly look: Look;
  readonly step: number;
  /** The latents that were looked at: those of another film are other latents. */
  readonly of: Tensor;
}

export interface UnetState {
  asked: Asked;
  film: UnetFilm;
  step: number;
  playing: boolean;
  /** How many layers of the step have run, while it is played; null: all. */
  ran: number | null;
  graph: Graph;
  /** Of the model that the page runs: false while it has not come. */
  ready: boolean;
  hasControls: boolean;
  schedulerConfig: SchedulerConfig | null;
  preview: LinearPreview;
  /** Which graph is drawn. */
  shapes: "here" | "sd15";
  /** The layer whose insides are shown. */
  chosen: string;
  resnet: string;
  block: string;
  channel: number;
  /** The timestep that the network is told in place of the true one; null: the true one. */
  told: number | null;
  sight: Sight | null;
  /** null: this model's were not measured yet. */
  times: LayerTimes | null;
  /** By step of the film. */
  summaries: ReadonlyMap<number, Summary>;
  work: ProgressData | null;
  error: string | null;
  /** Counts decoded pictures. */
  decoded: number;
}

/** The layer of the address may be any model's. */
const role: Field<string> = (value) => (/^[a-z_]+[\w.]{0,80}$/.test(value) ? value : undefined);

export const FIELDS = {
  ...{prompt: text, negative: text, seed, steps: number(2, 100, {whole: true}), guidance: number(1, 12), sampler: text},
  ...{
    step: number(1, 1000, {whole: true}),
    layer: role,
    shapes: choice("here", "sd15"),
    told: number(0, 999, {whole: true})
  }
};

/** The address of a state: what differs from a plain visit. */
export function queryOf(
  {asked, step, chosen, shapes, told, playing}: Readonly<UnetState>,
  plain: Readonly<UnetState>
): string {
  return writeQuery(
    {...asked, step: playing ? plain.step + 1 : step + 1, layer: chosen, shapes, told},
    {...plain.asked, step: plain.step + 1, layer: plain.chosen, shapes: plain.shapes, told: null}
  );
}

/** Channels and sides of any [1, C, h, w]. */
export const placesOf = ({dims}: Tensor): number => dims[2] * dims[3];

/** The look at the step on show; null where the newest look is of another step or film. */
export function sightAt({film, step, sight}: Pick<UnetState, "film" | "step" | "sight">): Sight | null {
  return sight && film.frames[step] && sight.of === film.frames[step].xt ? sight : null;
}
