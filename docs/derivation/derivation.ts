import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import {createSweep, levelBar} from "../page/levelBar.js";
import {keepQuery, readQuery} from "../page/query.js";
import {createStore} from "../page/store.js";
import {bayesFigure} from "./bayesFigure.js";
import {engineCode, pythonCode} from "./code.js";
import {humpsFigure} from "./humpsFigure.js";
import {klFigure, weightFigure} from "./lossFigure.js";
import {drawFigure, meanFigure} from "./meanFigure.js";
import {beliefQuestion, humpsQuestion} from "./questions.js";
import {defaults, fields, queryOf, table, type DerivationState} from "./state.js";

/** The chapter on the formulas: its state, and the nodes that the page puts between its words. Nothing here needs the model. */
export function createDerivation({invalidation}: {invalidation: Promise<void>}) {
  const asked = {...defaults, ...readQuery(location.search, fields)};
  const store = createStore<DerivationState>({...asked, table, playing: false});
  const sweep = createSweep(store, {least: 1});

  function begin(): void {
    keepQuery(store, queryOf);
    if (!location.search.includes("t=")) sweep.show();
    void invalidation.then(sweep.pause);
  }

  return {
    begin,
    store,
    levelBar: levelBar(store, sweep, 1),
    bayes: bayesFigure(store),
    code: codes(),
    mean: meanFigure(store),
    draw: drawFigure(store),
    humps: humpsFigure(store),
    kl: klFigure(store),
    weights: weightFigure(store),
    belief: beliefQuestion(store),
    question: humpsQuestion(store)
  };

  /** Code that follows the state. */
  function codes(): HTMLElement {
    const {state} = store;
    const [engine, python] = [
      codeFold("Code", engineCode(state)),
      codeFold("The same with diffusers' table, in Python", pythonCode(state))
    ];
    store.onChange((next) => {
      engine.update(engineCode(next));
      python.update(pythonCode(next));
    });
    return html("div", {class: "codes wide"}, engine, python);
  }
}
