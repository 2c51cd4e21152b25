import type {Store} from "../page/store.js";
import type {EditingState} from "./state.js";

/** Milliseconds a step of the strip, and of the sweep with which the page opens. */
const PACE = 220;
const SWEEP = 150;

export type Player = ReturnType<typeof createPlayer>;

/** Plays the main figure's run step by step, and sweeps its strength. */
export function createPlayer({state, set}: Store<EditingState>) {
  let timer: ReturnType<typeof setInterval> | undefined;
  let sweeper: ReturnType<typeof setInterval> | undefined;

  function pause(): void {
    clearInterval(timer);
    if (state.playing) set({playing: false});
  }

  return {
    pause,
    play(): void {
      clearInterval(timer);
      const reached = () => (state.run.result ? state.run.numSteps - 1 : (state.run.frames.at(-1)?.index ?? 0));
      set({playing: true, ...(state.step >= reached() ? {step: state.run.first} : {})});
      timer = setInterval(() => {
        if (!state.playing || state.step >= reached()) return pause();
        set({step: state.step + 1});
      }, PACE);
    },
    stopSweep(): void {
      clearInterval(sweeper);
      if (state.sweeping) set({sweeping: false});
    },
    /** From the least strength to the whole, and back to where it was. */
    sweep(): void {
      clearInterval(sweeper);
      const home = state.strength;
      const way = Array.from({length: 20}, (_, i) => (i + 1) / 20);
      const path = [...way, ...way.slice(Math.round(home * 20) - 1).reverse()];
      let at = 0;
      set({sweeping: true});
      sweeper = setInterval(() => {
        if (!state.sweeping) return clearInterval(sweeper);
        set({strength: path[at], sweeping: (at += 1) < path.length});
      }, SWEEP);
    }
  };
}
