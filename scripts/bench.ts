/**
 * What the engine costs beside what onnxruntime costs: writes BENCHMARKS.md and docs/recorded/benchmarks.json.
 * npm run bench -- [--quick]     after npm run build; --quick: few turns, printed and not written
 */
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {availableParallelism, cpus, loadavg} from "node:os";
import {parseArgs} from "node:util";
import {inChromium} from "./bench/inChromium.js";
import {inNode} from "./bench/inNode.js";
import {markdown, missed, type Report} from "./bench/report.js";

const MODEL = "data/models/tiny";

const {values} = parseArgs({options: {quick: {type: "boolean", default: false}}});
const extent = values.quick
  ? {node: {turns: 3}, chromium: {turns: 2, steps: 5, runs: 10}}
  : {node: {turns: 15}, chromium: {turns: 7, steps: 30, runs: 200}};

async function bench(): Promise<void> {
  if (!existsSync("dist/index.html")) throw new Error('dist/ holds no site yet: run "npm run build" first');
  const [loadBefore] = loadavg();
  const ours = await inNode({...extent.node, folder: MODEL});
  const {rows, version} = await inChromium(extent.chromium);
  const versionOf = (folder: string): string =>
    (JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {version: string}).version;
  const report: Report = {
    command: `npm run bench${values.quick ? " -- --quick" : ""}`,
    date: new Date().toISOString().slice(0, 10),
    model: (JSON.parse(readFileSync(`${MODEL}/manifest.json`, "utf8")) as {name: string}).name,
    machine: {
      ...{processor: cpus()[0].model.trim(), cores: availableParallelism(), loadBefore, node: process.versions.node},
      ...{chromium: version, onnxruntime: versionOf("node_modules/onnxruntime-web")}
    },
    rows: [...rows, ...ours]
  };
  console.info(markdown(report));
  if (!values.quick) {
    writeFileSync("BENCHMARKS.md", markdown(report));
    writeFileSync("docs/recorded/benchmarks.json", JSON.stringify(report, null, 1) + "\n");
  }
  for (const {what} of missed(report.rows)) console.warn(`over its bar: ${what}`);
}

bench().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1); // what a stage left behind may never end
});
