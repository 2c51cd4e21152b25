import {existsSync} from "node:fs";
import {readFile, stat, writeFile} from "node:fs/promises";
import {join, relative} from "node:path";
import {copyKatex, copyModel, filesBelow} from "./finish/files.js";
import {finishPage} from "./finish/page.js";
import {isOwnModule, minify} from "./finish/scripts.js";
import {writeTwins} from "./finish/twins.js";

/** Runs `work` on all items, a few at a time; zlib uses a pool of threads of its own. */
async function forEachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({length: atOnce}, async () => {
      for (const item of queue) await work(item);
    })
  );
}

/** Finishes what `observable build` left in `dist`: files with fixed addresses, the pages' heads, short scripts, compressed twins. */
async function finish(dist: string): Promise<void> {
  if (!existsSync(dist)) throw new Error(`there is no ${dist}: run "npm run build", which makes it first`);
  if (existsSync("data/models/tiny")) await copyModel("data/models/tiny", join(dist, "_file/models/tiny"));
  else console.warn("data/models/tiny is missing: the pages will have no model");
  await copyKatex("node_modules/katex/dist", join(dist, "_file/katex"));

  const files = await filesBelow(dist);
  for (const page of files.filter((file) => file.endsWith(".html"))) {
    await writeFile(page, finishPage(await readFile(page, "utf8"), relative(dist, page)));
  }
  await forEachOf(files.filter(isOwnModule), 8, minify);
  const sizes = new Map(await Promise.all(files.map(async (file) => [file, (await stat(file)).size] as const)));
  const biggestFirst = files.toSorted((a, b) => sizes.get(b)! - sizes.get(a)!);
  await forEachOf(biggestFirst, 2, writeTwins);
  console.info(`finished ${files.length} files in ${dist}`);
}

await finish("dist");
