import {prefersReducedMotion} from "../components/dom.js";
import type {Store} from "../page/store.js";
import type {LearningState} from "./state.js";

const MOST = 999;
const DURATION = 1800;

/** How the page opens: the noise over the hidden scene thins, from the most there is to where the game begins. Any touch ends it. */
export function opening(
  {state, set}: Store<LearningState>,
  frame: (callback: (now: number) => void) => unknown = requestAnimationFrame
): void {
  if (prefersReducedMotion()) return;
  const home = state.t;
  let shown = MOST;
  let began: number | null = null;
  const next = (now: number): void => {
    if (state.t !== shown || state.chosen !== null) return;
    began ??= now;
    const share = Math.min(1, (now - began) / DURATION);
    shown = Math.round(MOST + share * (home - MOST));
    set({t: shown});
    if (share < 1) frame(next);
  };
  set({t: shown});
  frame(next);
}
