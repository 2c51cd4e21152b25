import type {Finding} from "../src/preflight/checks.js";
import type {Device} from "../src/preflight/device.js";
import type {PlannedFile} from "../src/preflight/files.js";
import type {Loss} from "../src/preflight/losses.js";
import type {Preflight} from "../src/preflight/preflight.js";
import {html} from "./dom.js";
import {megabytes} from "./progressBar.js";

export interface PreflightTableOptions {
  /** Of the place that loading asks or reads: "huggingface.co", "the folder my-model". */
  readonly place?: string;
  /** A chapter's name in words. */
  readonly titleOf?: (chapter: Loss["chapter"]) => string;
}

/** A report that can be replaced by that of another model. */
export type PreflightTable = HTMLElement & {update(report: Preflight, options?: PreflightTableOptions): void};

const capitalised = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** What loading a model would take and bring: whether it runs here, its files, this device, and what chapters lose. */
export function preflightTable(report: Preflight, options: PreflightTableOptions = {}): PreflightTable {
  const node = html("section", {class: "preflight", "aria-label": "Before loading"});

  function update(next: Preflight, {place, titleOf = capitalised}: PreflightTableOptions = options): void {
    node.replaceChildren(
      html("h3", {}, next.name, place ? html("small", {}, ` from ${place}`) : null),
      verdict(next),
      ...[findings("What keeps it from running", next.problems, "problem"), findings("Good to know", next.warnings)],
      filesTable(next),
      deviceList(next.device),
      losses(next.losses, titleOf),
      html(
        "p",
        {class: "preflight-source"},
        `Told from the settings and ${megabytes(next.bytesRead)} of the graphs' headers; no weights were read.`
      )
    );
  }

  update(report);
  return Object.assign(node, {update});
}

function verdict({problems, backend, because, recommended}: Preflight): HTMLElement {
  if (problems.length) return html("p", {class: "preflight-verdict", "data-runs": "no"}, "It does not run here.");
  const place = backend === "webgpu" ? "on the graphics card" : "on the processor";
  const settings = recommended
    ? ` What suits it: ${recommended.steps} steps of ${recommended.sampler} at guidance scale ${recommended.guidance}.`
    : "";
  return html("p", {class: "preflight-verdict", "data-runs": "yes"}, `It runs here, ${place}: ${because}.${settings}`);
}

function findings(title: string, list: readonly Finding[], kind = "note"): HTMLElement {
  const items = list.map(({what, remedy}) => html("li", {}, html("strong", {}, what), ` ${remedy}`));
  return html(
    "div",
    {class: "preflight-findings", "data-kind": kind, hidden: !list.length},
    html("h4", {}, title),
    html("ul", {}, ...items)
  );
}

function filesTable({files, totalBytes, keptBytes}: Preflight): HTMLElement {
  const uses = [...new Set(files.map(({use}) => use))];
  const sum = (list: readonly PlannedFile[]): number => list.reduce((bytes, {size}) => bytes + size, 0);
  const row = (name: string, list: readonly PlannedFile[], head: "th" | "td" = "th"): HTMLElement => {
    const kept = sum(list.filter((file) => file.kept));
    return html(
      "tr",
      {},
      html(head, head === "th" ? {scope: "row"} : {}, name),
      html("td", {}, megabytes(sum(list))),
      html("td", {}, kept === sum(list) ? "all" : kept ? megabytes(kept) : "–")
    );
  };
  const header = (...names: string[]): HTMLElement =>
    html("thead", {}, html("tr", {}, ...names.map((name) => html("th", {scope: "col"}, name))));
  const count = `${files.length} file${files.length === 1 ? "" : "s"}`;
  return html(
    "div",
    {class: "preflight-files"},
    html("h4", {}, `To be loaded: ${megabytes(totalBytes - keptBytes)} of ${megabytes(totalBytes)}`),
    html(
      "table",
      {},
      header("For", "Size", "Kept here already"),
      html(
        "tbody",
        {},
        ...uses.map((use) =>
          row(
            use,
            files.filter((file) => file.use === use)
          )
        )
      )
    ),
    html(
      "details",
      {},
      html("summary", {}, `Every file (${count})`),
      html(
        "table",
        {},
        header("File", "Size", "Kept here already"),
        html("tbody", {}, ...files.map((file) => row(file.path, [file])))
      )
    )
  );
}

function deviceList({gpu, threads, memoryGB, storage}: Device): HTMLElement {
  const facts: [string, string][] = [
    ["Graphics card", gpu ? gpu.description || "WebGPU" : "none that this browser offers"],
    ...(gpu
      ? ([
          ["float16 (shader-f16)", gpu.shaderF16 ? "yes" : "no"],
          ["Largest buffer", megabytes(Math.min(gpu.maxBufferSize, gpu.maxStorageBufferBindingSize))]
        ] as [string, string][])
      : []),
    ["Processor threads", String(threads)],
    ["Memory", memoryGB === null ? "not told" : `${memoryGB} GB${memoryGB >= 8 ? " or more" : ""}`],
    ["Room on disk for this site", storage === null ? "not told" : megabytes(storage)]
  ];
  return html(
    "div",
    {class: "preflight-device"},
    html("h4", {}, "This device"),
    html("dl", {}, ...facts.flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, value)]))
  );
}

function losses(list: readonly Loss[], titleOf: (chapter: Loss["chapter"]) => string): HTMLElement {
  const items = list.map(({chapter, what}) => html("li", {}, html("strong", {}, titleOf(chapter)), ` ${what}`));
  return html(
    "div",
    {class: "preflight-losses", hidden: !list.length},
    html("h4", {}, "What chapters lose with this model"),
    html("ul", {}, ...items)
  );
}
