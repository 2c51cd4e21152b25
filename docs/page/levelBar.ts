import {html, prefersReducedMotion} from "../components/dom.js";
import {levelText} from "../components/ruler.js";
import {slider} from "../components/slider.js";
import type {Schedule} from "../src/schedule.js";
import type {Store} from "./store.js";

/** The part of a page's state that the bar reads and sets. */
export interface Level {
  readonly t: number;
  readonly playing: boolean;
  readonly table: Pick<Schedule, "alphasCumprod">;
}

/** Moves t by itself: a sweep from here to pure noise. */
export interface Sweep {
  play(): void;
  pause(): void;
  /** The sweep with which the page opens: up and back to where it began. */
  show(): void;
}

/** Options: the time of a whole sweep, in ms, and the clock. */
export interface SweepOptions {
  readonly duration?: number;
  /** The first t of a sweep. */
  readonly least?: number;
  readonly frame?: (callback: (now: number) => void) => unknown;
}

const LAST = 999;

export function createSweep<S extends Level>(
  {state, set: change}: Store<S>,
  {duration = 7000, least = 0, frame = requestAnimationFrame}: SweepOptions = {}
): Sweep {
  const set = (level: Partial<Level>) => change(level as Partial<S>);
  let run = 0;

  /** One frame of the sweep along `path`, which says where t is after a share of the time. */
  function start(path: (share: number) => number, time: number): void {
    const mine = ++run;
    let began: number | null = null;
    set({playing: true});
    const next = (now: number): void => {
      if (mine !== run || !state.playing) return;
      began ??= now;
      const share = Math.min(1, (now - began) / time);
      set({t: Math.round(path(share)), playing: share < 1});
      if (share < 1) frame(next);
    };
    frame(next);
  }

  return {
    play() {
      const from = state.t >= LAST ? least : state.t;
      start((share) => from + share * (LAST - from), Math.max(1, duration * (1 - from / LAST)));
    },
    pause() {
      run++;
      if (state.playing) set({playing: false});
    },
    show() {
      if (prefersReducedMotion()) return;
      const home = state.t;
      start(
        (share) =>
          share < 0.7 ? least + (share / 0.7) * (LAST - least) : LAST + ((share - 0.7) / 0.3) * (home - LAST),
        duration
      );
    }
  };
}

/** The bar that follows the reader down the page: play, the slider "Timestep", the ruler. */
export function levelBar<S extends Level>({state, set, onChange}: Store<S>, sweep: Sweep, least = 0): HTMLElement {
  const button = html("button", {
    type: "button",
    class: "round",
    onclick: () => (state.playing ? sweep.pause() : sweep.play())
  });
  const format = (t: number) => levelText({timestep: t, alphaCumprod: state.table.alphasCumprod[t]});
  const range = slider("Timestep", {min: least, max: LAST, value: state.t, format});
  range.addEventListener("input", () => {
    sweep.pause();
    set({t: range.value} as Partial<S>);
  });
  onChange(({t, playing}) => {
    range.value = t;
    button.setAttribute("aria-label", playing ? "Pause" : "Play: add more and more noise");
    button.classList.toggle("playing", playing);
  });
  return html("div", {class: "player-bar level-bar wide"}, html("div", {class: "player"}, button, range));
}
