/** Bytes under way as one figure, however many files they are of. */
import type {ManifestFile} from "./folder.js";

export interface Progress {
  /** The file that the last bytes were of. */
  readonly file: string;
  readonly loadedBytes: number;
  /** Of the files that are being fetched and of those that will be next. */
  readonly totalBytes: number;
}

export interface Tally {
  /** These will be fetched: the total knows of them at once. */
  announce(files: readonly ManifestFile[]): void;
  /** So many bytes of a file are here. */
  count(file: ManifestFile, bytes: number): void;
  /** All is here: what is fetched next is counted from nothing. */
  clear(): void;
}

export function createTally(onProgress: (progress: Progress) => void): Tally {
  const files = new Map<string, {readonly size: number; readonly loaded: number}>();
  const sum = (part: "size" | "loaded"): number => [...files.values()].reduce((total, file) => total + file[part], 0);
  return {
    announce(list) {
      for (const {path, size} of list) if (!files.has(path)) files.set(path, {size, loaded: 0});
    },
    count({path, size}, bytes) {
      files.set(path, {size, loaded: Math.min(size, bytes)});
      onProgress({file: path, loadedBytes: sum("loaded"), totalBytes: sum("size")});
    },
    clear: () => files.clear()
  };
}
