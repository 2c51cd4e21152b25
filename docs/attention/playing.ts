import {playerBar as filmBar} from "../page/playerBar.js";
import type {Store} from "../page/store.js";
import type {AttentionState} from "./state.js";

/** Milliseconds a step. */
const PACE = 130;

/** Moves along the run's steps. */
export function createPlayer({state, set}: Store<AttentionState>) {
  let timer: ReturnType<typeof setInterval> | undefined;

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    if (state.playing) set({playing: false});
  }

  return {
    pause,
    play(): void {
      clearInterval(timer);
      set({playing: true, steps: "one", ...(state.step >= state.run.steps.length - 1 ? {step: 0} : {})});
      timer = setInterval(() => {
        if (!state.playing || state.step >= state.run.steps.length - 1) pause();
        else set({step: state.step + 1});
      }, PACE);
    },
    select(step: number): void {
      pause();
      set({step: Math.max(0, Math.min(step, state.run.steps.length - 1)), steps: "one"});
    }
  };
}

export type Player = ReturnType<typeof createPlayer>;

/** Play, the slider "Step" and the ruler. */
export const playerBar = (store: Store<AttentionState>, player: Player): HTMLElement =>
  filmBar(store, player, ({run: {steps, numSteps}, step}) => ({
    ...{count: steps.length, numSteps, step},
    rulerOf: (index) => steps[index]
  }));
