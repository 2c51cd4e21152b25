import {html} from "../components/dom.js";
import {longer} from "../page/inStep.js";
import {inTenths, playerBar as filmBar} from "../page/playerBar.js";
import type {Store} from "../page/store.js";
import type {PlayState, Run} from "./state.js";

/** Milliseconds a step. */
const PACE = 90;

/** The run whose steps the scrubber counts. */
export const master = ({runs: [a, b]}: Pick<PlayState, "runs">): Run => longer([a, b ?? a]);

/** One scrubber for both arms, which counts the steps of the longer one. */
export function createPlayer({state, set}: Store<PlayState>) {
  let timer: ReturnType<typeof setInterval> | undefined;

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    if (state.playing) set({playing: false});
  }

  function advance(): void {
    const {steps} = master(state);
    if (!state.playing || state.step >= steps.length - 1) return pause();
    set({step: state.step + 1});
  }

  return {
    pause,
    play(): void {
      clearInterval(timer);
      const atEnd = state.step >= master(state).steps.length - 1;
      set({playing: true, ...(atEnd ? {step: 0} : {})});
      timer = setInterval(advance, PACE);
    },
    select(step: number): void {
      pause();
      set({step: Math.max(0, Math.min(step, master(state).steps.length - 1))});
    }
  };
}

export type Player = ReturnType<typeof createPlayer>;

/** Play, the slider "Step" and the ruler. */
export function playerBar(store: Store<PlayState>, player: Player): HTMLElement {
  const bar = filmBar(store, player, (state) => {
    const {steps, numSteps} = master(state);
    const step = Math.min(state.step, Math.max(0, steps.length - 1));
    return {count: steps.length, numSteps, step, rulerOf: (index) => inTenths(steps[index])};
  });
  return html("div", {class: "play-player"}, bar);
}
