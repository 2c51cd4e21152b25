import {html, prefersReducedMotion} from "../components/dom.js";
import {playerBar as filmBar} from "../page/playerBar.js";
import type {Store} from "../page/store.js";
import {MOST, type GuidanceState} from "./state.js";

/** Milliseconds a step, and a whole sweep of the scale. */
const PACE = 220;
const SWEEP = 6500;

export type Player = ReturnType<typeof createPlayer>;

/** Plays the film at the slider's scale, and sweeps the scale over one step. */
export function createPlayer({state, set}: Store<GuidanceState>) {
  let timer: ReturnType<typeof setInterval> | undefined;
  let sweeping = 0;

  function pause(): void {
    clearInterval(timer);
    sweeping++;
    if (state.playing) set({playing: false});
  }

  return {
    pause,
    play(): void {
      pause();
      const atEnd = state.step >= state.film.steps.length - 1;
      set({playing: true, ...(atEnd ? {step: 0} : {})});
      timer = setInterval(() => {
        if (state.step >= state.film.steps.length - 1) return pause();
        set({step: state.step + 1});
      }, PACE);
    },
    select(step: number): void {
      pause();
      set({step: Math.max(0, Math.min(step, state.film.steps.length - 1))});
    },
    /** How the page opens: the scale of the shown step goes down to 0, up to the most, and back. */
    sweep(): void {
      if (prefersReducedMotion()) return;
      const mine = ++sweeping;
      const home = state.guidance;
      let began: number | null = null;
      set({playing: true});
      const frame = (now: number): void => {
        if (mine !== sweeping) return;
        began ??= now;
        const share = Math.min(1, (now - began) / SWEEP);
        set({guidance: Math.round(10 * sweptScale(share, home)) / 10, playing: share < 1});
        if (share < 1) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    }
  };
}

/** The scale after a share of the sweep. */
export function sweptScale(share: number, home: number): number {
  if (share < 0.2) return home * (1 - share / 0.2);
  if (share < 0.75) return (MOST * (share - 0.2)) / 0.55;
  return MOST + ((home - MOST) * (share - 0.75)) / 0.25;
}

/** Play, the slider "Step" and the ruler; it follows the reader down the page. */
export function playerBar(store: Store<GuidanceState>, player: Player): HTMLElement {
  const bar = filmBar(store, player, ({film: {steps, numSteps}, step}) => ({
    ...{count: steps.length, numSteps, step},
    rulerOf: (index) => steps[index]
  }));
  return html("div", {class: "player-bar"}, bar);
}
