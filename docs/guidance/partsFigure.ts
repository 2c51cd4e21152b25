import {html} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {slider} from "../components/slider.js";
import {codeRow} from "../page/codes.js";
import {caption} from "../page/figure.js";
import type {JobState} from "../page/job.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import {createStore, type Store} from "../page/store.js";
import {piecesCode} from "./code.js";
import {shownEnd, type Experiments} from "./experiments.js";
import {jobLine} from "./jobLine.js";
import type {RecordedParts} from "./recording.js";
import {shot} from "./shot.js";
import {MOST, type GuidanceState} from "./state.js";
import type {Work} from "./work.js";

export type PartsFigure = HTMLElement & {showSheet(pictures: readonly Pixels[]): void};

/** Guidance in a part of the steps only: `guidance` from step `from` to step `to`, counted from 1; elsewhere 1. */
export const scalesOf = (guidance: number, from: number, to: number, steps: number): number[] =>
  Array.from({length: steps}, (_, i) => (i + 1 >= from && i + 1 <= to ? guidance : 1));

/** The scales of the row "first third", as it was measured. */
function thirdOf({lines, scale, steps}: RecordedParts): number[] {
  const {from, to} = lines.find(({part}) => part === "first third")!;
  return scalesOf(scale, from + 1, to, steps);
}

/** The part and the scale are the reader's; the table and a row of pictures are recorded. */
export function partsFigure(
  page: Store<GuidanceState>,
  experiments: Store<Experiments>,
  work: Work,
  recorded: RecordedParts
): PartsFigure {
  const {lines, scale, shownSteps: steps} = recorded;
  const store = createStore<JobState>({work: null, error: null});
  const {state, set} = experiments;
  const shots = lines.map(({part}) => shot(namesOf[part] ?? part));
  const own = shot();
  const about = ({prompt, seed}: {prompt: string; seed: number}, w: number, first: number, last: number): string =>
    `“${prompt}”, seed ${seed}: w = ${w} in steps ${first} to ${last}`;
  const row = lines.map(({part, object, place, count, clipDistance}) =>
    html(
      "tr",
      {},
      html("th", {scope: "row"}, namesOf[part] ?? part),
      ...[`${object} of ${count}`, `${place} of ${count}`, clipDistance.toFixed(3)].map((text) => html("td", {}, text))
    )
  );
  const options = {min: 1, max: steps};
  const from = slider("Guidance from step", {...options, value: state.partFrom, id: "part-from"});
  const to = slider("to step", {...options, value: state.partTo, id: "part-to"});
  const guidance = slider("Scale there", {
    ...{min: 0, max: MOST, step: 0.5, value: state.partScale, id: "part-scale"},
    format: (w) => `w = ${w.toFixed(1)}, elsewhere 1`
  });
  const strip = html(
    "div",
    {class: "part-strip", "aria-hidden": "true"},
    ...Array.from({length: steps}, () => html("i"))
  );
  const words = caption(
    `recorded with diffusers · pictures: “${recorded.prompt}”, ${recorded.model}, seed ${recorded.seed}, DDIM, ${steps} steps, w = ${scale} where guided and 1 elsewhere · table: ${lines[0].count} pictures a row (${recorded.prompts} prompts, ${recorded.seeds} seeds each), ${recorded.steps} steps; CLIP distance of two pictures of one prompt, ${lines[0].pairs} pairs`
  );
  from.addEventListener("input", () => set({partFrom: from.value, partTo: Math.max(from.value, state.partTo)}));
  to.addEventListener("input", () => set({partTo: to.value, partFrom: Math.min(to.value, state.partFrom)}));
  guidance.addEventListener("input", () => set({partScale: guidance.value}));
  onSelected(experiments, PART, ({partFrom: first, partTo: last, partScale: w}) => {
    [from.value, to.value, guidance.value] = [first, last, w];
    [...strip.children].forEach((cell, i) => cell.classList.toggle("on", i + 1 >= first && i + 1 <= last));
  });

  const job = jobLine(store, work, "Draw with guidance in these steps only", async (signal, report) => {
    const {prompt, negative, seed} = page.state;
    const {partFrom: first, partTo: last, partScale: w} = state;
    const name = `${prompt}, guided from step ${first} to ${last} at scale ${w}`;
    const asked = {prompt, negative, seed, steps, guidance: scalesOf(w, first, last, steps)};
    const {pixels} = await work.run(asked, signal, ({x0, index}) => {
      own.show(previewOf(x0, page.state.preview), name, "preview");
      report(index + 1, steps, "Drawing");
    });
    own.show(pixels, name, "live");
    own.tell(about({prompt, seed}, w, first, last));
  });

  const codes = codeRow();
  const showCodes = (): void => {
    const {partFrom: first, partTo: last, partScale: w} = state;
    codes.update(piecesCode(page.state, scalesOf(w, first, last, steps), thirdOf(recorded)));
  };
  onSelected(experiments, PART, showCodes);
  onSelected(page, ["prompt", "negative", "seed"], showCodes);

  const head = ["guided", "object right", "place right", "CLIP distance"];
  const node = html(
    "section",
    {class: "figure wide", "aria-label": "Guidance in a part of the steps"},
    html("div", {class: "shot-row"}, ...shots),
    html(
      "div",
      {class: "scroll-table", tabindex: 0, role: "region", "aria-label": "Pictures right by part"},
      html(
        "table",
        {},
        html("thead", {}, html("tr", {}, ...head.map((name) => html("th", {scope: "col"}, name)))),
        html("tbody", {}, ...row)
      )
    ),
    words,
    html("div", {class: "own-part"}, html("div", {class: "own-controls"}, from, to, strip, guidance, job), own),
    codes
  );
  return Object.assign(node, {
    showSheet(pictures: readonly Pixels[]): void {
      shots.forEach((one, i) =>
        one.show(pictures[i] ?? null, `${recorded.prompt}, guided in: ${lines[i].part}, recorded`, "recorded")
      );
      const third = lines.findIndex(({part}) => part === "first third");
      if (!pictures[third] || own.shown) return;
      const end = shownEnd(recorded);
      own.show(pictures[third], `${recorded.prompt}, guided from step 1 to ${end} at scale ${scale}`, "recorded");
      own.tell(about(recorded, scale, 1, end));
    }
  });
}

const PART = ["partFrom", "partTo", "partScale"] as const;

const namesOf: Record<string, string> = {all: "all steps", none: "no step"};
