import {html} from "../components/dom.js";
import {KIND_NAMES, TIME} from "../components/unetDiagram.js";
import {onSelected} from "../page/selected.js";
import type {UnetFacts} from "../src/unet/facts.js";
import type {UnetLayer, UnetPlan} from "../src/unet/plan.js";
import {percent, SD15} from "./numbers.js";
import type {Parts} from "./stage.js";
import type {UnetState} from "./state.js";
import type {LayerTimes} from "./times.js";

/** What is shared among the layers: of each a share of 1; null where it was not measured. */
interface Row {
  readonly name: string;
  shareOf(layer: UnetLayer): number;
}

/** Three bars of all layers in the order they run: the measured time of a call, its multiply-adds, the learned numbers. */
export function shareStrips({store, running}: Parts): HTMLElement {
  const rows = html("div", {class: "share-rows"});
  const says = html("p", {class: "caption"});
  const measure = html("button", {type: "button", class: "chip"}, "Measure the times here");
  const segments = new Map<string, HTMLElement[]>();
  measure.addEventListener("click", () => void running.measure());

  function build({graph, shapes, times}: Readonly<UnetState>): void {
    const here = shapes === "here";
    const {plan, facts} = here ? graph : SD15;
    const known = here ? times : null;
    segments.clear();
    rows.replaceChildren(...rowsOf(facts, known).map((row) => strip(plan, row, segments)));
    says.textContent = wordsOf(plan, facts, known);
  }

  onSelected(store, ["graph", "shapes", "times"], (state) => {
    build(state);
    mark(state.chosen);
  });
  onSelected(store, ["chosen"], ({chosen}) => mark(chosen));
  onSelected(store, ["ready", "work", "shapes", "film"], ({ready, work, shapes}) => {
    measure.disabled = !ready || work !== null || shapes !== "here" || !running.canMeasure();
  });

  function mark(chosen: string): void {
    for (const [role, nodes] of segments) for (const node of nodes) node.classList.toggle("chosen", role === chosen);
  }

  return html("div", {class: "unet-shares"}, rows, says, measure);
}

const rowsOf = (facts: UnetFacts, times: LayerTimes | null): Row[] => [
  ...(times ? [{name: "time", shareOf: ({role}: UnetLayer) => times.shares.get(role) ?? 0}] : []),
  {name: "multiply-adds", shareOf: ({role}) => facts.layers.get(role)!.operations / facts.operations},
  {name: "learned numbers", shareOf: ({role}) => facts.layers.get(role)!.parameters / facts.parameters}
];

function strip(plan: UnetPlan, {name, shareOf}: Row, segments: Map<string, HTMLElement[]>): HTMLElement {
  const parts = plan.layers.map((layer) => {
    const share = shareOf(layer);
    const title = `${layer.role}: ${percent(share)} of the ${name}`;
    const part = html("i", {class: `unet-${layer.kind}`, title});
    part.style.flexGrow = String(share);
    segments.set(layer.role, [...(segments.get(layer.role) ?? []), part]);
    return part;
  });
  const rest = html("i", {class: "unet-rest", title: `elsewhere, of the ${name}`});
  rest.style.flexGrow = String(Math.max(0, 1 - plan.layers.reduce((sum, layer) => sum + shareOf(layer), 0)));
  const most = [...plan.layers].sort((a, b) => shareOf(b) - shareOf(a))[0];
  const label = `Shares of the ${name}, layer by layer; the largest is ${most.role} with ${percent(shareOf(most))}`;
  return html(
    "div",
    {class: "share-row"},
    html("span", {}, name),
    html("div", {class: "share-strip", role: "img", "aria-label": label}, ...parts, rest)
  );
}

/** What the two kinds of block take, and where the time was measured. */
function wordsOf(plan: UnetPlan, facts: UnetFacts, times: LayerTimes | null): string {
  const sum = (kind: UnetLayer["kind"], shareOf: Row["shareOf"]): string =>
    percent(plan.layers.filter((layer) => layer.kind === kind).reduce((all, layer) => all + shareOf(layer), 0));
  const kinds = (["resnet", "transformer"] as const).map((kind) => {
    const each = rowsOf(facts, times).map(({name, shareOf}) => `${sum(kind, shareOf)} of the ${name}`);
    return `${KIND_NAMES[kind]}s: ${each.join(", ")}`;
  });
  const where = times
    ? `time: ${times.source === "live" ? "measured here" : "recorded in Node.js"}, WebAssembly on the processor, median of ${times.calls} calls for one picture, ${Math.round(1000 * times.seconds)} ms each; time embedding ${percent(times.shares.get(TIME) ?? 0)}`
    : "time: not measured";
  return [...kinds, where].join(" · ");
}
