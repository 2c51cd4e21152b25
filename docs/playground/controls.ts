import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {progressBar} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {FIELDS, runFields, type FieldName} from "../components/runFields.js";
import {vocabularyNote} from "../components/vocabularyNote.js";
import type {Vocabulary} from "../components/vocabulary.js";
import type {Parts} from "./parts.js";
import {alike, otherWish, type PlayState} from "./state.js";

const EXAMPLES = [
  "a horse on the grass",
  "a big red apple in the snow",
  "a castle in the desert at night, on the left",
  "a cat and a dog on the beach",
  "paradise, cosmic, beach"
];

/** Milliseconds of rest after which a change is drawn by itself. */
const REST = 350;

const IN_FORM = Object.keys(FIELDS).filter((name) => name !== "prompt") as FieldName[];

/** Whether what is on show is not what the controls ask for. */
export const isStale = (state: Pick<PlayState, "wish" | "other" | "runs">): boolean =>
  !alike(state.wish, state.runs[0].wish) || !alike(otherWish(state), state.runs[1]?.wish ?? null);

/** The prompt, what of it the model cannot draw, all settings of arm A, and the one place for errors. */
export function controls({store, drawing}: Parts): HTMLElement {
  const {state} = store;
  const form = promptForm({value: state.wish.prompt, examples: EXAMPLES});
  const fields = runFields(state.wish, {fields: IN_FORM});
  const typing = html("input", {type: "checkbox", id: "typing", checked: state.typing});
  const progress = progressBar();
  const error = errorNote();
  const notice = html("p", {class: "caption", role: "status"});
  const vocabulary = html("div", {class: "vocabulary-slot"});
  const draw = () => void drawing.draw();
  form.addEventListener("input", () => store.set({wish: {...state.wish, prompt: form.value}}));
  form.addEventListener("submit", draw);
  form.addEventListener("cancel", drawing.cancel);
  fields.addEventListener("input", () => store.set({wish: {...fields.value, prompt: state.wish.prompt}}));
  fields.addEventListener("dice", draw);
  typing.addEventListener("change", () => store.set({typing: typing.checked}));
  error.addEventListener("retry", draw);

  drawWhileTyping({store, drawing});
  let noted: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const note = (prompt: string, known: Vocabulary): void => {
    const open = vocabulary.querySelector("details")?.open ?? false;
    vocabulary.replaceChildren(vocabularyNote(prompt, known, {open}));
  };

  store.onChange((next) => {
    const {wish, work, error: message, notice: told, vocabulary: known} = next;
    if (form.value !== wish.prompt) form.value = wish.prompt;
    fields.update(wish, IN_FORM);
    form.busy = work !== null;
    form.stale = isStale(next);
    typing.checked = next.typing;
    progress.update(work);
    error.update(message);
    if (notice.textContent !== (told ?? "")) notice.textContent = told;
    if (!known || noted === wish.prompt) return;
    clearTimeout(timer);
    timer = setTimeout(() => note(wish.prompt, known), noted === null ? 0 : 400);
    noted = wish.prompt;
  });

  return html(
    "div",
    {class: "play-controls"},
    form,
    vocabulary,
    folded(fields),
    html(
      "label",
      {class: "typing", for: "typing"},
      typing,
      html("span", {}, "Draw as I type: every change is drawn as soon as you rest; fewer steps answer sooner")
    ),
    ...[progress, error, notice]
  );
}

/** The settings stand open on a wide screen and behind one line on a narrow one, so that the picture comes first. */
function folded(settings: HTMLElement): HTMLElement {
  const wide = matchMedia("(min-width: 641px)");
  const fold = html("details", {class: "settings-fold", open: wide.matches}, html("summary", {}, "Settings"), settings);
  wide.addEventListener("change", () => (fold.open = wide.matches));
  return fold;
}

/** The newest wish wins: a drawing that was overtaken stops within one step. */
function drawWhileTyping({store, drawing}: Pick<Parts, "store" | "drawing">): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before = JSON.stringify([store.state.wish, store.state.other]);
  store.onChange((state) => {
    const now = JSON.stringify([state.wish, state.other]);
    if (now === before) return;
    before = now;
    if (!state.typing) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (store.state.typing && store.state.wish.prompt.trim() && isStale(store.state)) void drawing.draw();
    }, REST);
  });
}
