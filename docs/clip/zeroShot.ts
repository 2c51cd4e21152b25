import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {shareBars, type Share} from "../components/shareBars.js";
import {cosine, softmax} from "../src/contrastive.js";
import type {Store} from "../page/store.js";
import type {Embeddings} from "../page/embeddings.js";
import {signed, tauText} from "./matrix.js";
import {sentenceOf, sourceLine, TEMPLATES, type ClipState} from "./state.js";

/** A classifier that nobody trained: labels typed by the reader, the nearest one wins. */
export function zeroShot({store, embeddings}: {store: Store<ClipState>; embeddings: Embeddings}): HTMLElement {
  const {state} = store;
  const box = html("input", {
    ...{type: "text", id: "labels", autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 400},
    value: state.labels.join(", ")
  });
  box.addEventListener("input", () => store.set({labels: labelsIn(box.value)}));
  const template = html(
    "select",
    {id: "template"},
    ...TEMPLATES.map((text) =>
      html("option", {value: text, selected: text === state.template}, text.replace("{}", "…"))
    )
  );
  template.addEventListener("change", () => store.set({template: template.value}));
  const thumbs = state.pictures.map((_, i) => {
    const canvas = pixelCanvas(null, {smooth: true});
    const button = html("button", {type: "button", class: "thumb", onclick: () => store.set({subject: i})}, canvas);
    return {button, canvas};
  });
  const bars = shareBars([], {label: "Shares of the labels"});
  const verdict = html("p", {class: "zero-verdict", "aria-live": "polite"});
  const caption = html("p", {class: "caption"});

  store.onChange((now) => {
    const {pictures, subject, temperature} = now;
    thumbs.forEach(({button, canvas}, i) => {
      canvas.paint(pictures[i]?.pixels ?? null);
      button.setAttribute("aria-pressed", String(i === subject));
      button.setAttribute("aria-label", `Classify picture ${i + 1}: ${pictures[i]?.name ?? "…"}`);
    });
    const shares = sharesOf(now, embeddings);
    bars.update(shares ?? now.labels.map((label) => ({label, share: 0, note: "…"})));
    const words = shares ? verdictOf(shares, temperature) : now.labels.length ? "…" : "Type at least one label.";
    if (verdict.textContent !== words) verdict.textContent = words;
    const sentences = now.labels.map((label) => sentenceOf(label, now.template));
    caption.textContent = sourceLine(now, embeddings.live(sentences, [pictures[subject]?.pixels ?? null]), [
      pictures[subject]?.name ?? "…"
    ]);
  });

  return html(
    "section",
    {class: "figure wide zero-shot", "aria-label": "A classifier from words"},
    html(
      "div",
      {class: "figure-controls"},
      html("div", {class: "field"}, html("label", {for: "labels"}, "Labels"), html("div", {}, box)),
      html("div", {class: "field"}, html("label", {for: "template"}, "Sentence"), html("div", {}, template))
    ),
    html("div", {class: "zero-thumbs", role: "group", "aria-label": "Picture"}, ...thumbs.map(({button}) => button)),
    bars,
    verdict,
    caption
  );
}

/** The labels of a line, between commas, at most twelve, each once. */
export function labelsIn(line: string): string[] {
  const labels = line.split(",").map((label) => label.trim());
  return [...new Set(labels.filter(Boolean))].slice(0, 12);
}

/** softmax(cosine / temperature) over the labels' sentences; null while something is not embedded. */
export function sharesOf(state: Readonly<ClipState>, embeddings: Embeddings): (Share & {cosine: number})[] | null {
  const {pictures, subject, labels, template, temperature} = state;
  const row = embeddings.picture(pictures[subject]?.pixels ?? null);
  const texts = labels.map((label) => embeddings.text(sentenceOf(label, template)));
  if (!row || !labels.length || texts.some((text) => !text)) return null;
  const cosines = texts.map((text) => cosine(row, text!));
  const shares = softmax(cosines.map((value) => value / temperature));
  return labels.map((label, i) => ({
    ...{label, cosine: cosines[i]},
    ...{share: shares[i], note: `cosine ${signed(cosines[i])}`}
  }));
}

function verdictOf(shares: readonly Share[], temperature: number): string {
  const best = shares.reduce((a, b) => (b.share > a.share ? b : a));
  const sum = "The shares add up to 100 % whatever the labels are";
  return `It answers “${best.label}”. ${sum}: temperature ${tauText(temperature)}, set above.`;
}
