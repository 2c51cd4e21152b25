import {transform} from "esbuild";
import {readFile, stat, utimes, writeFile} from "node:fs/promises";
import {sep} from "node:path";

/** Whether a file is one of the site's own modules, which Framework translates but does not shorten; packages come shortened. */
export const isOwnModule = (path: string): boolean => path.includes(`${sep}_import${sep}`) && path.endsWith(".js");

/** Shortens a module in place: spaces, names, syntax. It stays as old as it was, for ETags are made of times. */
export async function minify(path: string): Promise<void> {
  const {atime, mtime} = await stat(path);
  const {code} = await transform(await readFile(path, "utf8"), {minify: true, format: "esm", target: "es2022"});
  await writeFile(path, code);
  await utimes(path, atime, mtime);
}
