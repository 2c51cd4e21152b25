import {html} from "../components/dom.js";
import {rmsDistance} from "../src/trajectory.js";
import {ARM_NAMES, type ArmRun, type Pair} from "./state.js";
import type {Parts} from "./stage.js";

/** What became of an arm since the runs before: how far apart its starts, its first added noises and its ends are; 0 is to the last bit. */
export interface Comparison {
  readonly start: number;
  /** null where neither run adds noise. */
  readonly added: number | null;
  readonly end: number;
}

/** null where both runs were not asked for the same way. */
export function compared(now: ArmRun, before: ArmRun): Comparison | null {
  if (!now.finished || !before.finished || now.prompt !== before.prompt) return null;
  if (JSON.stringify(now.settings) !== JSON.stringify(before.settings)) return null;
  const distance = (pick: (run: ArmRun) => Float32Array) => rmsDistance(pick(now), pick(before));
  const added = ({steps}: ArmRun) => steps.find(({noise}) => noise)?.noise?.data;
  return {
    start: distance(({steps}) => steps[0].xt.data),
    added: added(now) ? distance((run) => added(run)!) : null,
    end: distance(({steps}) => steps[steps.length - 1].prevXt.data)
  };
}

/** Three experiments with the two seeds, and what each arm made of the last one. */
export function seedExperiments({store, drawing}: Parts): HTMLElement {
  const {state} = store;
  const draw = (change: Partial<typeof state>): Promise<void> => {
    store.set(change);
    return drawing.draw();
  };

  /** Step noise that the seed's own generator threw cannot come again after another start: then both starts are drawn. */
  async function newStart(): Promise<void> {
    const {seed, noiseSeed} = state;
    const kept = noiseSeed ?? following(seed);
    const known = () => state.runs.every((run) => run.finished && run.seed === seed && run.noiseSeed === kept);
    if (!known()) await draw({noiseSeed: kept});
    if (known()) await draw({seed: following(seed)});
  }

  const button = (label: string, run: () => Promise<void>) =>
    html("button", {type: "button", onclick: () => void run()}, label);
  const buttons = [
    button("Draw again, all the same", () => draw({})),
    button("New step noise, same start", () => draw({noiseSeed: following(state.noiseSeed ?? state.seed)})),
    button("New start, same step noise", newStart)
  ];
  const rows = [0, 1].map(() => html("tr"));
  const table = html(
    "table",
    {},
    html("caption", {}, "Each arm beside its run before"),
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        ...["arm", "its starting noise", "the noise it adds", "its result"].map((head) =>
          html("th", {scope: "col"}, head)
        )
      )
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
  const words = (distance: number | null) =>
    distance === null ? "none" : distance === 0 ? "the same, bit for bit" : `${distance.toFixed(3)} away`;
  const parts = told ? [told.start, told.added, told.end].map(words) : Array<string>(3).fill("draw twice to see");
  const name = `Arm ${ARM_NAMES[index]}, ${runs[index].settings.sampler}`;
  return [html("th", {scope: "row"}, name), ...parts.map((part) => html("td", {}, part))];
}

/** Another seed. Not the same one as step-noise seed: then the first noise added would be the starting noise itself. */
const following = (seed: number): number => (seed + 1) % 2 ** 32;
