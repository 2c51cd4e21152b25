import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {preflightTable} from "../components/preflightTable.js";
import {megabytes, progressBar} from "../components/progressBar.js";
import type {Store} from "../page/store.js";
import type {Preflight} from "../src/preflight/preflight.js";
import type {ModelSource} from "../src/sources/source.js";
import {titleOf} from "../page/ownModel.js";
import type {Loader, LoaderState} from "./loading.js";
import {sourceForm} from "./sourceForm.js";

/** What every page runs on, a model of the reader's own in its place, and what is kept here. */
export function loaderFigure(store: Store<LoaderState>, loader: Loader): HTMLElement {
  const running = html("p", {class: "running-model", role: "status"});
  const back = html("button", {type: "button", onclick: () => void loader.giveUp()}, "Back to the shipped model");
  const bar = progressBar();
  const cancel = html("button", {type: "button", onclick: loader.cancel}, "Cancel");
  const error = errorNote();
  const load = html("button", {type: "button", class: "primary", onclick: () => void loader.load()});
  const slot = html("div", {class: "preflight-slot"});
  const done = html("p", {class: "verdict", role: "status"});
  const size = html("span", {}, "");
  const empty = html("button", {type: "button", onclick: () => void loader.empty()}, "Empty the cache");
  let asked: ModelSource | null = null;
  let told: Preflight | null = null;
  const form = sourceForm((source) => {
    asked = source;
    void loader.look(source);
  });
  error.addEventListener("retry", () => void (store.state.report ? loader.load() : asked && loader.look(asked)));

  store.onChange(({phase, place, report: found, work, error: message, chosen, cached}) => {
    running.replaceChildren(...runningWords({chosen}));
    back.hidden = !chosen;
    bar.update(work);
    cancel.hidden = !work;
    error.update(message);
    if (found !== told) slot.replaceChildren(...(found ? [preflightTable(found, {place, titleOf})] : []));
    told = found;
    load.hidden = !found || found.problems.length > 0 || phase === "done";
    load.disabled = phase === "keeping";
    if (found) load.textContent = `Load ${megabytes(found.totalBytes - found.keptBytes)} from ${place}`;
    done.textContent =
      phase === "done" && chosen ? `${chosen.manifest.name} is here: every page runs on it from now on.` : "";
    size.textContent = cached === null ? "" : `This browser keeps ${megabytes(cached)} of models for this site. `;
    empty.disabled = !cached && !chosen;
  });
  void loader.refresh();

  return html(
    "section",
    {class: "figure wide loader", "aria-label": "A model of your own"},
    html("div", {class: "running-line"}, running, back),
    form,
    html("div", {class: "loader-work"}, bar, cancel),
    error,
    slot,
    html("div", {class: "buttons"}, load, done),
    html("div", {class: "cache-line"}, size, empty)
  );
}

function runningWords({chosen}: Pick<LoaderState, "chosen">): (Node | string)[] {
  if (!chosen) return ["Every page runs on ", html("b", {}, "tiny"), ", the shipped model."];
  const bytes = chosen.files.reduce((sum, file) => sum + file.size, 0);
  return [
    "Every page runs on ",
    html("b", {}, chosen.manifest.name),
    `, a model of yours, kept in this browser (${megabytes(bytes)}). Two things stay on tiny: the figures above, which are about it, and the chapter on learning. `,
    html("a", {href: "./"}, "Draw with it"),
    "."
  ];
}
