/**
 * What the tensors of a graph are for: diffusers' and transformers' module paths -> the names that tensors have in one
 * file. Pages ask for "down_blocks.0.resnets.0", whatever the exporter called it.
 *
 * A module's output is the last tensor made in it and used outside of it; its input the first one that it takes from
 * outside. Both must lie on the way of the data: they descend from the graph's first input through values, not shapes
 * (the time embedding and the text enter from the side).
 */
import type {GraphNode, OnnxGraph} from "./graph.js";

export interface Role {
  /**
   * A module's path for its output ("mid_block.resnets.0"); with ".input" for what goes in, ".probabilities" for the
   * softmax of an attention, ".skips.1" for the second skip that an up block takes.
   */
  readonly role: string;
  readonly module: string;
  readonly part: "output" | "input" | "probabilities" | "skip";
  /** The name in this file. */
  readonly tensor: string;
}

export type Roles = ReadonlyMap<string, Role>;

/** Short for the probabilities of every such layer. */
const GROUPS: Readonly<Record<string, string>> = {attn1: "*.attn1.probabilities", attn2: "*.attn2.probabilities"};
const FUSED = new Set(["Attention", "MultiHeadAttention", "GroupQueryAttention", "PackedMultiHeadAttention"]);
const SHAPES = new Set(["Shape", "Size"]);
/** A module that runs several times has no one output. */
const SHARED = /(^|\.)nonlinearity(_\d+)?$/;
/** What an exporter wraps around the module that has the names: a class of its own, or the model's inner one. */
const WRAPPER = /^(unet|vae|text_model|vision_model|model)(\.|$)/;

/** Every role of a graph, in the order of the modules' first nodes. */
export function rolesOf(graph: OnnxGraph): Roles {
  const main = reached(graph.nodes, graph.inputs.slice(0, 1));
  const live = reached(graph.nodes, graph.inputs);
  const users = usersOf(graph.nodes);
  const leaves = new Set(graph.outputs);
  const roles = new Map<string, Role>();
  for (const [module, nodes] of modulesOf(graph.nodes, live)) {
    const within = new Set(nodes);
    const made = new Set(nodes.flatMap(({outputs}) => outputs));
    const isUsedOutside = (tensor: string): boolean =>
      leaves.has(tensor) || (users.get(tensor) ?? []).some((node) => !within.has(node));
    const prefer = (tensors: readonly string[]): readonly string[] => {
      const onTheWay = tensors.filter((tensor) => main.has(tensor));
      return onTheWay.length ? onTheWay : tensors.filter((tensor) => live.has(tensor));
    };
    const add = (part: Role["part"], suffix: string, tensor: string | undefined): void => {
      if (tensor !== undefined) roles.set(module + suffix, {role: module + suffix, module, part, tensor});
    };
    const own = nodes.filter((node) => moduleOf(node) === module);
    const taken = (of: readonly GraphNode[]): readonly string[] =>
      prefer(
        of.flatMap(({operator, inputs}) => (SHAPES.has(operator) ? [] : inputs)).filter((name) => !made.has(name))
      );
    const input = taken(nodes)[0];
    add("input", ".input", input);
    if (/^up_blocks\.\d+$/.test(module)) {
      const concats = own.filter(({operator}) => operator === "Concat");
      const outside = new Set(taken(concats));
      const isTwice = (inputs: readonly string[]): boolean =>
        inputs.length > 1 && inputs.every((name) => name === input);
      const skips = concats.flatMap(({inputs}) => {
        const others = inputs.filter((name) => outside.has(name) && name !== input);
        return others.length || !isTwice(inputs) ? others : inputs.slice(1); // without a middle block a skip is the input itself
      });
      skips.forEach((skip, i) => add("skip", `.skips.${i}`, skip));
    }
    add("probabilities", ".probabilities", own.findLast(({operator}) => operator === "Softmax")?.outputs[0]);
    add("output", "", prefer([...made].filter(isUsedOutside)).at(-1));
  }
  return roles;
}

