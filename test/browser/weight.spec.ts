import {existsSync, readFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {gzipSync} from "node:zlib";
import {expect, test} from "@playwright/test";
import {chapters} from "../../scripts/site/chapters.js";

const DIST = "dist";
const [SCRIPTS, RECORDED] = [300e3, 3e6]; // bytes a page: gzip of its scripts without onnxruntime, and recorded data as they are

/** The files that a text names, of one ending: in quotes, from the site's root or from its own folder. */
function named(text: string, from: string, ending: RegExp): string[] {
  return [...text.matchAll(/["'`(]([^"'`\s()]+\.\w+)["'`)]/g)]
    .map(([, name]) => name.replaceAll("\\", ""))
    .filter((name) => ending.test(name))
    .map((name) => (name.startsWith("/") ? name.slice(1) : join(dirname(from), name)))
    .filter((file) => existsSync(join(DIST, file)));
}

/** Every script that a page can come to load, workers and late imports too; onnxruntime is not opened. */
function scriptsOf(page: string): string[] {
  const found = new Set<string>();
  const todo = [page];
  for (let file = todo.pop(); file; file = todo.pop()) {
    for (const next of named(readFileSync(join(DIST, file), "utf8"), file, /\.m?js$/)) {
      if (found.has(next) || next.includes("onnxruntime")) continue;
      found.add(next);
      todo.push(next);
    }
  }
  return [...found];
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

for (const {slug} of chapters) {
  test(`${slug}: its scripts weigh at most 300 kB (gzip, without onnxruntime), its recorded data at most 3 MB`, () => {
    const page = `${slug}.html`;
    const scripts = sum(scriptsOf(page).map((file) => gzipSync(readFileSync(join(DIST, file))).length));
    const data = named(readFileSync(join(DIST, page), "utf8"), page, /./).filter((file) =>
      file.includes("_file/recorded/")
    );
    const recorded = sum([...new Set(data)].map((file) => readFileSync(join(DIST, file)).length));
    console.info(`${slug}: scripts ${(scripts / 1e3).toFixed(0)} kB, recorded data ${(recorded / 1e6).toFixed(2)} MB`);
    expect(scripts).toBeGreaterThan(30e3);
    expect(scripts).toBeLessThanOrEqual(SCRIPTS);
    expect(recorded).toBeLessThanOrEqual(RECORDED);
  });
}
