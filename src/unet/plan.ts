/**
 * The U of a UNet: its layers in the order they run, and which skip joins which. Read from the roles of a running model's
 * own file, whatever its depth (Ronneberger et al. 2015, arXiv:1505.04597, figure 1; layers as diffusers names them).
 */
import type {Role} from "../trace/roles.js";

export type LayerKind = "convolution" | "resnet" | "transformer" | "down" | "up";

/** A skip connection: what a layer of the way up reads beside the layer before it. */
export interface Skip {
  /** "up_blocks.0.skips.1", by which it can be traced and switched off. */
  readonly role: string;
  /** The layer of the way down whose output it is. */
  readonly from: string;
}

export interface UnetLayer {
  /** "down_blocks.0.resnets.0"; its output goes by this name. */
  readonly role: string;
  readonly kind: LayerKind;
  /** The layer that it follows; null for the first. */
  readonly before: string | null;
  readonly skip: Skip | null;
}

/** One rung of the U: a skip, what was computed on the way down since the skip before it, and what reads it on the way up. */
export interface UnetRung {
  readonly down: readonly UnetLayer[];
  readonly skip: Skip;
  readonly up: readonly UnetLayer[];
}

export interface UnetPlan {
  readonly layers: readonly UnetLayer[];
  /** From the top of the U to its bottom. */
  readonly rungs: readonly UnetRung[];
  readonly middle: readonly UnetLayer[];
}

const LAYER =
  /^(?:conv_in|conv_out|(?:(?:down|up)_blocks\.\d+|mid_block)\.(?:resnets|attentions|downsamplers|upsamplers)\.\d+)$/;
const SKIP = /^(up_blocks\.\d+)\.skips\.(\d+)$/;

/** @throws when the file does not name its modules, or is no UNet of this kind */
export function planOfRoles(roles: readonly Role[]): UnetPlan {
  const outputs = roles.filter(({part, role}) => part === "output" && LAYER.test(role));
  const makerOf = new Map(outputs.map(({tensor, role}) => [tensor, role]));
  const skips = roles.flatMap(({part, role, tensor}) => {
    const from = part === "skip" ? makerOf.get(tensor) : undefined;
    return from === undefined ? [] : [{role, from}];
  });
  const modules = outputs.map(({role}) => role);
  if (!modules.includes("conv_in") || !skips.length)
    throw new Error("this model's file does not name the layers of a UNet: export it with Optimum to see its graph");
  return planOf(modules, skips);
}

/** @param modules names of layers, in any order */
export function planOf(modules: readonly string[], skips: readonly Skip[]): UnetPlan {
  const takenBy = new Map(skips.map((skip) => [takerOf(skip.role), skip]));
  const order = [...modules].sort((a, b) => compared(placeOf(a), placeOf(b)));
  const layers = order.map((role, i): UnetLayer => {
    return {role, kind: kindOf(role), before: order[i - 1] ?? null, skip: takenBy.get(role) ?? null};
  });
  const isUp = ({role}: UnetLayer): boolean => /^(up_blocks|conv_out)/.test(role);
  const isMiddle = ({role}: UnetLayer): boolean => role.startsWith("mid_block");
  const sources = new Set(skips.map(({from}) => from));
  const down = cut(
    layers.filter((layer) => !isUp(layer) && !isMiddle(layer)),
    ({role}) => sources.has(role),
    "after"
  );
  const up = cut(layers.filter(isUp), ({skip}) => skip !== null, "before").reverse();
  const rungs = down.flatMap((group, i): UnetRung[] => {
    const skip = up[i]?.[0].skip;
    return skip ? [{down: group, skip, up: up[i]}] : [];
  });
  return {layers, rungs, middle: layers.filter(isMiddle)};
}

/** "up_blocks.0.skips.1" is read by "up_blocks.0.resnets.1". */
const takerOf = (skip: string): string => skip.replace(SKIP, "$1.resnets.$2");

function kindOf(role: string): LayerKind {
  const [, list] = /\.(resnets|attentions|downsamplers|upsamplers)\.\d+$/.exec(role) ?? [];
  if (list === "resnets") return "resnet";
  if (list === "attentions") return "transformer";
  if (list === "downsamplers") return "down";
  return list === "upsamplers" ? "up" : "convolution";
}

const STAGES = ["conv_in", "down_blocks", "mid_block", "up_blocks", "conv_out"];

/** Where diffusers runs a layer: its stage, its block, its pair of ResNet block and transformer, and its place in that. */
function placeOf(role: string): number[] {
  const [stage, ...path] = role.split(".");
  const [list, index] = path.slice(-2);
  const block = stage.endsWith("_blocks") ? Number(path[0]) : 0;
  const isSampler = list === "downsamplers" || list === "upsamplers";
  return [STAGES.indexOf(stage), block, isSampler ? Infinity : Number(index ?? 0), list === "attentions" ? 1 : 0];
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}

/** A list cut before or after each entry that `ends` names. */
function cut<T>(list: readonly T[], ends: (entry: T) => boolean, where: "before" | "after"): T[][] {
  const groups: T[][] = [];
  let open = false;
  for (const entry of list) {
    if (!open || (where === "before" && ends(entry))) groups.push([]);
    groups[groups.length - 1].push(entry);
    open = !(where === "after" && ends(entry));
  }
  return groups;
}
