import type {InsideRequest} from "../src/models/insides.js";
import type {Tensor} from "../src/tensor.js";
import type {Role} from "../src/trace/roles.js";
import type {Shape} from "../src/unet/facts.js";
import type {UnetPlan} from "../src/unet/plan.js";

/** Of all numbers of a tensor. `rms`: the root of the mean square, how large its numbers are. */
export interface Statistics {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
  readonly rms: number;
}

/** One inner tensor, seen: [C, h, w]; a vector is [C, 1, 1]. */
export interface Seen {
  readonly shape: Shape;
  readonly statistics: Statistics;
  /** Root mean square over the channels at each place, [h * w]. */
  readonly activity: Float32Array;
  /** The first channels, [n, h, w]: all of them where live. */
  readonly channels: Tensor;
}

/** One call of the UNet, seen from inside, by role. */
export interface Look {
  readonly source: "live" | "recorded";
  readonly timestep: number;
  get(role: string): Seen | null;
}

/** What is kept of the look at a step when another step is looked at. */
export interface Summary {
  readonly source: "live" | "recorded";
  readonly layers: ReadonlyMap<string, Pick<Seen, "statistics" | "activity">>;
  /** Sizes (rms) in each block of a transformer, in the order of BLOCK_PARTS. */
  readonly blocks: ReadonlyMap<string, readonly number[]>;
}

/** Inner tensors of a ResNet block, by what comes after its path. */
export const RESNET_PARTS = [".input", ".conv1", ".time_emb_proj", ".norm2.input", ".conv2", ".conv_shortcut"] as const;
/** And of a block of a transformer; "" is what it gives. */
export const BLOCK_PARTS = [".input", ".attn1", ".attn2", ".ff", ""] as const;
export const TIME_PARTS = ["time_proj", "time_embedding.linear_1", "time_embedding.act", "time_embedding"] as const;

/** The blocks inside of the plan's transformers: "mid_block.attentions.0.transformer_blocks.0". */
export function blocksOf(roles: readonly Pick<Role, "role">[]): string[] {
  return roles.map(({role}) => role).filter((role) => /\.attentions\.\d+\.transformer_blocks\.\d+$/.test(role));
}

/** Latents of more places than this belong to a model whose inner tensors are too many to bring all. */
export const MANY = 1024;

/**
 * What to ask of one call. For a small model everything that any figure shows; for a large one the layers, and the insides of
 * those that are chosen.
 */
export function rolesToSee(
  plan: UnetPlan,
  roles: readonly Pick<Role, "role">[],
  {places, chosen = []}: {places: number; chosen?: readonly string[]}
): string[] {
  const known = new Set(roles.map(({role}) => role));
  const isWanted = (role: string): boolean => places <= MANY || chosen.includes(role);
  const layers = plan.layers.flatMap(({role, kind, skip}) => [
    ...[role, ...(skip ? [`${role}.input`] : [])],
    ...(kind === "resnet" && isWanted(role) ? RESNET_PARTS.map((part) => role + part) : [])
  ]);
  const blocks = blocksOf(roles).flatMap((block) => (isWanted(block) ? BLOCK_PARTS.map((part) => block + part) : []));
  return [...new Set([...layers, ...blocks, ...TIME_PARTS])].filter((role) => known.has(role));
}

/** Runs the UNet once on latents of one picture, and looks inside. */
export async function lookInside(
  inside: (request: InsideRequest) => Promise<Readonly<Record<string, Tensor>>>,
  request: Extract<InsideRequest, {part: "unet"}>
): Promise<Look> {
  const tensors = await inside(request);
  const seen = new Map<string, Seen>();
  return {
    source: "live",
    timestep: request.timestep,
    get(role) {
      const known = seen.get(role);
      if (known || !tensors[role]) return known ?? null;
      const made = seenOf(channelsFirst(tensors[role], gridOf(role, tensors)));
      seen.set(role, made);
      return made;
    }
  };
}

export function summaryOf(look: Look, plan: UnetPlan, blocks: readonly string[]): Summary {
  const layers = plan.layers.flatMap(({role}) => {
    const seen = look.get(role);
    return seen ? [[role, {statistics: seen.statistics, activity: seen.activity}] as const] : [];
  });
  const sizes = blocks.flatMap((block) => {
    const parts = BLOCK_PARTS.map((part) => look.get(block + part)?.statistics.rms);
    return parts.every((size) => size !== undefined) ? [[block, parts] as const] : [];
  });
  return {source: look.source, layers: new Map(layers), blocks: new Map(sizes)};
}

export function seenOf(channels: Tensor): Seen {
  const [count, height, width] = channels.dims;
  const statistics = statisticsOf(channels.data);
  return {shape: [count, height, width], statistics, activity: activityOf(channels), channels};
}

export function statisticsOf(values: Float32Array): Statistics {
  let [sum, squares, least, most] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    sum += value;
    squares += value * value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const mean = sum / values.length;
  const square = squares / values.length;
  return {mean, deviation: Math.sqrt(Math.max(0, square - mean ** 2)), least, most, rms: Math.sqrt(square)};
}

function activityOf({data, dims: [count, height, width]}: Tensor): Float32Array {
  const places = height * width;
  const sums = new Float32Array(places);
  for (let i = 0; i < data.length; i++) sums[i % places] += data[i] ** 2;
  return sums.map((sum) => Math.sqrt(sum / count));
}

/** The grid on which a transformer's rows lie: that of the layer it is in. */
function gridOf(role: string, tensors: Readonly<Record<string, Tensor>>): readonly [number, number] | null {
  const [layer] = /^.*?\.attentions\.\d+/.exec(role) ?? [];
  const dims = layer === undefined ? undefined : tensors[layer]?.dims;
  return dims?.length === 4 ? [dims[2], dims[3]] : null;
}

/** [1, C, h, w], [1, C] or rows of a transformer [1, h * w, C] -> [C, h, w]. */
function channelsFirst({data, dims}: Tensor, grid: readonly [number, number] | null): Tensor {
  if (dims.length === 4) return {data, dims: dims.slice(1)};
  if (dims.length === 2) return {data, dims: [dims[1], 1, 1]};
  const [, places, count] = dims;
  const turned = new Float32Array(data.length);
  for (let place = 0; place < places; place++)
    for (let channel = 0; channel < count; channel++) turned[channel * places + place] = data[place * count + channel];
  return {data: turned, dims: [count, ...(grid ?? [1, places])]};
}
