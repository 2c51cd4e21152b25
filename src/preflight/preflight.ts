/** What loading a model would take and bring, told before a byte of its weights is fetched. */
import {readJsonOr, type Manifest} from "../models/folder.js";
import type {SchedulerConfig} from "../schedulerConfig.js";
import {manifestOf, type ListedFile, type ListedFolder} from "../sources/listed.js";
import {backendFor, deviceProblems, folderProblems, warnings, type Finding} from "./checks.js";
import type {Device} from "./device.js";
import {filesOfModel, type PlannedFile} from "./files.js";
import {readGraphs} from "./graphs.js";
import {lossesOf, type Loss} from "./losses.js";

export interface Preflight {
  readonly name: string;
  readonly recommended: Manifest["recommended"] | null;
  /** In the order of the folder. */
  readonly files: readonly PlannedFile[];
  readonly totalBytes: number;
  /** Of them this browser keeps so many already. */
  readonly keptBytes: number;
  readonly device: Device;
  readonly backend: "webgpu" | "wasm";
  /** Why there, in words. */
  readonly because: string;
  /** Where there is one, the model is not to be loaded. */
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly losses: readonly Loss[];
  /** What it took to find this out: the graphs' headers. */
  readonly bytesRead: number;
}

/** @param isKept whether the browser has a file already; without, none */
export async function preflight(
  folder: ListedFolder,
  device: Device,
  isKept: (file: ListedFile) => Promise<boolean> = async () => false
): Promise<Preflight> {
  const scheduler = await readJsonOr<SchedulerConfig>(folder, "scheduler/scheduler_config.json", {});
  const graphs = await readGraphs(folder);
  const files = await filesOfModel(folder, graphs, isKept);
  const broken = folderProblems(folder, graphs);
  const manifest = broken.length ? null : await manifestOf(folder);
  const sum = (list: readonly PlannedFile[]): number => list.reduce((bytes, {size}) => bytes + size, 0);
  return {
    name: manifest?.name ?? folder.name,
    recommended: manifest?.recommended ?? null,
    files,
    totalBytes: sum(files),
    keptBytes: sum(files.filter(({kept}) => kept)),
    device,
    ...backendFor(graphs, device),
    problems: broken.length ? broken : deviceProblems(graphs, files, device),
    warnings: broken.length ? [] : warnings(graphs, device, scheduler),
    losses: broken.length ? [] : lossesOf(folder, graphs),
    bytesRead: graphs.reduce((bytes, graph) => bytes + graph.bytesRead, 0)
  };
}
