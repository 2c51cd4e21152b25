import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {progressBar} from "../components/progressBar.js";
import type {JobState} from "../page/job.js";
import type {Store} from "../page/store.js";
import type {Piece, Work} from "./work.js";

/** A job's button, its "Cancel", how far it is, and what went wrong. */
export function jobLine<S extends JobState>(store: Store<S>, work: Work, label: string, piece: Piece): HTMLElement {
  const run = () => void work.only(store, piece);
  const start = html("button", {type: "button", onclick: run}, label);
  const cancel = html("button", {type: "button", disabled: true, "aria-label": `Cancel: ${label}`}, "Cancel");
  const progress = progressBar();
  const error = errorNote();
  cancel.addEventListener("click", work.cancel);
  error.addEventListener("retry", run);
  store.onChange(({work: under, error: message}) => {
    start.disabled = under !== null;
    cancel.disabled = under === null;
    progress.update(under);
    error.update(message);
  });
  return html("div", {class: "job-line"}, html("div", {class: "job-buttons"}, start, cancel), progress, error);
}
