import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {promptForm} from "../components/promptForm.js";
import {runSettings} from "../components/runSettings.js";
import type {Vocabulary} from "../components/vocabulary.js";
import {vocabularyNote} from "../components/vocabularyNote.js";
import type {Drawing} from "./drawing.js";
import type {HomeState} from "./state.js";
import type {Store} from "../page/store.js";

const examples = [
  "a horse on the grass",
  "paradise, cosmic, beach",
  "a horse eating grass",
  "a red apple in the snow",
  "a rocket in space at night"
];

/** The prompt, what of it the model cannot draw, the settings, and the one place for errors. */
export function controls({store, drawing}: {store: Store<HomeState>; drawing: Drawing}): HTMLElement {
  const {state} = store;
  const form = promptForm({value: state.prompt, examples});
  form.busy = state.work !== null;
  const settings = runSettings({value: state.settings});
  const error = errorNote();
  const notice = html("p", {class: "caption", role: "status"});
  const vocabulary = html("div", {class: "vocabulary-slot"});
  const root = html(
    "section",
    {class: "controls wide", "aria-label": "What to draw"},
    form,
    vocabulary,
    folded(settings),
    error,
    notice
  );

  const draw = () => void drawing.draw();
  form.addEventListener("input", () => store.set({prompt: form.value}));
  form.addEventListener("submit", draw);
  form.addEventListener("cancel", drawing.cancel);
  settings.addEventListener("input", () => store.set({settings: settings.value}));
  settings.addEventListener("dice", draw);
  error.addEventListener("retry", draw);

  /** The note follows the typing at a distance: it is read aloud where a screen reader runs. */
  function noteLater(prompt: string, known: Vocabulary): void {
    clearTimeout(timer);
    const show = () => {
      const open = vocabulary.querySelector("details")?.open ?? false;
      vocabulary.replaceChildren(vocabularyNote(prompt, known, {open}));
    };
    timer = setTimeout(show, noted === null ? 0 : 400);
  }

  let noted: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.onChange(({prompt, settings: wanted, film, work, error: message, notice: told, vocabulary: known}) => {
    if (JSON.stringify(wanted) !== JSON.stringify(settings.value)) settings.value = wanted;
    form.busy = work !== null;
    form.stale = prompt !== film.prompt || JSON.stringify(wanted) !== JSON.stringify(film.settings);
    error.update(message);
    if (notice.textContent !== (told ?? "")) notice.textContent = told;
    if (known && noted !== prompt) noteLater(prompt, known);
    noted = known ? prompt : noted;
  });
  return root;
}

/** The settings stand open on a wide screen and behind one line on a narrow one, so that the picture comes first. */
function folded(settings: HTMLElement): HTMLElement {
  const wide = matchMedia("(min-width: 641px)");
  const fold = html("details", {class: "settings-fold", open: wide.matches}, html("summary", {}, "Settings"), settings);
  wide.addEventListener("change", () => (fold.open = wide.matches));
  return fold;
}
