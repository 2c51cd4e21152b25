import type {Token} from "../components/tokenRow.js";
import type {RunSettings} from "../components/runSettings.js";
import type {StepRecord} from "../src/pipeline.js";

/** What a view reads of a step record. A recorded one has no saved state, so nothing can be forked from it. */
export type Step = Omit<StepRecord, "saved"> & {saved?: StepRecord["saved"]};

/** One run as the page shows it: what was asked, and a record for each step so far. */
export interface Film {
  source: "recorded" | "live";
  prompt: string;
  settings: RunSettings;
  steps: Step[];
  numSteps: number;
  tokens: readonly Token[];
  finished: boolean;
  /** Of a recorded or a kept run: the model that drew it, whatever runs here. */
  model?: string;
}

/** A run that left the trunk: its own records start at step `from`. */
export interface Branch {
  label: string;
  film: Film;
  from: number;
  trunk: Film;
}

/** The latents whose picture stands for a step: the guess x̂0, or what the loop carries; after the last step the result itself. */
export function latentsAt(film: Film, index: number, view: "x0" | "xt" = "x0") {
  const step = film.steps[index];
  if (!step) return null;
  if (isLast(film, index)) return step.prev;
  return view === "x0" ? step.x0 : step.xt;
}

/** Whether the step is the end of a finished run: its picture is the finished one. */
export function isLast(film: Film, index: number): boolean {
  return film.finished && index === film.numSteps - 1;
}

/** Mean time of the UNet a step, in seconds; `null` where nothing was measured. */
export function secondsPerStep({steps}: Film): number | null {
  const times = steps.map(({seconds}) => seconds).filter((time) => time > 0);
  return times.length ? times.reduce((a, b) => a + b) / times.length : null;
}

/** One line under the picture: live or recorded, model, seed, sampler, steps, guidance, time. */
export function captionOf(film: Film, model: string): string {
  const {seed, sampler, steps, guidance} = film.settings;
  const time = secondsPerStep(film);
  const where = film.source === "live" ? "live, in this browser" : "recorded";
  const what = film.source === "recorded" ? [`“${film.prompt}”`] : [];
  const parts = [
    where,
    ...what,
    film.model ?? model,
    `seed ${seed}`,
    sampler.toUpperCase(),
    `${steps} steps`,
    `guidance ${guidance}`
  ];
  if (time !== null)
    parts.push(`UNet ${time.toFixed(2)} s a step${film.source === "recorded" ? " where it was recorded" : ""}`);
  return parts.join(" · ");
}
