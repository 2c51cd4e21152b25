import type {Change} from "../components/forkForm.js";
import {codesOf, type CodeRow} from "../page/codes.js";
import type {Branch, Film} from "../page/film.js";
import type {Store} from "../page/store.js";
import {forkCode} from "../playground/code.js";
import {experiment} from "./forks.js";
import type {HomeState} from "./state.js";

/** The lines that make the latest branch, or the first of the ready experiment while there is none. */
export function forkLines(store: Store<HomeState>): CodeRow {
  return codesOf(store, ["film", "branches", "vocabulary"], (state) => {
    const latest = state.branches.at(-1);
    if (latest) return forkCode(wishOf(latest.trunk), [{step: latest.from, change: changeOf(latest)}]);
    const [{from, change}] = experiment(state).forks;
    return forkCode(wishOf(state.film), [{step: from, change}]);
  });
}

const wishOf = ({prompt, settings}: Film) => ({prompt, ...settings, eta: 0});

function changeOf({film, trunk}: Branch): Change {
  const {guidance, noiseSeed} = film.settings;
  if (film.prompt !== trunk.prompt) return {kind: "prompt", prompt: film.prompt};
  if (guidance !== trunk.settings.guidance) return {kind: "guidance", guidance};
  return {kind: "noiseSeed", noiseSeed: noiseSeed ?? 0};
}
