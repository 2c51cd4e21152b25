import {wordsOf} from "../src/trace/words.js";
import {batchItem} from "../src/tensor.js";
import {armsFigure} from "./armsFigure.js";
import {optionsOf} from "./drawing.js";
import {rowArms, SHOWN, withRows} from "./experiments.js";
import type {Parts} from "./state.js";
import {itemsOf} from "./tokens.js";

/** The prompt's picture again, with some rows of its text exchanged for the empty prompt's. */
export function rowsFigure(parts: Parts): HTMLElement {
  const {store, engine, recording} = parts;
  const {prompt, seed} = SHOWN.main;
  const {words, count} = recording.maps.main;
  return armsFigure(parts, {
    name: "Rows replaced by the empty prompt’s",
    action: "Draw it with the prompt above",
    recordedSays: `recorded · “${prompt}” · seed ${seed} · ${recording.model} · under each picture the rows that were replaced`,
    first: rowArms(itemsOf(words, count)).map(({title}, i) => ({title, recorded: `rows ${i}`})),
    async plan() {
      const {prompt: text, settings} = store.state;
      const both = await engine.encodeText([text, ""]);
      const items = itemsOf(wordsOf(await engine.tokenize(text), text), both.dims[1]);
      const options = optionsOf({prompt: text, settings});
      return {
        says: `live · “${text}” · seed ${settings.seed} · ${settings.steps} steps · under each picture the rows that were replaced`,
        arms: rowArms(items).map(({title, tokens}) => ({
          title,
          run: (signal) =>
            engine.draw({...options, signal, promptEmbeds: withRows(batchItem(both, 0), batchItem(both, 1), tokens)})
        }))
      };
    }
  });
}
