import {branchBoard, type BoardRow, type BranchBoard} from "../components/branchBoard.js";
import {html} from "../components/dom.js";
import {forkForm} from "../components/forkForm.js";
import {keyFrames} from "../components/keyFrames.js";
import {pixelDifference, type Pixels} from "../components/pixels.js";
import {samplerNamed} from "../src/samplers/registry.js";
import {withCodes} from "../page/codes.js";
import {x0At} from "../page/inStep.js";
import {previewOf} from "../page/look.js";
import {codesFor, forkCode} from "./code.js";
import type {Parts} from "./parts.js";
import {callsAt} from "../page/inStep.js";
import {endWish, promptOf, type PlayState, type Run, type Twig} from "./state.js";

/** Whether a sampler throws noise on its way, so that other step noise makes a difference. */
export function throwsNoise({sampler, eta}: {sampler: string; eta: number}): boolean {
  const {noise} = samplerNamed(sampler);
  return noise === "always" || (noise === "optional" && eta > 0);
}

/** The twigs in the order of a board: each after the twig that it left, and those that left at the same step as they came. */
export function inOrder(tree: readonly Twig[]): {twig: Twig; parent: number}[] {
  const rows: {twig: Twig; parent: number}[] = [];
  const visit = (index: number, parent: number): void => {
    const row = rows.push({twig: tree[index], parent}) - 1;
    tree.forEach((twig, i) => twig.parent === index && visit(i, row));
  };
  if (tree.length) visit(0, 0);
  return rows;
}

/** "Fork here" and the tree that grows from it: forks of forks too. */
export function forkTree({store, decoding, drawing}: Parts): HTMLElement {
  const {state} = store;
  const form = forkForm({step: 0, numSteps: 1, prompt: "", guidance: 0, stochastic: false});
  const cut = html("button", {type: "button", class: "quiet"}, "Clear the tree");
  const hint = html("p", {class: "caption"});
  const slot = html("div", {class: "board-slot"});
  form.addEventListener("submit", () => void drawing.fork(callOf(state), form.value));
  cut.addEventListener("click", () => {
    const [trunk] = state.tree;
    store.set({tree: [trunk], runs: [trunk.run, state.runs[1]], step: trunk.run.steps.length - 1});
  });
  slot.addEventListener("input", (event) => {
    const {twig} = inOrder(state.tree)[(event.target as BranchBoard).value];
    store.set({runs: [twig.run, state.runs[1]], step: Math.max(0, twig.run.steps.length - 1)});
  });

  let shown: Partial<PlayState> = {};
  store.onChange((next) => {
    const {runs, tree, decoded, preview} = next;
    const [run] = runs;
    const can = run.source === "live" && run.finished && tree.some((twig) => twig.run === run);
    const {guidance, sampler, eta} = endWish(run);
    form.update({
      ...{step: callOf(next), numSteps: run.numSteps, prompt: promptOf(run), guidance},
      stochastic: throwsNoise({sampler, eta})
    });
    form.disabled = !can;
    cut.hidden = tree.length < 2;
    hint.textContent = can ? "" : "A fork needs a live run of arm A that is finished: press Draw.";
    hint.hidden = can;
    if (shown.tree === tree && shown.decoded === decoded && shown.runs === runs && shown.preview === preview) return;
    shown = {tree, decoded, runs, preview};
    const board = tree.length > 1 ? [boardOf(next, decoding)] : [];
    const place = [...slot.querySelectorAll("button")].findIndex((button) => button === document.activeElement);
    slot.replaceChildren(...board);
    if (place >= 0) slot.querySelectorAll("button")[place]?.focus();
  });
  const codes = ({runs: [run, other], step}: Readonly<PlayState>) =>
    forkCode(run.wish, run.forks.length ? run.forks : [{step: callOf({runs: [run, other], step}), change: form.value}]);
  const lines = codesFor(store, codes);
  form.addEventListener("input", () => lines.update(codes(state)));
  const figure = html(
    "section",
    {class: "figure wide forks", "aria-label": "The tree of forks"},
    ...[form, hint, slot],
    html("div", {}, cut)
  );
  return withCodes(figure, lines);
}

/** Which call of arm A the scrubber shows. */
const callOf = ({runs: [a, b], step}: Pick<PlayState, "runs" | "step">): number =>
  Math.max(0, callsAt([a, b ?? a], step)[0]);

function boardOf({tree, runs, preview}: Readonly<PlayState>, decoding: Parts["decoding"]): BranchBoard {
  const rows = inOrder(tree);
  const trunk = rows[0].twig.run;
  const keys = keyFrames(trunk.numSteps);
  const look = (run: Run, index: number): Pixels | null => {
    const latents = x0At(run, index);
    return latents && (decoding.get(latents) ?? previewOf(latents, preview));
  };
  const final = (run: Run): Pixels | null => (run.steps.length ? look(run, run.steps.length - 1) : null);
  const made = rows.map(({twig: {run, label}, parent}): BoardRow => ({
    ...{label, parent, from: run.forks[run.forks.length - 1]?.step ?? 0},
    ...{frames: keys.map((key) => look(run, key)), final: final(run)},
    note: run === trunk ? "" : noteOf(run, final(run), final(trunk))
  }));
  const watched = rows.findIndex(({twig}) => twig.run === runs[0]);
  return branchBoard({keys, trunk: made[0], branches: made.slice(1)}, {watched: Math.max(0, watched)});
}

function noteOf(run: Run, final: Pixels | null, trunk: Pixels | null): string {
  if (!run.finished) return `step ${run.steps.length} of ${run.numSteps}`;
  if (!final || !trunk || final.width !== trunk.width) return "";
  return `differs from the trunk by ${((100 * pixelDifference(final, trunk)) / 255).toFixed(1)} %`;
}