/**
 * The roles that are meant: by name, by a pattern in which * stands for anything, or "attn1" and "attn2" for the
 * probabilities of every self- and cross-attention layer. What has no role goes by its tensor's name in this file.
 * @throws one sentence when there is no such role; where attention is fused it says so
 */
export function findRoles(graph: OnnxGraph, roles: Roles, asked: readonly string[]): readonly Role[] {
  const found = asked.flatMap((name) => {
    const role = roles.get(name);
    if (role) return [role];
    const pattern = patternOf(GROUPS[name] ?? name);
    const matching = [...roles.values()].filter((candidate) => pattern?.test(candidate.role));
    if (matching.length) return matching;
    const maker = graph.nodes.find(({outputs}) => outputs.includes(name));
    if (!maker) throw new Error(missing(graph, roles, name));
    return [{role: name, module: moduleOf(maker), part: "output", tensor: name} as const];
  });
  return [...new Set(found)];
}

/** Null where there is no * in it. */
function patternOf(name: string): RegExp | null {
  if (!name.includes("*")) return null;
  const parts = name.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

function missing(graph: OnnxGraph, roles: Roles, asked: string): string {
  const fused = fusedAttention(graph);
  if (fused && (asked in GROUPS || asked.endsWith(".probabilities"))) {
    return `this model was exported with fused attention (${fused}), which keeps no probabilities: export it with plain attention to see its maps`;
  }
  if (!roles.size)
    return "this model's nodes are not named after its modules: export it with Optimum to see its insides";
  const outputs = [...roles.values()].filter(({part}) => part === "output").map(({role}) => role);
  return `no part of this model is called ${asked}; it has ${roles.size}, such as ${outputs.slice(0, 3).join(", ")}`;
}

/** The operator in which a graph's attention is fused, if any is. */
export const fusedAttention = ({nodes}: OnnxGraph): string | undefined =>
  nodes.find(({operator}) => FUSED.has(operator))?.operator;

/** diffusers' path of the module that a node belongs to: dots in our files, slashes in Optimum's. "" where none is known. */
export function moduleOf({name, scope}: Pick<GraphNode, "name" | "scope">): string {
  const path = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : (scope ?? "");
  return path.replace(/^\//, "").replaceAll("/", ".").replace(WRAPPER, "");
}

/** Modules -> their nodes, those of inner modules too. Lists of modules ("resnets") are no modules. */
function modulesOf(nodes: readonly GraphNode[], live: ReadonlySet<string>): Map<string, GraphNode[]> {
  const modules = new Map<string, GraphNode[]>();
  const lists = new Set<string>();
  const own = new Set<string>();
  for (const node of nodes) {
    if (!node.outputs.some((tensor) => live.has(tensor))) continue; // weights and shapes
    const path = moduleOf(node).split(".");
    if (path[0] === "") continue;
    own.add(path.join("."));
    for (let length = 1; length <= path.length; length++) {
      const module = path.slice(0, length).join(".");
      if (/^\d+$/.test(path[length] ?? "")) lists.add(module);
      const known = modules.get(module);
      if (known) known.push(node);
      else modules.set(module, [node]);
    }
  }
  const isModule = (module: string): boolean => (own.has(module) || !lists.has(module)) && !SHARED.test(module);
  return new Map([...modules].filter(([module]) => isModule(module)));
}

/** The tensors that descend from `sources` through values. */
function reached(nodes: readonly GraphNode[], sources: readonly string[]): ReadonlySet<string> {
  const found = new Set(sources);
  for (const {operator, inputs, outputs} of nodes) {
    if (SHAPES.has(operator) || !inputs.some((name) => found.has(name))) continue;
    for (const name of outputs) found.add(name);
  }
  return found;
}

function usersOf(nodes: readonly GraphNode[]): ReadonlyMap<string, readonly GraphNode[]> {
  const users = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const name of SHAPES.has(node.operator) ? [] : node.inputs) {
      const known = users.get(name);
      if (known) known.push(node);
      else users.set(name, [node]);
    }
  }
  return users;
}
