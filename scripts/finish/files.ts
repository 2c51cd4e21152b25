import {cp, mkdir, readFile, readdir, writeFile} from "node:fs/promises";
import {basename, dirname, join, resolve} from "node:path";
import {woff2Only} from "./katex.js";

/** All files below `folder`. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true});
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Whether a file of a model folder belongs on the site: all but hidden files, and twins left by hand. */
export function isServed(path: string): boolean {
  return !basename(path).startsWith(".") && !/\.(?:br|gz|py|md)$/.test(path);
}

/** Copies a model folder as it is, so that its files have the same addresses in the preview and in the build. Times are kept: ETags are made of them. */
export async function copyModel(source: string, destination: string): Promise<void> {
  const top = resolve(source);
  await mkdir(dirname(destination), {recursive: true});
  await cp(source, destination, {
    recursive: true,
    dereference: true,
    preserveTimestamps: true,
    filter: (path) => resolve(path) === top || isServed(path)
  });
}

/** Copies KaTeX's style sheet and its woff2 fonts. */
export async function copyKatex(source: string, destination: string): Promise<void> {
  await mkdir(join(destination, "fonts"), {recursive: true});
  const css = await readFile(join(source, "katex.min.css"), "utf8");
  await writeFile(join(destination, "katex.min.css"), woff2Only(css));
  await cp(join(source, "fonts"), join(destination, "fonts"), {
    recursive: true,
    filter: (path) => basename(path) === "fonts" || path.endsWith(".woff2")
  });
}
