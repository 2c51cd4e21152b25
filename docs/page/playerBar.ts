import {stepPlayer, type PlayerData, type StepPlayer} from "../components/stepPlayer.js";
import type {Store} from "./store.js";

/** What the bar tells of the reader's wish. */
export interface BarPlayer {
  play(): void;
  pause(): void;
  select(step: number): void;
}

/** What the bar shows: how many steps of how many there are, the one on show, and what its ruler says of each. */
export interface Played extends PlayerData {
  readonly step: number;
}

/** Play, the slider "Step" and the ruler, over what a page's state plays. */
export function playerBar<S extends {playing: boolean}>(
  store: Store<S>,
  player: BarPlayer,
  playedOf: (state: Readonly<S>) => Played
): StepPlayer {
  const bar = stepPlayer({count: 0, numSteps: 1, rulerOf: (index) => playedOf(store.state).rulerOf(index)});
  bar.addEventListener("input", () => player.select(bar.value));
  bar.addEventListener("toggle", () => (bar.playing ? player.play() : player.pause()));
  store.onChange((state) => {
    const {step, ...data} = playedOf(state);
    bar.update(data, step);
    bar.playing = state.playing;
  });
  return bar;
}

/** A step as its ruler tells it where timesteps are no whole numbers: to a tenth. */
export const inTenths = <T extends {timestep: number}>(step: T): T => ({
  ...step,
  timestep: Number(step.timestep.toFixed(1))
});
