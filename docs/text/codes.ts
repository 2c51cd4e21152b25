import {splitWords} from "../src/models/bytePairs.js";
import {codesOf} from "../page/codes.js";
import type {Store} from "../page/store.js";
import {attentionRow} from "./betweenFigure.js";
import {attentionCode, changeCode, nearCode, readingCode, spellCode, sumCode} from "./code.js";
import {stageShown} from "./reading.js";
import {DEFAULTS, type TextState} from "./state.js";
import {rowShown} from "./sumFigure.js";

/** The folds below each figure, with what the figure shows put in. */
export const codesFor = (store: Store<TextState>) => ({
  reading: codesOf(store, ["reading", "stage", "row"], ({reading, stage, row}) =>
    readingCode({prompt: reading.prompt, stage: stageShown(reading, stage).key}, rowShown({row, reading}))
  ),
  spelling: codesOf(store, ["word"], ({word}) => spellCode(splitWords(word)[0] ?? DEFAULTS.word)),
  sum: codesOf(store, ["reading", "row", "column"], ({reading, row, column}) =>
    sumCode(reading.prompt, rowShown({row, reading}), Math.min(column, reading.lastHiddenState.dims[1] - 1))
  ),
  attention: codesOf(store, ["reading", "layer", "head", "row", "rows"], (state) => {
    const [heads] = state.reading.attentions?.[0].dims ?? [1];
    const [layer, head] = [Math.min(state.layer, state.reading.attentions?.length ?? 1), state.head > heads ? 0 : state.head]; // prettier-ignore
    return attentionCode({prompt: state.reading.prompt, layer, head}, attentionRow(state));
  }),
  change: codesOf(store, ["pair", "after"], ({pair: {from, to}, after}) =>
    changeCode({prompt: from.prompt, other: to.prompt, after: stageShown(from, after).key})
  ),
  near: codesOf(store, ["nearest"], ({nearest}) => nearCode(nearest.phrase))
});
