import {html} from "../components/dom.js";
import {DENOISER_DEFAULTS, type DenoiserSettings} from "../src/live/denoiser.js";
import type {Store} from "../page/store.js";
import type {Drawn} from "./code.js";
import {NAMES, SCHEDULES, TYPES, type LearningState} from "./state.js";

/** How the small network is trained, as the page's state says. */
export const settingsOf = ({netSeed, schedule, predicts}: LearningState): DenoiserSettings => ({
  ...DENOISER_DEFAULTS,
  ...{seed: netSeed, betaSchedule: schedule, predictionType: predicts}
});

/** How it is drawn from. Guidance needs a label. */
export const drawnBy = ({prompt, sampler, guidance}: LearningState): Drawn => ({
  ...{prompt, sampler},
  guidance: prompt ? guidance : 1
});

/** The choices that begin a new network. */
export function trainingChoices({state, set}: Store<LearningState>, onChoice: () => void): HTMLElement {
  const choose = (change: Partial<LearningState>) => {
    set(change);
    onChoice();
  };
  const seed = html("input", {type: "number", id: "net-seed", min: 0, max: 9999, step: 1, value: state.netSeed});
  seed.addEventListener("change", () => {
    seed.value = String(Math.max(0, Math.min(9999, Math.round(Number(seed.value) || 0))));
    choose({netSeed: Number(seed.value)});
  });
  return html(
    "div",
    {class: "net-settings"},
    field("net-schedule", "Schedule", SCHEDULES, state.schedule, (schedule) => choose({schedule})),
    field("net-type", "It predicts", TYPES, state.predicts, (predicts) => choose({predicts})),
    html("div", {class: "field"}, html("label", {for: "net-seed"}, "Seed of its first weights"), seed)
  );
}

/** The choices that only draw from it anew. */
export function drawingChoices({state, set}: Store<LearningState>, onChoice: () => void): HTMLElement {
  const choose = (change: Partial<LearningState>) => {
    set(change);
    guidance.disabled = !state.prompt;
    onChoice();
  };
  const prompts = {"": "any colour", ...Object.fromEntries(NAMES.map((name) => [name, name]))};
  const scales = field("net-guidance", "Guidance scale", SCALES, String(state.guidance), (scale) =>
    choose({guidance: Number(scale)})
  );
  const guidance = scales.querySelector("select")!;
  guidance.disabled = !state.prompt;
  return html(
    "div",
    {class: "net-settings of-drawing"},
    field("net-prompt", "Prompt", prompts, state.prompt, (prompt) => choose({prompt})),
    field("net-sampler", "Sampler", {ddim: "DDIM", ddpm: "DDPM"}, state.sampler, (sampler) => choose({sampler})),
    scales
  );
}

const SCALES = {"1": "1 (none)", "2": "2", "4": "4"};

function field(
  id: string,
  title: string,
  options: Readonly<Record<string, string>>,
  chosen: string,
  choose: (value: string) => void
): HTMLElement {
  const made = Object.entries(options).map(([value, words]) =>
    html("option", {value, selected: value === chosen}, words)
  );
  const select = html("select", {id, onchange: () => choose(select.value)}, ...made);
  return html("div", {class: "field"}, html("label", {for: id}, title), select);
}
