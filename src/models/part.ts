/** One graph of a model folder: opened when it is first run, and once more for a set of inner tensors that is asked for. */
import {remembered} from "../remembered.js";
import {sizeOf, type Tensor} from "../tensor.js";
import {readGraph, type OnnxGraph} from "../trace/graph.js";
import {findRoles, rolesOf, type Role, type Roles} from "../trace/roles.js";
import {readSignature} from "../trace/signature.js";
import {moduleWeights, type ModuleWeight} from "../trace/weights.js";
import type {Graph, Int64Tensor} from "./runtime.js";

export type Feeds = Readonly<Record<string, Tensor | Int64Tensor>>;
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Part {
  /** The graph without inner tensors. Calls share it; a failed try may be repeated. */
  open(): Promise<Graph>;
  /** What the file says of itself, without opening it: nodes, inputs, outputs, and what they are for. */
  structure(): Promise<{readonly graph: OnnxGraph; readonly roles: Roles; weights(): readonly ModuleWeight[]}>;
  /**
   * The named outputs, and by role the inner tensors that `asked` means (see trace/roles). Probabilities come as
   * [B, heads, q, K]. Nothing is opened or fetched for what is not asked.
   */
  run(
    feeds: Feeds,
    outputs: readonly string[],
    asked?: readonly string[]
  ): Promise<{outputs: Tensors; inside: Tensors}>;
  release(): Promise<void>;
}

/** @param open the graph with these inner tensors as outputs too @param bytes of the file */
export function openPart(open: (exposed: readonly string[]) => Promise<Graph>, bytes: () => Promise<Uint8Array>): Part {
  const plain = remembered(() => open([]));
  const structure = remembered(async () => {
    const file = await bytes();
    const graph = readGraph(file);
    return {graph, roles: rolesOf(graph), weights: () => moduleWeights(graph, readSignature(file).weights)};
  });
  const tracing = keepGraphs(open);
  return {
    open: plain.get,
    structure: structure.get,
    async run(feeds, outputs, asked = []) {
      if (!asked.length) return {outputs: await (await plain.get()).run(feeds, outputs), inside: {}};
      const {graph, roles} = await structure.get();
      const found = findRoles(graph, roles, asked);
      const wanted = new Set(found.map(({tensor}) => tensor).filter((name) => !(name in feeds)));
      const exposed = [...wanted].filter((name) => !graph.outputs.includes(name));
      const names = [...new Set([...outputs, ...wanted])];
      const run = async (opened: Graph): Promise<Tensors> => (names.length ? opened.run(feeds, names) : {});
      const all = exposed.length ? await tracing.use(exposed, run) : await run(await plain.get());
      const batch = Object.values(feeds)[0].dims[0];
      const valueOf = ({tensor, part}: Role): Tensor =>
        part === "probabilities" ? byHead(all[tensor], batch) : (all[tensor] ?? copied(feeds[tensor]));
      return {
        outputs: Object.fromEntries(outputs.map((name) => [name, all[name]])),
        inside: Object.fromEntries(found.map((role) => [role.role, valueOf(role)]))
      };
    },
    async release() {
      const opened = plain.made()?.then((graph) => graph.release());
      await Promise.all([opened?.catch(() => {}), tracing.release()]); // what never opened
    }
  };
}

/** [B * heads, q, K], as diffusers computes it, or [B, heads, q, K] -> the latter. */
function byHead({data, dims}: Tensor, batch: number): Tensor {
  const map = dims.slice(-2);
  return {data, dims: [batch, data.length / batch / sizeOf(map), ...map]};
}

/** What goes in belongs to the caller. */
function copied({data, dims}: Tensor | Int64Tensor): Tensor {
  return {data: Float32Array.from<number | bigint>(data, Number), dims};
}

/** So many graphs with inner tensors are kept beside the plain one, fewer where they are large. Each holds its own weights. */
const MOST_KEPT = 3;
const MOST_BYTES = 500e6;

interface Kept {
  readonly exposed: ReadonlySet<string>;
  readonly graph: Promise<Graph>;
  users: number;
  dropped: boolean;
}

/** Graphs by the tensors they expose: the ones used last are kept, and none is released while it runs. */
export function keepGraphs(open: (exposed: readonly string[]) => Promise<Graph>): {
  /** Run `task` on a graph that exposes at least these tensors. */
  use<T>(exposed: readonly string[], task: (graph: Graph) => Promise<T>): Promise<T>;
  release(): Promise<void>;
} {
  let kept: Kept[] = []; // the one used last comes last
  let bytes = 0; // of one graph: all are of one file

  async function drop(entry: Kept): Promise<void> {
    kept = kept.filter((other) => other !== entry);
    entry.dropped = true;
    if (!entry.users) await entry.graph.then((graph) => graph.release()).catch(() => {}); // what never opened
  }

  async function make(exposed: readonly string[]): Promise<Graph> {
    const most = Math.max(1, Math.min(MOST_KEPT, Math.floor(MOST_BYTES / (bytes || 1))));
    const oldest = kept.slice(0, Math.max(0, kept.length - most + 1));
    await Promise.all(oldest.map(drop)); // first, so that both need not fit at once
    const graph = await open(exposed);
    bytes = graph.bytes;
    return graph;
  }

  function entryFor(exposed: readonly string[]): Kept {
    const holding = kept.filter((entry) => exposed.every((name) => entry.exposed.has(name)));
    const known = holding.sort((a, b) => a.exposed.size - b.exposed.size)[0];
    const entry = known ?? {exposed: new Set(exposed), graph: make(exposed), users: 0, dropped: false};
    kept = [...kept.filter((other) => other !== entry), entry];
    return entry;
  }

  return {
    async use(exposed, task) {
      const entry = entryFor(exposed);
      entry.users++;
      try {
        const graph = await entry.graph.catch((error: unknown) => {
          kept = kept.filter((other) => other !== entry);
          throw error;
        });
        return await task(graph);
      } finally {
        entry.users--;
        if (entry.dropped && !entry.users) await drop(entry);
      }
    },
    async release() {
      await Promise.all(kept.map(drop));
    }
  };
}
