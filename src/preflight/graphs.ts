/** The graphs of a folder as their own headers tell them: a few reads each, no weights. */
import {messageOf} from "../messageOf.js";
import {PARTS, type PartName} from "../models/folder.js";
import {WholeFilesOnly, fileNamed, type ListedFolder} from "../sources/listed.js";
import {readGraph, type OnnxGraph} from "../trace/graph.js";
import {readHeader} from "../trace/header.js";
import {rolesOf, type Roles} from "../trace/roles.js";
import {readSignature, type Signature} from "../trace/signature.js";

export interface GraphFacts {
  readonly part: PartName;
  readonly path: string;
  /** Null where the source hands out whole files only. */
  readonly header: {readonly signature: Signature; readonly graph: OnnxGraph; readonly roles: Roles} | null;
  /** What reading it took. */
  readonly bytesRead: number;
}

/** Every graph that the folder has. @throws when one is no ONNX file */
export function readGraphs(folder: ListedFolder): Promise<GraphFacts[]> {
  const parts = Object.entries(PARTS) as [PartName, string][];
  return Promise.all(parts.filter(([, path]) => folder.has(path)).map(([part, path]) => readFacts(folder, part, path)));
}

async function readFacts(folder: ListedFolder, part: PartName, path: string): Promise<GraphFacts> {
  try {
    const read = (begin: number, end: number): Promise<Uint8Array> => folder.slice(path, begin, end);
    const {model, bytesRead} = await readHeader(read, fileNamed(folder, path).size);
    const graph = readGraph(model);
    return {part, path, header: {signature: readSignature(model), graph, roles: rolesOf(graph)}, bytesRead};
  } catch (error) {
    if (error instanceof WholeFilesOnly) return {part, path, header: null, bytesRead: 0};
    throw new Error(`${path}: ${messageOf(error)}`, {cause: error});
  }
}

/** The files that hold a graph's weights; where it could not be read, whatever lies beside it and may be that. */
export function weightsOf({path, header}: GraphFacts, folder: ListedFolder): string[] {
  const beside = path.slice(0, path.lastIndexOf("/") + 1);
  if (header) {
    const locations = header.signature.weights.flatMap(({location}) => location ?? []);
    return [...new Set(locations)].map((location) => beside + location);
  }
  const inFolder = folder.files.filter((file) => file.path.startsWith(beside));
  return inFolder.map((file) => file.path).filter((name) => /(onnx[._]data|weights\.pb)$/.test(name));
}
