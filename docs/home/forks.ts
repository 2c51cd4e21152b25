import {branchBoard, type BoardRow, type BranchBoard} from "../components/branchBoard.js";
import {html} from "../components/dom.js";
import {forkForm, type Change} from "../components/forkForm.js";
import {keyFrames} from "../components/keyFrames.js";
import {pixelDifference, type Pixels} from "../components/pixels.js";
import {objectsIn} from "../components/vocabulary.js";
import type {Decoding} from "../page/decoding.js";
import type {Drawing} from "./drawing.js";
import {latentsAt, type Film} from "../page/film.js";
import {previewOf} from "../page/look.js";
import type {HomeState} from "./state.js";
import type {Store} from "../page/store.js";

export interface ForkParts {
  store: Store<HomeState>;
  decoding: Decoding;
  drawing: Drawing;
}

/** "Fork here", the ready experiment, and the board of trunk and branches. */
export function forks({store, decoding, drawing}: ForkParts): HTMLElement {
  const {state} = store;
  const form = forkForm({step: 0, numSteps: 1, prompt: "", guidance: 0, stochastic: false});
  const ready = html("button", {type: "button", class: "chip experiment"});
  const clear = html(
    "button",
    {type: "button", class: "quiet", onclick: () => store.set({branches: []})},
    "Clear the branches"
  );
  const board = html("div", {class: "board-slot"});
  const hint = html("p", {class: "caption"}, "Forks open as soon as the live picture is finished.");
  const root = html(
    "section",
    {class: "forks wide panel", "aria-label": "Fork the film"},
    form,
    html("div", {class: "fork-ready"}, html("span", {}, "or in one press:"), ready, clear),
    hint,
    board
  );
  board.addEventListener("input", (event) => {
    const {value} = event.target as BranchBoard;
    const film = value ? state.branches[value - 1].film : state.branches[0].trunk;
    store.set({film, step: Math.max(0, film.steps.length - 1), triedScale: null});
  });
  form.addEventListener("submit", () => void drawing.fork(state.step, form.value));
  ready.addEventListener("click", () => void drawing.forkAll(experiment(state).forks));

  let shown: Partial<HomeState> = {};
  store.onChange((next) => {
    const {film, step, branches} = next;
    const settings = film.settings;
    const canFork = film.source === "live" && Boolean(film.steps[step]) && film.finished;
    form.update({
      ...{step, numSteps: film.numSteps, prompt: film.prompt, guidance: settings.guidance},
      stochastic: settings.sampler === "ddpm"
    });
    form.disabled = !canFork;
    ready.disabled = film.source !== "live" || !film.finished;
    const {label} = experiment(next);
    if (ready.textContent !== label) ready.textContent = label;
    clear.hidden = !branches.length;
    hint.hidden = film.source === "live" && film.finished;
    if (shown.branches === branches && shown.decoded === next.decoded && shown.film === film) return;
    shown = {branches, film, decoded: next.decoded};
    keepingFocus(board, () => board.replaceChildren(...(branches.length ? [boardOf(next, decoding)] : [])));
  });
  return root;
}

/** The ready experiment for the shown prompt: its object becomes a cow (a cow: a horse) early, in the first third, and late. */
export function experiment({film, vocabulary}: Pick<HomeState, "film" | "vocabulary">) {
  const found = vocabulary ? objectsIn(film.prompt, vocabulary)[0]?.phrase : undefined;
  const word = found ?? (/horse/i.test(film.prompt) ? "horse" : (film.prompt.split(/\s+/).at(-1) ?? ""));
  const other = /^cow$/i.test(word) ? "horse" : "cow";
  const prompt = film.prompt.replace(new RegExp(escapeRegExp(word), "i"), other);
  const at = [...new Set([0.1, 1 / 3, 2 / 3].map((share) => Math.max(1, Math.round(share * film.numSteps))))];
  const forks = at.map((step) => ({from: step - 1, change: {kind: "prompt", prompt} as Change}));
  const list = at.length > 1 ? `${at.slice(0, -1).join(", ")} and ${at.at(-1)}` : String(at[0]);
  return {forks, label: `change “${word}” to “${other}” at steps ${list}`};
}

/** The board of the trunk and its branches; the film that the page shows is the one watched. */
function boardOf({film, branches, preview}: Readonly<HomeState>, decoding: Decoding): BranchBoard {
  const {trunk} = branches[0];
  const keys = keyFrames(trunk.numSteps);
  const look = (film: Film, index: number): Pixels | null => {
    const latents = latentsAt(film, index);
    return latents && (decoding.get(latents) ?? previewOf(latents, preview));
  };
  const row = (shown: Film, label: string, from: number): BoardRow => ({
    ...{label, from, frames: keys.map((key) => look(shown, key))},
    final: shown.steps.length ? look(shown, shown.steps.length - 1) : null
  });
  const trunkRow = row(trunk, `the trunk: ${trunk.prompt}`, 0);
  const rows = branches.map((branch) => {
    const made = row(branch.film, branch.label, branch.from);
    return {...made, note: noteOf(branch.film, made.final, trunkRow.final)};
  });
  const watched = 1 + branches.findIndex((branch) => branch.film === film);
  return branchBoard({keys, trunk: trunkRow, branches: rows}, {watched});
}

/** Changes the inside of a node and gives the focus back to the button that had it. */
function keepingFocus(node: HTMLElement, change: () => void): void {
  const place = [...node.querySelectorAll("button")].findIndex((button) => button === document.activeElement);
  change();
  if (place >= 0) node.querySelectorAll("button")[place]?.focus();
}

function noteOf(film: Film, final: Pixels | null, trunk: Pixels | null): string {
  if (!film.finished) return `step ${film.steps.length} of ${film.numSteps}`;
  if (!final || !trunk || final.width !== trunk.width) return "";
  return `differs from the trunk by ${((100 * pixelDifference(final, trunk)) / 255).toFixed(1)} %`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
