import {readFile, stat, utimes, writeFile} from "node:fs/promises";
import {extname} from "node:path";
import {promisify} from "node:util";
import {brotliCompress, constants, gzip} from "node:zlib";

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/** Kinds of files that may shrink. Pictures and fonts are compressed already. */
const KINDS = new Set([
  ".html",
  ".css",
  ".js",
  ".mjs",
  ".json",
  ".jsonl",
  ".svg",
  ".txt",
  ".wasm",
  ".onnx",
  ".onnx_data",
  ".bin"
]);
const SMALLEST = 1024; // bytes; below, headers outweigh the gain
const MEDIUM = 512 * 1024; // bytes; above, brotli's best quality takes ten times as long for a tenth less
const BIG = 4 * 1024 * 1024; // bytes; wasm and weights, where quality 9 takes five times as long as 6 for a twentieth less
const LEAST_GAIN = 0.05; // a twin that saves less is not worth its place

/** Whether a file of this name and size (bytes) gets compressed twins. */
export function hasTwins(path: string, size: number): boolean {
  return size >= SMALLEST && KINDS.has(extname(path));
}

/** Brotli's quality for a file of `size` bytes. */
export function brotliQuality(size: number): number {
  if (size > BIG) return 6;
  return size > MEDIUM ? 9 : 11;
}

/** Whether a twin of `compressed` bytes saves enough of `size`. */
export function isWorthKeeping(size: number, compressed: number): boolean {
  return compressed <= size * (1 - LEAST_GAIN);
}

function brotli(data: Buffer): Promise<Buffer> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: brotliQuality(data.length),
    [constants.BROTLI_PARAM_LGWIN]: 24, // 16 MB, brotli's largest window that browsers accept
    [constants.BROTLI_PARAM_SIZE_HINT]: data.length
  };
  return brotliAsync(data, {params});
}

/** Writes `path`.br and `path`.gz where they are worth it, as old as the file, so that an unchanged file keeps its ETag. */
export async function writeTwins(path: string): Promise<void> {
  const {size, atime, mtime} = await stat(path);
  if (!hasTwins(path, size)) return;
  const data = await readFile(path);
  const [br, gz] = await Promise.all([brotli(data), gzipAsync(data, {level: 6})]);
  for (const [twin, compressed] of [
    [`${path}.br`, br],
    [`${path}.gz`, gz]
  ] as const) {
    if (!isWorthKeeping(size, compressed.length)) continue;
    await writeFile(twin, compressed);
    await utimes(twin, atime, mtime);
  }
}
