import {html} from "../components/dom.js";
import {progressBar} from "../components/progressBar.js";
import type {Pixels} from "../components/pixels.js";
import {caption, figure} from "../page/figure.js";
import type {StepRecord} from "../src/pipeline.js";
import {armRow, type Arm} from "./armRow.js";
import type {Parts} from "./state.js";

/** A picture to be drawn: what is said of it, its recording's name, and how it is drawn here. */
export interface ArmPlan {
  readonly title: string;
  readonly recorded?: string;
  run(signal: AbortSignal): AsyncGenerator<StepRecord>;
}

/** What a press draws: the arms, and one line on the run. Asked for when it is pressed. */
export interface ArmsPlan {
  readonly arms: readonly ArmPlan[];
  readonly says: string;
}

export interface ArmsOptions {
  readonly name: string;
  /** Inputs, before the button. */
  readonly form?: readonly Node[];
  /** What the button says. */
  readonly action: string;
  /** What stands before anything is drawn here: the recorded pictures, in words. */
  readonly recordedSays: string;
  plan(): Promise<ArmsPlan>;
  /** The arms whose recordings are shown at first. */
  readonly first: readonly Omit<ArmPlan, "run">[];
}

/** Experiments in a row, drawn one after the other by a press; before that, the recorded ones. */
export function armsFigure(
  {store, drawing, pictures}: Parts,
  {name, form = [], action, recordedSays, plan, first}: ArmsOptions
): HTMLElement {
  const row = armRow(name);
  const note = caption(recordedSays);
  const [button, cancel] = [
    html("button", {type: "button", class: "primary"}, action),
    html("button", {type: "button"}, "Stop")
  ];
  const progress = progressBar();
  let mine = false;
  let live = false;

  function showRecorded(): void {
    if (live) return;
    row.update(
      first.map(({title, recorded}) => ({
        title,
        pixels: recorded ? pictures.get(recorded) : null,
        source: recorded ? "recorded" : null
      }))
    );
  }

  async function drawAll(signal: AbortSignal): Promise<void> {
    const {arms, says} = await plan();
    if (signal.aborted) return;
    live = true;
    const shown: Arm[] = arms.map(({title}) => ({title, pixels: null, source: null}));
    row.update(shown);
    note.textContent = says;
    for (const [i, {title, run}] of arms.entries()) {
      const pixels: Pixels | null = await drawing.picture(`Picture ${i + 1} of ${arms.length}`, run(signal), signal);
      if (signal.aborted || !pixels) return;
      shown[i] = {title, pixels, source: "live"};
      row.update(shown);
    }
  }

  button.addEventListener("click", () => {
    mine = true;
    void drawing.only(drawAll).then(() => (mine = false));
  });
  cancel.addEventListener("click", () => drawing.cancel());
  store.onChange(({work}) => {
    button.disabled = cancel.hidden = false;
    cancel.disabled = !(mine && work);
    progress.update(mine ? work : null);
  });
  pictures.onShown(showRecorded);
  showRecorded();
  return figure(
    name,
    html("div", {class: "arm-form"}, ...form, html("div", {class: "arm-buttons"}, button, " ", cancel)),
    progress,
    row,
    note
  );
}
