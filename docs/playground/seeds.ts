import {html} from "../components/dom.js";
import {pictureGrid, type GridPicture} from "../components/pictureGrid.js";
import {progressBar} from "../components/progressBar.js";
import {textField} from "../components/textField.js";
import {cosine} from "../src/contrastive.js";
import {clipped} from "../src/pictures.js";
import {concat, rowsOf, type Tensor} from "../src/tensor.js";
import {withCodes} from "../page/codes.js";
import {previewOf} from "../page/look.js";
import {ranksOf} from "../page/ranks.js";
import {codesFor, seedsCode} from "./code.js";
import {begun, optionsOf} from "./drawing.js";
import type {Parts} from "./parts.js";
import {emptyGrid, SEEDS, type PlayState, type Sown} from "./state.js";

/** Eight seeds of one wish, and CLIP's order of them. */
export function seedGrid(parts: Parts): HTMLElement {
  const {store, drawing, decoding} = parts;
  const {state} = store;
  const start = html("button", {type: "button", class: "primary"});
  const stop = html("button", {type: "button", onclick: drawing.cancel}, "Stop");
  const words = textField("Words for CLIP", {value: state.rankWords, placeholder: "the prompt"});
  const rank = html("button", {type: "button"}, "Put them in order");
  const progress = progressBar();
  const grid = pictureGrid("Eight seeds");
  const reading = html("p", {class: "verdict", "aria-live": "polite"});
  const caption = html("p", {class: "caption"});
  start.addEventListener("click", () => void sow(parts));
  rank.addEventListener("click", () => void order(parts));
  words.addEventListener("input", () => store.set({rankWords: words.value}));
  grid.addEventListener("input", () => {
    const chosen = state.sown.find(({seed}) => String(seed) === grid.value);
    if (!chosen?.run || !state.sownOf) return;
    const {run} = chosen;
    const tree = run.finished ? [{run, parent: null, label: `the trunk: ${run.wish.prompt}`}] : [];
    store.set({wish: run.wish, other: {}, runs: [run, null], tree, step: run.steps.length - 1});
  });

  store.onChange((next) => {
    const {wish, sown, sownOf, task, work, rankedBy, rankWords} = next;
    const busy = task === "seeds" || task === "rank";
    start.textContent = `Draw seeds ${firstSeed(wish.seed)} to ${firstSeed(wish.seed) + SEEDS - 1}`;
    stop.disabled = !busy;
    rank.disabled = busy || !sown.some(({run}) => run?.finished);
    if (words.value !== rankWords) words.value = rankWords;
    progress.update(busy ? work : null);
    const ranks = ranksOf(sown);
    grid.update(sown.map((each, i) => cell(each, ranks[i], next, decoding)));
    reading.textContent = readingOf(sown, ranks, rankedBy);
    caption.textContent = sownOf
      ? `live, in this browser · “${sownOf.prompt}” · ${sownOf.sampler} · ${sownOf.steps} steps · guidance ${sownOf.guidance}. Press a picture to take it into arm A.`
      : `Nothing is drawn yet: it takes eight runs with arm A’s settings.`;
  });
  const lines = codesFor(store, ({wish, sownOf, sown, rankWords}) => {
    const asked = sownOf ?? wish;
    const first = sownOf ? sown[0].seed : firstSeed(wish.seed);
    return seedsCode(asked, first, SEEDS, rankWords.trim() || asked.prompt);
  });
  const figure = html(
    "section",
    {class: "figure wide seeds", "aria-label": "Eight seeds"},
    html("div", {class: "seeds-controls"}, start, stop),
    ...[progress, grid],
    html("div", {class: "seeds-controls"}, words, rank),
    ...[reading, caption]
  );
  return withCodes(figure, lines);
}

const firstSeed = (seed: number): number => Math.min(seed, 2 ** 32 - SEEDS);

function cell(
  {seed, run, pixels, score}: Sown,
  rank: number | null,
  {preview}: Readonly<PlayState>,
  decoding: Parts["decoding"]
): GridPicture {
  const last = run?.steps[run.steps.length - 1];
  const shown = pixels ?? (last ? (decoding.get(last.x0) ?? previewOf(last.x0, preview)) : null);
  const told = score === null ? "" : `, cosine ${score.toFixed(3)}, place ${rank! + 1}`;
  return {
    ...{key: String(seed), pixels: shown},
    name: `Seed ${seed}${told}${run?.finished ? "" : run ? ", being drawn" : ", not drawn yet"}`,
    words: score === null ? `seed ${seed}` : `seed ${seed} · ${score.toFixed(3)}`,
    mark: rank === null ? "" : `${rank + 1}.`,
    best: rank === 0
  };
}

/** Draws the eight, one after the other; each fills in as it goes. */
function sow({store, drawing, decoding}: Parts): Promise<void> {
  return drawing.only("seeds", async (signal, report) => {
    const {wish} = store.state;
    let sown: readonly Sown[] = emptyGrid(firstSeed(wish.seed));
    store.set({sown, sownOf: wish, rankedBy: null});
    let done = 0;
    for (const [i, {seed}] of sown.entries()) {
      const run = begun({...wish, seed});
      const put = (change: Partial<Sown>): void => {
        sown = sown.map((old, j) => (j === i ? {...old, ...change} : old));
        store.set({sown});
      };
      await drawing.run(run, optionsOf(run.wish), signal, () => {
        done++;
        const total = Math.max(SEEDS * run.numSteps, done);
        report(`Drawing seed ${seed}: UNet call ${done} of ${total}`, done, total);
        put({run});
      });
      if (signal.aborted) return put({run: null}); // a run that was stopped half way is no picture of its seed
      put({run, pixels: decoding.get(run.steps[run.steps.length - 1].prevXt)});
    }
  });
}

/** Asks CLIP how well each finished picture fits the words. */
function order({store, drawing, engine}: Parts): Promise<void> {
  return drawing.only("rank", async (signal, report) => {
    const {rankWords, sown, sownOf} = store.state;
    const words = rankWords.trim() || sownOf!.prompt;
    report("Reading the words", 0, 2);
    const [own] = rowsOf(await engine.embedTexts([words]));
    const finished = sown.filter(({run}) => run?.finished);
    const pictures: Tensor[] = [];
    for (const [i, {run}] of finished.entries()) {
      report(`CLIP looks at picture ${i + 1} of ${finished.length}`, i, finished.length);
      pictures.push(clipped(await engine.decode(run!.steps[run!.steps.length - 1].prev)));
      if (signal.aborted) return;
    }
    const rows = rowsOf(await engine.embedImages(concat(pictures)));
    if (signal.aborted) return;
    const scores = new Map(finished.map(({seed}, i) => [seed, cosine(rows[i], own)]));
    store.set({
      rankedBy: words,
      sown: store.state.sown.map((each) => ({...each, score: scores.get(each.seed) ?? null}))
    });
  });
}

function readingOf(sown: readonly Sown[], ranks: readonly (number | null)[], words: string | null): string {
  const best = sown[ranks.indexOf(0)];
  if (!best || words === null) return "";
  const last = sown.reduce((a, b) => (b.score !== null && (a.score === null || b.score < a.score) ? b : a));
  return `By “${words}”, CLIP puts seed ${best.seed} first (cosine ${best.score!.toFixed(3)}) and seed ${last.seed} last (${last.score!.toFixed(3)}). Would you?`;
}
