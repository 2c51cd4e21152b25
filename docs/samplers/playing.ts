import {html} from "../components/dom.js";
import {inTenths, playerBar as filmBar} from "../page/playerBar.js";
import type {Store} from "../page/store.js";
import {longer} from "../page/inStep.js";
import type {SamplersState} from "./state.js";

/** Milliseconds a step. */
const PACE = 110;

/** One scrubber for both arms, which counts the steps of the longer one. */
export function createPlayer({state, set}: Store<SamplersState>) {
  let timer: ReturnType<typeof setInterval> | undefined;

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    if (state.playing) set({playing: false});
  }

  function advance(): void {
    const {steps} = longer(state.runs);
    if (!state.playing || state.step >= steps.length - 1) return pause();
    set({step: state.step + 1});
  }

  return {
    pause,
    play(): void {
      clearInterval(timer);
      const atEnd = state.step >= longer(state.runs).steps.length - 1;
      set({playing: true, ...(atEnd ? {step: 0} : {})});
      timer = setInterval(advance, PACE);
    },
    select(step: number): void {
      pause();
      set({step: Math.max(0, Math.min(step, longer(state.runs).steps.length - 1))});
    }
  };
}

export type Player = ReturnType<typeof createPlayer>;

/** Play, the slider "Step" and the ruler. */
export function playerBar(store: Store<SamplersState>, player: Player): HTMLElement {
  const bar = filmBar(store, player, ({runs, step}) => {
    const {steps, numSteps} = longer(runs);
    return {count: steps.length, numSteps, step, rulerOf: (index) => inTenths(steps[index])};
  });
  return html("div", {class: "step-bar wide"}, bar);
}
