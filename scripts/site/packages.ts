import {build, type Plugin} from "esbuild";
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";

/** Where the site's own code is. */
const SOURCES = ["src", "components", "docs"];

const sourceFiles = (): string[] =>
  SOURCES.flatMap((folder) =>
    readdirSync(folder, {recursive: true, encoding: "utf8"})
      .filter((file) => /\.(ts|md)$/.test(file) && !file.startsWith("."))
      .map((file) => readFileSync(join(folder, file), "utf8"))
  );

/** The names that texts take from a package: `import {a, type B} from "package"` gives a; types leave nothing to load. */
export function namesFrom(name: string, texts: readonly string[]): string[] {
  const named = new RegExp(`import \\{([^}]*)\\} from "${name}"`, "g");
  const names = texts.flatMap((text) => [...text.matchAll(named)].flatMap(([, list]) => list.split(",")));
  return unique(names.map((item) => item.trim()).filter((item) => item && !item.startsWith("type ")));
}

/** The members that texts use of a package which they import as a whole: `import * as Plot` and `Plot.lineY` give lineY. */
export function membersOf(name: string, texts: readonly string[]): string[] {
  const whole = new RegExp(`import \\* as (\\w+) from "${name}"`);
  return unique(
    texts.flatMap((text) => {
      const as = whole.exec(text)?.[1];
      return as ? [...text.matchAll(new RegExp(`\\b${as}\\.([a-z]\\w*)`, "g"))].map(([, member]) => member) : [];
    })
  );
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** Leaves out what jax-js loads for graphics cards: the worker that runs it asks for wasm alone (src/live/worker.ts). */
const wasmAlone: Plugin = {
  name: "wasm-alone",
  setup({onResolve, onLoad}) {
    onResolve({filter: /^\.\/web(gpu|gl)-/}, ({path}) => ({path, namespace: "left-out"}));
    onLoad({filter: /./, namespace: "left-out"}, () => ({contents: "export {};"}));
  }
};

/**
 * Puts packages into Framework's cache as one file each, before Framework does, and with no more in them than the site uses: d3 and Plot
 * whole weigh 180 kB (gzip) a page. Framework's own bundler keeps everything, and of jax-js only the first of several files.
 */
export async function bundlePackages(root: string): Promise<void> {
  const texts = sourceFiles();
  await bundle(root, "d3", `export {${namesFrom("d3", texts).join(", ")}} from "d3";`);
  await bundle(
    root,
    "@observablehq/plot",
    `export {${membersOf("@observablehq/plot", texts).join(", ")}} from "@observablehq/plot";`
  );
  await bundle(root, "@jax-js/jax", `export * from "@jax-js/jax";`, [wasmAlone]);
}

async function bundle(root: string, name: string, contents: string, plugins: Plugin[] = []): Promise<void> {
  const {version} = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as {version: string};
  await build({
    stdin: {contents, resolveDir: "."},
    outfile: join(root, `.observablehq/cache/_node/${name}@${version}/index.js`),
    plugins,
    ...{bundle: true, minify: true, format: "esm", platform: "browser", target: "es2022"}
  });
}
