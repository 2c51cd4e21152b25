/** A model folder that tells what it holds, and lets a part of a file be read: what a reader brings, before it is kept. */
import {readJson, type Manifest, type ModelFolder} from "../models/folder.js";
import {inferManifest} from "../models/inferred.js";

export interface ListedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal, where the source tells it. */
  readonly sha256?: string;
  /** What changes when the file does, where there is no hash: an ETag, or when it was last modified. */
  readonly version?: string;
}

export interface ListedFolder extends ModelFolder {
  /** What to call the model if nothing in it does. */
  readonly name: string;
  /** Where it lies, as an address that ends in a slash: files of two folders of one name differ in it, or in their versions. */
  readonly base: string;
  readonly files: readonly ListedFile[];
  /** Where opening the folder has read it already. */
  readonly manifest?: Manifest;
  /** @throws WholeFilesOnly where the source hands out no parts */
  slice(path: string, begin: number, end: number): Promise<Uint8Array>;
  stream(path: string): Promise<ReadableStream<Uint8Array>>;
}

/** A server that does not know of ranges. */
export class WholeFilesOnly extends Error {
  constructor(path: string) {
    super(`the server hands out whole files only: ${path} cannot be looked into before it is fetched`);
    this.name = "WholeFilesOnly";
  }
}

export function fileNamed({files}: Pick<ListedFolder, "files">, path: string): ListedFile {
  const file = files.find((candidate) => candidate.path === path);
  if (!file) throw new Error(`${path} is not in this model folder, which has ${files.length} files`);
  return file;
}

/** The address that a file is kept under: another one when its content is another. */
export function keyOf({base}: Pick<ListedFolder, "base">, {path, size, sha256, version}: ListedFile): string {
  const address = base + path.split("/").map(encodeURIComponent).join("/");
  return `${address}?${new URLSearchParams(sha256 ? {sha256} : {size: String(size), version: version ?? ""})}`;
}

/** The folder in which a model lies: the shortest one with a UNet, or else with a pipeline's index. "" or ends in a slash. */
export function rootOf(paths: readonly string[]): string {
  const starts = (end: string): string[] =>
    paths
      .filter((path) => path === end || path.endsWith(`/${end}`))
      .map((path) => path.slice(0, path.length - end.length));
  const found = [starts("unet/model.onnx"), starts("model_index.json")].find(({length}) => length) ?? [""];
  return found.reduce((shortest, root) => (root.length < shortest.length ? root : shortest));
}

/** The folder's own manifest, or what its configurations tell. @throws when it is no model folder */
export async function manifestOf(folder: ListedFolder): Promise<Manifest> {
  if (folder.manifest) return folder.manifest;
  return folder.has("manifest.json") ? readJson<Manifest>(folder, "manifest.json") : inferManifest(folder, folder.name);
}
