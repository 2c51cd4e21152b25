import {html} from "../components/dom.js";
import {tryThis} from "../components/tryThis.js";
import type {Store} from "../page/store.js";
import {percentage} from "../components/shareBars.js";
import type {Embeddings} from "../page/embeddings.js";
import {lossText, tauText} from "./matrix.js";
import {batchOf, type ClipState} from "./state.js";

interface Parts {
  store: Store<ClipState>;
  embeddings: Embeddings;
}

/** Must cosines of wrong pairs be 0? */
export function shiftQuestion({store, embeddings}: Parts): HTMLElement {
  const answer = html("span");
  const button = html("button", {type: "button", class: "chip"});
  const shift = 0.3;
  button.addEventListener("click", () => store.set({shift: store.state.shift ? 0 : shift, view: "cosine"}));
  store.onChange((state) => {
    button.textContent = state.shift ? `Take the ${shift} away again` : `Add ${shift} to every number`;
    const [plain, moved] = [0, shift].map((by) => batchOf({...state, shift: by}, embeddings).loss);
    const measured =
      plain && moved ? `Here the loss is ${lossText(plain.loss)} before and ${lossText(moved.loss)} after.` : "";
    answer.textContent = `Nothing: a softmax only compares, and what is added to all cancels out. ${measured} So nothing in the training asks a wrong pair for cosine 0; it asks that the right one be larger.`;
  });
  return withButton(
    tryThis({
      title: "Every cosine grows",
      text: `Add ${shift} to every number of the matrix, right pairs and wrong pairs alike. What happens to the loss?`,
      guesses: ["it grows", "it shrinks", "nothing"],
      answer
    }),
    button
  );
}

/** What does a low temperature do? */
export function temperatureQuestion({store, embeddings}: Parts): HTMLElement {
  const answer = html("span");
  const button = html("button", {type: "button", class: "chip"}, "Show it at temperature 1");
  button.addEventListener("click", () => store.set({temperature: 1, view: "rows"}));
  store.onChange((state) => {
    const [cold, warm] = [state.learned, 1].map((temperature) => batchOf({...state, temperature}, embeddings).loss);
    const share = (loss: typeof cold) => (loss ? `${Math.round(100 * loss.rows.data[0])} %` : "…");
    answer.textContent = `Cosines end at 1, so at temperature 1 no pair can stand out by much: picture 1 gives its own caption ${share(warm)}, and ${share(cold)} at the learned ${tauText(state.learned)}. Dividing by a small number stretches the differences before the softmax. By how much, the model learned together with everything else.`;
  });
  return withButton(
    tryThis({
      title: "Do not divide",
      text: "Cosines lie between −1 and 1. Set the temperature to 1, so that nothing is divided. How sure will picture 1 be of its own caption?",
      guesses: ["as sure as before", "hardly surer than of the others", "completely"],
      answer
    }),
    button
  );
}

/** One caption changed: which cells change? */
export function wordQuestion({store, embeddings}: Parts): HTMLElement {
  const answer = html("span");
  const button = html("button", {type: "button", class: "chip"}, "Write it into caption B");
  button.addEventListener("click", () => {
    const captions = store.state.captions.map((old, i) => (i === 1 ? "a horse in the mountains" : old));
    store.set({captions, view: "columns", cell: {row: 1, column: 1}});
  });
  store.onChange((state) => {
    const batch = batchOf(state, embeddings);
    const told = batch.loss
      ? `As it stands now, caption B gives ${percentage(batch.loss.columns.data[1])} of itself to picture 1 and ${percentage(batch.loss.columns.data[state.captions.length + 1])} to picture 2.`
      : "";
    answer.textContent = `Only column B of the cosines: a caption is read without a look at any picture, and a picture without a look at any caption. That is why millions of pictures can be stored as arrows once, and searched by any sentence later. ${told}`;
  });
  return withButton(
    tryThis({
      title: "Which horse?",
      text: "Caption B says “a horse”, and two pictures show one. Make it “a horse in the mountains”. Which cosines change?",
      guesses: ["one", "the column of B", "all of them"],
      answer
    }),
    button
  );
}

function withButton(question: HTMLElement, button: HTMLElement): HTMLElement {
  question.querySelector(".answer")!.append(button);
  return question;
}
