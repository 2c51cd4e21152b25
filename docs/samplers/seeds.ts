import {html} from "../components/dom.js";
import {rmsDistance} from "../src/trajectory.js";
import {ARM_NAMES, type ArmRun, type Pair} from "./state.js";
import type {Parts} from "./stage.js";

/** What became of an arm since the runs before: whether its start and its end are the same to the last bit, else how far apart. */
export interface Comparison {
  readonly start: number;
  readonly end: number;
}

/** null where both runs were not asked for the same way. */
export function compared(now: ArmRun, before: ArmRun): Comparison | null {
  if (!now.finished || !before.finished || now.prompt !== before.prompt) return null;
  if (JSON.stringify(now.settings) !== JSON.stringify(before.settings)) return null;
  const distance = (pick: (run: ArmRun) => Float32Array) => rmsDistance(pick(now), pick(before));
  return {
    start: distance(({steps}) => steps[0].xt.data),
    end: distance(({steps}) => steps[steps.length - 1].prevXt.data)
  };
}

/** Three experiments with the two seeds, and what each arm made of the last one. */
export function seedExperiments({store, drawing}: Parts): HTMLElement {
  const {state} = store;
  const draw = (change: Partial<typeof state>) => () => {
    store.set(change);
    void drawing.draw();
  };
  const button = (label: string, onclick: () => void) => html("button", {type: "button", onclick}, label);
  const fresh = (seed: number | null) => ((seed ?? state.seed) + 1) % 2 ** 32;
  const buttons = [
    button("Draw again, all the same", draw({})),
    button("New step noise, same start", () => draw({noiseSeed: fresh(state.noiseSeed)})()),
    button("New start, same step noise", () =>
      draw({seed: fresh(state.seed), noiseSeed: state.noiseSeed ?? state.seed})()
    )
  ];
  const rows = [0, 1].map(() => html("tr"));
  const table = html(
    "table",
    {},
    html("caption", {}, "Each arm beside its run before"),
    html(
      "thead",
      {},
      html("tr", {}, ...["arm", "its starting noise", "its result"].map((head) => html("th", {scope: "col"}, head)))
    ),
    html("tbody", {}, ...rows)
  );
  store.onChange(({runs, before, work}) => {
    for (const each of buttons) each.disabled = work !== null;
    rows.forEach((row, i) => row.replaceChildren(...cells(i, runs, before)));
  });
  return html(
    "section",
    {class: "figure wide", "aria-label": "Two seeds"},
    html("div", {class: "chips"}, ...buttons),
    table
  );
}

function cells(index: number, runs: Pair<ArmRun>, before: Pair<ArmRun> | null): HTMLElement[] {
  const told = before && compared(runs[index], before[index]);
  const words = (distance: number) => (distance === 0 ? "the same, bit for bit" : `${distance.toFixed(3)} away`);
  const parts = told ? [words(told.start), words(told.end)] : ["draw twice to see", "draw twice to see"];
  const name = `Arm ${ARM_NAMES[index]}, ${runs[index].settings.sampler}`;
  return [html("th", {scope: "row"}, name), ...parts.map((part) => html("td", {}, part))];
}
