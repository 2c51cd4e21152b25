import {html, prefersReducedMotion} from "../components/dom.js";
import type {Store} from "../page/store.js";
import {stagesOf} from "./reading.js";
import type {TextState} from "./state.js";

/** Milliseconds that a stage stands while they play. */
const PACE = 1100;

/** "Play the stages": walks through them once, from the first where it stands at the last. */
export function playButton(store: Store<TextState>): {node: HTMLElement; update(playing: boolean): void} {
  const {state, set} = store;
  const node = html("button", {type: "button", class: "chip play-stages"}, "");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shownAt = "";
  node.addEventListener("click", () => (state.playing ? set({playing: false}) : start()));

  function start(): void {
    const keys = stagesOf(state.reading).map(({key}) => key);
    set({playing: true, stage: state.stage === keys.at(-1) ? keys[0] : state.stage});
  }

  function advance(): void {
    const keys = stagesOf(state.reading).map(({key}) => key);
    const next = keys[keys.indexOf(state.stage) + 1];
    if (node.isConnected && state.playing) set(next ? {stage: next} : {playing: false});
  }

  return {
    node,
    update(playing) {
      node.textContent = playing ? "Pause" : "Play the stages";
      if (!playing) {
        clearTimeout(timer);
        timer = undefined;
      } else if (shownAt !== state.stage || timer === undefined) {
        clearTimeout(timer);
        timer = setTimeout(advance, PACE);
      }
      shownAt = state.stage;
    }
  };
}

/** Whether the stages play when the page opens: not where the address names one, nor where the reader wants no motion. */
export const playsAtFirst = (named: boolean): boolean => !named && !prefersReducedMotion();
