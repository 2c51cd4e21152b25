import {html} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {slider} from "../components/slider.js";
import {textField} from "../components/textField.js";
import {codeRow} from "../page/codes.js";
import {caption} from "../page/figure.js";
import type {JobState} from "../page/job.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import {createStore, type Store} from "../page/store.js";
import {negativeCode} from "./code.js";
import {PAIR, PAIR_SEED, type Experiments} from "./experiments.js";
import {jobLine} from "./jobLine.js";
import type {RecordedNegative} from "./recording.js";
import {shot} from "./shot.js";
import {MOST, type GuidanceState} from "./state.js";
import type {Work} from "./work.js";

export type NegativeFigure = HTMLElement & {showSheet(pictures: readonly Pixels[]): void};

/** A prompt less another one: recorded rows, and a pair drawn here. */
export function negativeFigure(
  page: Store<GuidanceState>,
  experiments: Store<Experiments>,
  work: Work,
  recorded: RecordedNegative
): NegativeFigure {
  const {state, set} = experiments;
  const {arms, shown, count, times, steps} = recorded;
  const rows = arms.map(({scale, negative, counts}) => {
    const shots = Array.from({length: shown}, () => shot());
    const title = scale === 1 ? "w = 1, no guidance" : `w = ${scale}${negative ? `, without “${negative}”` : ""}`;
    const told = `by day ${counts[0]}, at sunset ${counts[1]}, at night ${counts[2]} of ${count}`;
    const head = html("div", {class: "negative-head"}, html("b", {}, title), html("span", {}, told));
    return {
      shots,
      title,
      node: html("div", {class: "negative-row"}, head, html("div", {class: "run-frames six"}, ...shots))
    };
  });
  const asked = textField("Asked for", {value: state.pairPrompt});
  const unwanted = textField("Not wanted", {value: state.pairMinus, examples: ["sunset", "by day", "a horse"]});
  const scale = slider("Scale of the pair", {
    ...{min: 0, max: MOST, step: 0.5, value: state.pairScale, id: "negative-scale"},
    format: (w) => `w = ${w.toFixed(1)}${w === 1 ? ": neither is subtracted" : ""}`
  });
  const pair = [shot(), shot()];
  const tell = (i: number, prompt: string, minus: string, seed: number): void =>
    pair[i].tell(i ? `less “${minus}”, seed ${seed}` : `“${prompt}”, seed ${seed}`);
  const store = createStore<JobState>({work: null, error: null});

  const job = jobLine(store, work, "Draw the pair", async (signal, report) => {
    const {seed} = page.state;
    const {pairPrompt: prompt, pairMinus: minus, pairScale: guidance} = state;
    for (const [i, negative] of ["", minus].entries()) {
      const name = `${prompt}${negative ? ` without ${negative}` : ""}, scale ${guidance}, seed ${seed}`;
      const {pixels} = await work.run({prompt, negative, seed, guidance, steps}, signal, ({x0, index}) => {
        pair[i].show(previewOf(x0, page.state.preview), name, "preview");
        report(i * steps + index + 1, 2 * steps, i ? "The negative prompt" : "Without it");
      });
      pair[i].show(pixels, name, "live");
      tell(i, prompt, minus, seed);
    }
  });

  const codes = codeRow();
  const showCodes = (): void =>
    codes.update(
      negativeCode({
        ...{prompt: state.pairPrompt, negative: state.pairMinus, seed: page.state.seed, guidance: state.pairScale},
        ...{steps, times, count}
      })
    );
  asked.addEventListener("input", () => set({pairPrompt: asked.value}));
  unwanted.addEventListener("input", () => set({pairMinus: unwanted.value}));
  scale.addEventListener("input", () => set({pairScale: scale.value}));
  onSelected(experiments, ["pairPrompt", "pairMinus", "pairScale"], showCodes);
  onSelected(page, ["seed"], showCodes);

  const node = html(
    "section",
    {class: "figure wide", "aria-label": "Negative prompts"},
    ...rows.map(({node: row}) => row),
    caption(
      `recorded with diffusers · “${recorded.prompt}”, ${recorded.model}, seeds 0 to ${shown - 1} of ${count}, DDIM, ${steps} steps · the counts: which of the captions ${times.map((text) => `“${text}”`).join(", ")} lies nearest in CLIP`
    ),
    html(
      "div",
      {class: "own-part"},
      html("div", {class: "own-controls"}, asked, unwanted, scale, job),
      html("div", {class: "shot-row two"}, ...pair)
    ),
    codes
  );
  return Object.assign(node, {
    showSheet(pictures: readonly Pixels[]): void {
      rows.forEach(({shots, title}, row) =>
        shots.forEach((one, i) =>
          one.show(pictures[row * shown + i] ?? null, `${recorded.prompt}, ${title}, seed ${i}, recorded`, "")
        )
      );
      if (pair.some((one) => one.shown)) return;
      for (const [i, negative] of ["", PAIR.pairMinus].entries()) {
        const row = arms.findIndex((arm) => arm.scale === PAIR.pairScale && arm.negative === negative);
        if (row < 0) return;
        const name = `${recorded.prompt}${negative ? ` without ${negative}` : ""}, scale ${PAIR.pairScale}, seed ${PAIR_SEED}`;
        pair[i].show(pictures[row * shown + PAIR_SEED] ?? null, name, "recorded");
        tell(i, recorded.prompt, negative, PAIR_SEED);
      }
    }
  });
}
