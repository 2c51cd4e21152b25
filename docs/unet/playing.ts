import {html} from "../components/dom.js";
import {inTenths, playerBar as filmBar} from "../page/playerBar.js";
import type {Store} from "../page/store.js";
import type {UnetState} from "./state.js";

/** Milliseconds a layer, and how many of those a finished step stays. */
const PACE = 55;
const REST = 8;
/** Steps from one played step to the next. */
const STRIDE = 3;

/** Plays calls of the UNet: layer after layer lights up, then a later step. */
export function createPlayer({state, set}: Store<UnetState>, {inView}: {inView: () => boolean}) {
  let timer: ReturnType<typeof setInterval> | undefined;
  let last = 0;

  /** Where the play ends: no later than the film, which may have become another since it began. */
  const end = (): number => Math.min(last, state.film.frames.length - 1);

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    if (state.playing || state.ran !== null) set({playing: false, ran: null});
  }

  function advance(): void {
    if (!state.playing) return pause();
    if (!inView()) return;
    const ran = (state.ran ?? 0) + 1;
    if (ran < state.graph.plan.layers.length + REST) return set({ran});
    if (state.step >= end()) return pause();
    set({step: Math.min(end(), state.step + STRIDE), ran: 0});
  }

  return {
    pause,
    /** @param until the last step that is played */
    play(until = state.film.frames.length - 1): void {
      clearInterval(timer);
      last = until;
      set({playing: true, ran: 0, ...(state.step >= end() ? {step: 0} : {})});
      timer = setInterval(advance, PACE);
    },
    select(step: number): void {
      pause();
      set({step: Math.max(0, Math.min(step, state.film.frames.length - 1))});
    }
  };
}

export type Player = ReturnType<typeof createPlayer>;

/** Play, the slider "Step" and the ruler. */
export function playerBar(store: Store<UnetState>, player: Player): HTMLElement {
  const bar = filmBar(store, player, ({film: {frames, numSteps}, step}) => ({
    ...{count: frames.length, numSteps, step},
    rulerOf: (index) => inTenths({index, numSteps, ...frames[index]})
  }));
  return html("div", {class: "unet-player"}, bar);
}
