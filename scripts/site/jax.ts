import {buildSync} from "esbuild";
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";

/**
 * Puts jax-js into Framework's cache as one file, before Framework does. Its own bundler keeps only the first of several files,
 * and jax-js loads its backends for graphics cards from files of their own.
 */
export function bundleJax(root: string): void {
  const {version} = JSON.parse(readFileSync("node_modules/@jax-js/jax/package.json", "utf8")) as {version: string};
  const outfile = join(root, `.observablehq/cache/_node/@jax-js/jax@${version}/index.js`);
  if (existsSync(outfile)) return;
  buildSync({
    entryPoints: ["node_modules/@jax-js/jax/dist/index.js"],
    ...{outfile, bundle: true, minify: true, format: "esm", platform: "browser", target: "es2022"}
  });
}
