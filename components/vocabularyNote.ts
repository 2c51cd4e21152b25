import {html} from "./dom.js";
import {unknownWords, type Vocabulary} from "./vocabulary.js";

/** Options: whether the list of known things stands open. */
export interface VocabularyNoteOptions {
  open?: boolean;
}

/** Which words of the prompt the model has never seen, and everything it knows, one press away. */
export function vocabularyNote(prompt: string, vocabulary: Vocabulary, {open = false}: VocabularyNoteOptions = {}) {
  const unknown = unknownWords(prompt, vocabulary);
  const count = Object.keys(vocabulary.objects).length;
  const words = unknown.length
    ? [
        html("b", {}, `The tiny model has never seen ${listed(unknown)}.`),
        ` It knows ${count} things and ${placesText(vocabulary)}.`
      ]
    : [`The tiny model knows ${count} things and ${placesText(vocabulary)}.`];
  return html(
    "div",
    {class: unknown.length ? "vocabulary unknown" : "vocabulary", role: unknown.length ? "status" : null},
    html("p", {}, ...words),
    html(
      "details",
      {open: open || null},
      html("summary", {}, "What it knows"),
      section("Things", namesOf(vocabulary.objects)),
      section("Places", namesOf(vocabulary.places)),
      section("Colours", namesOf(vocabulary.colors))
    )
  );
}

/** "“a”, “b” or “c”", at most four of them. */
export function listed(words: readonly string[]): string {
  const shown = words.slice(0, 4).map((word) => `“${word.length > 24 ? `${word.slice(0, 23)}…` : word}”`);
  if (words.length > 4) return `${shown.join(", ")} and ${words.length - 4} more of your words`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}` : shown[0];
}

function placesText({places}: Vocabulary): string {
  const count = Object.keys(places).length;
  return count === 1 ? "1 place" : `${count} places`;
}

function namesOf(group: Vocabulary["colors"]): string[] {
  return Object.values(group).map((phrases) =>
    (typeof phrases === "string" ? phrases : phrases[0]).replaceAll("-", " ")
  );
}

function section(title: string, words: readonly string[]): HTMLElement | null {
  if (!words.length) return null;
  const sorted = [...words].sort((a, b) => a.localeCompare(b));
  return html("p", {class: "known"}, html("b", {}, `${title}: `), sorted.join(", "));
}
