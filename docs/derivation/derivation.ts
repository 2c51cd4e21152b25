import {codesOf, withCodes, type Codes} from "../page/codes.js";
import {createSweep, levelBar} from "../page/levelBar.js";
import {keepQuery, readQuery} from "../page/query.js";
import {createStore} from "../page/store.js";
import {bayesFigure} from "./bayesFigure.js";
import * as code from "./code.js";
import {humpsFigure} from "./humpsFigure.js";
import {klFigure, weightFigure} from "./lossFigure.js";
import {drawFigure, meanFigure} from "./meanFigure.js";
import {beliefQuestion, humpsQuestion} from "./questions.js";
import {defaults, fields, queryOf, table, type DerivationState} from "./state.js";

/** The chapter on the formulas: its state, and the nodes that the page puts between its words. Nothing here needs the model. */
export function createDerivation({invalidation}: {invalidation: Promise<void>}) {
  const asked = readQuery(location.search, fields);
  const store = createStore<DerivationState>({...defaults, ...asked, table, playing: false});
  const sweep = createSweep(store, {least: 1});

  /** The lines of a figure, which follow all that they may name. */
  const lines = (write: (state: DerivationState) => Codes) =>
    codesOf(store, ["t", "back", "x0", "xt", "z", "miss", "apart"], write);

  function begin(): void {
    keepQuery(store, queryOf);
    if (asked.t === undefined) sweep.show();
    void invalidation.then(sweep.pause);
  }

  return {
    begin,
    store,
    levelBar: levelBar(store, sweep, 1),
    bayes: bayesFigure(store),
    code: lines(code.bayesCode),
    mean: withCodes(meanFigure(store), lines(code.meanCode)),
    draw: withCodes(drawFigure(store), lines(code.drawCode)),
    humps: withCodes(humpsFigure(store), lines(code.humpsCode)),
    kl: withCodes(klFigure(store), lines(code.klCode)),
    weights: withCodes(weightFigure(store), lines(code.weightsCode)),
    belief: beliefQuestion(store),
    question: humpsQuestion(store)
  };
}
