import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import type {Pixels} from "../components/pixels.js";
import {progressBar} from "../components/progressBar.js";
import {codesOf} from "../page/codes.js";
import {caption} from "../page/figure.js";
import type {JobState} from "../page/job.js";
import {previewOf} from "../page/look.js";
import {createStore, type Store} from "../page/store.js";
import {gridCode} from "./code.js";
import type {RecordedGrid} from "./recording.js";
import {shot} from "./shot.js";
import type {GuidanceState} from "./state.js";
import type {Work} from "./work.js";

interface Cell {
  readonly pixels: Pixels | null;
  readonly prompt: string;
  readonly badge: "recorded" | "live" | "preview";
}

interface GridState extends JobState {
  cells: readonly Cell[];
  /** What was drawn here last. */
  last: {prompt: string; scale: number; seed: number} | null;
}

export type GridFigure = HTMLElement & {showSheet(pictures: readonly Pixels[]): void};

/** Scale by seed; a pressed cell is drawn here and now. */
export function gridFigure(page: Store<GuidanceState>, work: Work, recorded: RecordedGrid): GridFigure {
  const {scales, seeds, steps} = recorded;
  const places = scales.flatMap((scale) => seeds.map((seed) => ({scale, seed})));
  const blank: Cell = {pixels: null, prompt: recorded.prompt, badge: "recorded"};
  const store = createStore<GridState>({cells: places.map(() => blank), last: null, work: null, error: null});
  const buttons = places.map(({scale, seed}, i) => {
    const picture = shot();
    const button = html("button", {type: "button", class: "grid-cell", onclick: () => void draw(i)}, picture);
    return {button, picture, scale, seed};
  });
  const progress = progressBar();
  const error = errorNote();
  const cancel = html("button", {type: "button", "aria-label": "Cancel the cell"}, "Cancel");
  const job = html("div", {class: "grid-job"}, progress, cancel, error);
  const words = caption();
  cancel.addEventListener("click", work.cancel);
  let pressed = 0;
  error.addEventListener("retry", () => void draw(pressed));

  function draw(index: number): Promise<void> {
    pressed = index;
    const {scale, seed} = places[index];
    const before = store.state.cells[index];
    return work.only(store, async (signal, report) => {
      const {prompt} = page.state;
      const put = (pixels: Pixels, badge: Cell["badge"]) =>
        store.set({cells: store.state.cells.map((cell, i) => (i === index ? {pixels, prompt, badge} : cell))});
      try {
        const {pixels} = await work.run({prompt, seed, guidance: scale, steps}, signal, ({x0, index: at}) => {
          put(previewOf(x0, page.state.preview), "preview");
          report(at + 1, steps, `Scale ${scale}, seed ${seed}`);
        });
        put(pixels, "live");
        store.set({last: {prompt, scale, seed}});
      } catch (problem) {
        store.set({cells: store.state.cells.map((cell, i) => (i === index ? before : cell))});
        throw problem;
      }
    });
  }

  store.onChange(({cells, work: under, error: message, last}) => {
    cells.forEach(({pixels, prompt, badge}, i) => {
      const {button, picture, scale, seed} = buttons[i];
      const name = `${prompt}, scale ${scale}, seed ${seed}, ${badge}`;
      picture.show(pixels, name, badge === "recorded" ? "" : badge);
      button.setAttribute("aria-label", `Draw scale ${scale}, seed ${seed} here; now: ${prompt}, ${badge}`);
    });
    progress.update(under);
    if (!under && cancel === document.activeElement) buttons[pressed].button.focus(); // its place stays, it goes
    cancel.hidden = under === null;
    error.update(message);
    const live = cells.filter(({badge}) => badge === "live").length;
    const told = last ? `Just drawn: “${last.prompt}” at scale ${last.scale}, seed ${last.seed}.` : "";
    words.textContent = `${cells.length - live} recorded with diffusers (“${recorded.prompt}”, ${recorded.model}), ${live} live · DDIM, ${steps} steps. Press a cell to draw it here with the prompt at the top. ${told}`;
  });

  const rows = scales.map((scale, row) =>
    html(
      "div",
      {class: "grid-row"},
      html("span", {class: "grid-head"}, `w = ${scale}`),
      ...buttons.slice(row * seeds.length, (row + 1) * seeds.length).map(({button}) => button)
    )
  );
  const heads = html(
    "div",
    {class: "grid-row"},
    html("span", {class: "grid-head"}),
    ...seeds.map((seed) => html("span", {class: "grid-head"}, `seed ${seed}`))
  );
  const node = html(
    "section",
    {class: "figure wide", "aria-label": "Scale by seed"},
    html("div", {class: "scale-grid"}, heads, ...rows),
    words,
    job,
    codesOf(store, ["last"], ({last}) =>
      last ? gridCode(last.prompt, [last.scale], [last.seed], steps) : gridCode(recorded.prompt, scales, seeds, steps)
    )
  );
  return Object.assign(node, {
    showSheet(pictures: readonly Pixels[]): void {
      const cells = store.state.cells.map((cell, i) => (cell.pixels ? cell : {...cell, pixels: pictures[i] ?? null}));
      store.set({cells});
    }
  });
}
