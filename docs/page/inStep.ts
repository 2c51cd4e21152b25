import type {Tensor} from "../src/tensor.js";
import {amplitudes} from "../components/ruler.js";
import type {Step} from "./film.js";

/** A run as a scrubber sees it: a record for each UNet call so far, of how many. */
export interface Calls {
  readonly steps: readonly Step[];
  readonly numSteps: number;
  readonly finished: boolean;
}

type Pair<T> = readonly [T, T];

/** The run with more UNet calls, whose steps the one scrubber counts; the first where they have as many. */
export const longer = <R extends Calls>([a, b]: Pair<R>): R => (b.numSteps > a.numSteps ? b : a);

/** A noise level as an angle: amplitudes of signal and noise are its cosine and sine. */
const angle = (alphaCumprod: number): number => Math.acos(Math.sqrt(alphaCumprod));

/** The call of a run whose noise level is nearest to the given one; the latest of several. -1 where there is none yet. */
export function nearestCall({steps}: {steps: readonly Pick<Step, "alphaCumprod">[]}, alphaCumprod: number): number {
  let best = -1;
  let least = Infinity;
  steps.forEach((step, i) => {
    const distance = Math.abs(angle(step.alphaCumprod) - angle(alphaCumprod));
    if (distance <= least + 1e-9) [best, least] = [i, distance];
  });
  return best;
}

/** Which call of each arm is shown when the scrubber stands at `step`: of the shorter run the one nearest in noise, at the end both ends. */
export function callsAt<R extends Calls>(runs: Pair<R>, step: number): Pair<number> {
  const master = longer(runs);
  const at = master.steps[step];
  const callOf = (run: R): number => {
    if (run === master) return at ? step : run.steps.length - 1;
    if (master.finished && run.finished && step === master.numSteps - 1) return run.steps.length - 1;
    return at ? nearestCall(run, at.alphaCumprod) : run.steps.length - 1;
  };
  return [callOf(runs[0]), callOf(runs[1])];
}

/** Where the scrubber has to stand for an arm to show one of its own calls. */
export function stepFor<R extends Calls>(runs: Pair<R>, index: 0 | 1, call: number): number {
  const master = longer(runs);
  const run = runs[index];
  if (run === master) return call;
  if (isEnd(run, call)) return master.steps.length - 1;
  return nearestCall(master, run.steps[call].alphaCumprod);
}

/** Whether a call is the end of a finished run. */
export const isEnd = (run: Calls, call: number): boolean => run.finished && call === run.steps.length - 1;

/** What both arms expect or carry after a call: at the end of a run its result. */
export const x0At = (run: Calls, call: number): Tensor | null =>
  isEnd(run, call) ? run.steps[call].prevXt : (run.steps[call]?.x0 ?? null);

/** "call 7 of 30 · t = 767 · signal 22 %, noise 98 %" */
export function whereText(run: Calls, call: number): string {
  const step: Step | undefined = run.steps[call];
  if (!step) return "not begun";
  const {signal, noise} = amplitudes(step.alphaCumprod);
  const t = Number(step.timestep.toFixed(1));
  return `call ${call + 1} of ${run.numSteps} · t = ${t} · signal ${signal} %, noise ${noise} %`;
}
