import {remembered} from "../src/remembered.js";
import {openRuns} from "../src/storage/runs.js";
import type {Film} from "./film.js";

const runs = remembered(() => openRuns<Film>(indexedDB));

/** Keeps a finished run in the browser, so that other pages can tell their story about it. A browser that keeps nothing is no error. */
export async function keepRun(film: Film): Promise<void> {
  const {prompt, settings} = film;
  try {
    await (await runs.get()).save(JSON.stringify({prompt, ...settings}), film);
  } catch {
    console.info("this browser keeps no runs");
  }
}
