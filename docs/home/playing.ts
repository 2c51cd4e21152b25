import {html} from "../components/dom.js";
import type {HomeState} from "./state.js";
import {playerBar as filmBar} from "../page/playerBar.js";
import type {Store} from "../page/store.js";

/** Plays the film: moves the step on at a steady pace, from the start when it stands at the end, and stops there. */
export interface Player {
  play(): void;
  pause(): void;
  /** Stops and goes to a step, or to the last one there is. */
  select(step: number): void;
}

/** Options: milliseconds a step, and the clock. */
export interface PlayerOptions {
  pace?: number;
}

/** A player over the store's film. */
export function createPlayer({state, set}: Store<HomeState>, {pace = 90}: PlayerOptions = {}): Player {
  let timer: ReturnType<typeof setInterval> | undefined;

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    if (state.playing) set({playing: false});
  }

  function advance(): void {
    if (!state.playing) return pause();
    const last = state.film.steps.length - 1;
    if (state.step < last) set({step: state.step + 1, triedScale: null});
    else if (state.film.finished) pause();
  }

  return {
    play() {
      clearInterval(timer);
      const atEnd = state.step >= state.film.steps.length - 1;
      set({playing: true, ...(atEnd ? {step: 0} : {})});
      timer = setInterval(advance, pace);
    },
    pause,
    select(step) {
      pause();
      set({step: Math.max(0, Math.min(step, state.film.steps.length - 1)), triedScale: null});
    }
  };
}

/** The bar that follows the reader down the page: play, the slider "Step", the ruler. */
export function playerBar(store: Store<HomeState>, player: Player): HTMLElement {
  const bar = filmBar(store, player, ({film: {steps, numSteps}, step}) => ({
    ...{count: steps.length, numSteps, step},
    rulerOf: (index) => steps[index]
  }));
  return html("div", {class: "player-bar step-bar wide"}, bar);
}
