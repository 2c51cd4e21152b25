import {openRuns} from "../src/storage/runs.js";
import type {Film} from "./film.js";

/** Keeps a finished run in the browser, so that other pages can tell their story about it. A browser that keeps nothing is no error. */
export async function keepRun(film: Film): Promise<void> {
  const {prompt, settings} = film;
  try {
    const runs = await openRuns<Film>(indexedDB);
    await runs.save(JSON.stringify({prompt, ...settings}), film);
  } catch {
    console.info("this browser keeps no runs");
  }
}
