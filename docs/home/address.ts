import {wholeNumber, type RunSettings} from "../components/runSettings.js";
import type {HomeState} from "./state.js";
import {takeAlong} from "../page/query.js";
import type {Store} from "../page/store.js";

/** What an address can ask for. `step` counts from 1, as the ruler does. */
export interface Address {
  prompt?: string;
  step?: number;
  /** Which latents the decoder shows. */
  view?: "xt";
  /** A guidance scale tried on that step alone. */
  triedScale?: number;
  settings: Partial<RunSettings>;
}

/** The controls' state from the query of an address; what is not valid is left out. */
export function readAddress(query: string): Address {
  const params = new URLSearchParams(query);
  const text = (name: string) => params.get(name)?.slice(0, 10_000);
  const number = (name: string, min: number, max: number) => {
    const value = Number(params.get(name));
    return params.get(name)?.trim() && value >= min && value <= max ? value : undefined;
  };
  const sampler = text("sampler");
  const steps = number("steps", 1, 100);
  const settings = {
    ...{seed: wholeNumber(text("seed") ?? "") ?? undefined, steps: steps && Math.round(steps)},
    ...{guidance: number("guidance", 0, 12), sampler: sampler === "ddim" || sampler === "ddpm" ? sampler : undefined},
    ...{negative: text("negative"), noiseSeed: wholeNumber(text("noiseSeed") ?? "") ?? undefined}
  };
  return {
    ...defined({prompt: text("prompt"), step: number("step", 1, 100), triedScale: number("stepScale", 0, 12)}),
    ...(text("view") === "xt" && {view: "xt" as const}),
    settings: defined(settings) as Partial<RunSettings>
  };
}

/** The query of a state: only what differs from the defaults, so that a plain visit has a plain address. */
export function addressOf({
  prompt,
  settings,
  step,
  film,
  view,
  triedScale
}: Pick<HomeState, "prompt" | "settings" | "step" | "film" | "view" | "triedScale">): string {
  const params = new URLSearchParams({prompt, seed: String(settings.seed), sampler: settings.sampler});
  params.set("steps", String(settings.steps));
  params.set("guidance", String(settings.guidance));
  if (settings.negative) params.set("negative", settings.negative);
  if (settings.noiseSeed !== null) params.set("noiseSeed", String(settings.noiseSeed));
  if (film.finished && step < film.numSteps - 1) params.set("step", String(step + 1));
  if (view === "xt") params.set("view", view);
  if (triedScale !== null) params.set("stepScale", String(triedScale));
  return `?${params}`;
}

/** Keeps the page's address up to date, at most twice a second, once the reader has changed something; what was changed travels on. */
export function writeAddress(store: Store<HomeState>, {wait = 500} = {}): void {
  const untouched = addressOf({...store.state, step: store.state.film.numSteps});
  const {prompt, settings, numSteps: step} = store.state.film;
  const plain = addressOf({...store.state, prompt, settings, step, view: "x0", triedScale: null});
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.onChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const {state} = store;
      const query = addressOf(state.playing || state.work ? {...state, step: state.film.numSteps} : state);
      if (query === untouched && !location.search) return;
      if (query !== location.search) history.replaceState(history.state, "", query + location.hash);
      takeAlong(changed(query, plain));
    }, wait);
  });
}

/** The part of a query that another does not have. */
function changed(query: string, other: string): string {
  const known = new URLSearchParams(other);
  return String(
    new URLSearchParams([...new URLSearchParams(query)].filter(([name, value]) => known.get(name) !== value))
  );
}

function defined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
