import {html} from "../components/dom.js";
import {percentage} from "../components/shareBars.js";
import {slider} from "../components/slider.js";
import {textField} from "../components/textField.js";
import {ARMS} from "../src/pipelines/promptToPrompt.js";
import {tokensOf} from "../src/trace/words.js";
import {armsFigure} from "./armsFigure.js";
import {optionsOf} from "./drawing.js";
import {FROZEN_ARMS, SHOWN, WEIGHTS, weightsOf} from "./experiments.js";
import type {Parts} from "./state.js";

/** A word is swapped, and the attention of the first picture is fed to the second: three ways. */
export function frozenFigure(parts: Parts): HTMLElement {
  const {store, engine, recording} = parts;
  const {state, set} = store;
  const {source, prompt, seed} = SHOWN.frozen;
  const from = textField("First prompt", {value: state.first});
  const to = textField("Second prompt", {
    value: state.second,
    examples: ["a cow on the grass", "a zebra on the grass", "a horse in the snow"]
  });
  from.addEventListener("input", () => set({first: from.value}));
  to.addEventListener("input", () => set({second: to.value}));
  const titleOf = (text: string) => `“${text}”`;
  return armsFigure(parts, {
    name: "Another word, the same places",
    form: [from, to],
    action: "Draw all four",
    recordedSays: `recorded · ${titleOf(source)}, then ${titleOf(prompt)} three times · seed ${seed} · ${recording.model}`,
    first: [
      {title: titleOf(source), recorded: "frozen source"},
      ...FROZEN_ARMS.map(({key, title}) => ({title, recorded: `frozen ${key}`}))
    ],
    plan() {
      const {settings, first, second} = state;
      const run = optionsOf({prompt: second, settings});
      return Promise.resolve({
        says: `live · ${titleOf(first)}, then ${titleOf(second)} three times · seed ${settings.seed} · ${settings.steps} steps`,
        arms: [
          {title: titleOf(first), run: (signal: AbortSignal) => engine.draw({...run, prompt: first, signal})},
          ...FROZEN_ARMS.map(({key, title}) => ({
            title,
            run: (signal: AbortSignal) => engine.run("promptToPrompt", {...run, source: first, ...ARMS[key], signal})
          }))
        ]
      });
    }
  });
}

/** What the three ways did to twenty pairs of prompts. */
export function frozenTable({recording: {measured}}: Parts): HTMLElement {
  const rows = FROZEN_ARMS.map(({key, title}) => ({title, ...measured.frozen[key]}));
  return html(
    "table",
    {},
    html("caption", {}, "20 pairs of prompts, recorded: npx tsx scripts/frozenMaps.ts"),
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        ...["how", "overlap of the two things’ boxes", "the new thing is seen"].map((text) =>
          html("th", {scope: "col"}, text)
        )
      )
    ),
    html(
      "tbody",
      {},
      ...rows.map(({title, overlap, seen}) =>
        html(
          "tr",
          {},
          html("th", {scope: "row"}, title),
          html("td", {}, overlap.toFixed(3)),
          html("td", {}, percentage(seen))
        )
      )
    )
  );
}

/** A word's weight up and down. */
export function weightFigure(parts: Parts): HTMLElement {
  const {store, engine, recording} = parts;
  const {state, set} = store;
  const {prompt, word, seed} = SHOWN.weight;
  const what = textField("Word to weight", {value: state.weighted, maxLength: 60});
  const weight = slider("Weight", {
    min: 0,
    max: 4,
    step: 0.1,
    value: state.weight,
    id: "word-weight",
    format: (value) => `× ${value.toFixed(1)}`
  });
  what.addEventListener("input", () => set({weighted: what.value}));
  weight.addEventListener("input", () => set({weight: weight.value}));
  const titleOf = (name: string, value: number) => `“${name}” × ${value}`;
  return armsFigure(parts, {
    name: "A word’s weight",
    form: [what, weight],
    action: "Draw with weights 0, 1 and this one",
    recordedSays: `recorded · “${prompt}” · seed ${seed} · ${recording.model} · what every cross-attention layer gives of the word’s row is multiplied`,
    first: WEIGHTS.map((value) => ({title: titleOf(word, value), recorded: `weight ${value}`})),
    async plan() {
      const {prompt: text, settings} = state;
      const name = state.weighted.trim();
      const spelled = await engine.tokenize(text);
      const tokens = tokensOf(spelled, text, name);
      if (!tokens.length) throw new Error(`“${name}” is not in the prompt “${text}”: choose one of its words`);
      const options = optionsOf({prompt: text, settings});
      const values = [...new Set([0, 1, state.weight])].sort((a, b) => a - b);
      return {
        says: `live · “${text}” · seed ${settings.seed} · ${settings.steps} steps`,
        arms: values.map((value) => ({
          title: titleOf(name, value),
          run: (signal) =>
            engine.draw({...options, signal, controls: {tokenWeights: weightsOf(spelled.tokens.length, tokens, value)}})
        }))
      };
    }
  });
}

/** How well maps point, measured by the model's evaluation. */
export function pointingTable({recording: {measured}}: Parts): HTMLElement {
  const {pointing, drawing, drawingHeldOut} = measured;
  const rows: [string, string, string][] = [
    [
      "on real scenes under noise, the thing’s word peaks inside of its box",
      percentage(pointing.inside),
      `${pointing.objects} words`
    ],
    ["there, the place’s word peaks outside of all boxes", percentage(pointing.outside), `${pointing.places} words`],
    [
      "while drawing, the thing’s word peaks within 16 pixels of where a classifier sees the thing",
      percentage(drawing.near_judged_cell),
      `${drawing.objects} pictures`
    ],
    [
      "the same, for things in places that training never showed together",
      percentage(drawingHeldOut.near_judged_cell),
      `${drawingHeldOut.objects} pictures`
    ]
  ];
  return html(
    "table",
    {},
    html("caption", {}, "Measured on this model, recorded: npm run model:evaluate"),
    html(
      "thead",
      {},
      html("tr", {}, ...["what was asked", "how often", "of"].map((text) => html("th", {scope: "col"}, text)))
    ),
    html(
      "tbody",
      {},
      ...rows.map(([name, share, of]) =>
        html("tr", {}, html("th", {scope: "row"}, name), html("td", {}, share), html("td", {}, of))
      )
    )
  );
}
