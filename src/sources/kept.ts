/** A reader's own model, kept in the browser: fetched on one page, read from there on every other, without a network. */
import type {Manifest, ModelFolder} from "../models/folder.js";
import type {Loss} from "../preflight/losses.js";
import type {ModelFiles} from "../storage/modelFiles.js";
import {fileNamed, keyOf, manifestOf, type ListedFile, type ListedFolder} from "./listed.js";

/** What is remembered of a kept model; structured-cloneable. */
export interface KeptModel {
  readonly kind: "kept";
  readonly manifest: Manifest;
  readonly files: readonly (ListedFile & {readonly key: string})[];
  /** What chapters lose with it, as its pre-flight found. */
  readonly losses?: readonly Loss[];
}

export interface KeepProgress {
  readonly file: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface KeepOptions {
  onProgress?(progress: KeepProgress): void;
  readonly signal?: AbortSignal;
}

/**
 * Keep these files of a folder, one after the other; those that are kept already are not fetched. After a failure or an
 * abort the whole ones stay, and the next try goes on.
 * @throws one sentence that names the file
 */
export async function keepModel(
  folder: ListedFolder,
  files: readonly ListedFile[],
  store: ModelFiles,
  {onProgress = () => {}, signal}: KeepOptions = {}
): Promise<KeptModel> {
  const manifest = await manifestOf(folder);
  const totalBytes = files.reduce((sum, {size}) => sum + size, 0);
  let whole = 0;
  for (const file of files) {
    signal?.throwIfAborted();
    const key = keyOf(folder, file);
    const told = (bytes: number): void =>
      onProgress({file: file.path, loadedBytes: whole + Math.min(bytes, file.size), totalBytes});
    told(0);
    if (!(await store.has(key))) {
      const body = counted(await folder.stream(file.path), told, signal);
      await store.put(key, body, file.size);
    }
    whole += file.size;
    told(0);
  }
  return {
    kind: "kept",
    manifest: {...manifest, files: files.map(({path, size, sha256 = ""}) => ({path, size, sha256}))},
    files: files.map((file) => ({...file, key: keyOf(folder, file)}))
  };
}

function counted(
  body: ReadableStream<Uint8Array>,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal
): ReadableStream<Uint8Array> {
  let bytes = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (signal?.aborted) return controller.error(signal.reason);
      onBytes((bytes += chunk.length));
      controller.enqueue(chunk);
    }
  });
  return body.pipeThrough(count);
}

/** Whether all of a kept model's files are still there. */
export async function isWhole({files}: KeptModel, store: ModelFiles): Promise<boolean> {
  for (const {key} of files) if (!(await store.has(key))) return false;
  return true;
}

/** @param digest SHA-256; a file that does not have its hash is thrown away, and said to be damaged */
export function folderOfKept(
  {files}: KeptModel,
  store: ModelFiles,
  digest?: (bytes: Uint8Array) => Promise<ArrayBuffer>
): ModelFolder {
  const paths = new Set(files.map(({path}) => path));
  return {
    has: (path) => paths.has(path),
    async bytes(path) {
      const {sha256} = fileNamed({files}, path);
      const {key} = files.find((file) => file.path === path)!;
      const bytes = await store.bytes(key);
      if (!sha256 || !digest || hex(await digest(bytes)) === sha256) return bytes;
      await store.remove(key);
      throw new Error(`${path} does not have the hash that its source names: load the model again on the model page`);
    }
  };
}

const hex = (hash: ArrayBuffer): string =>
  [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
