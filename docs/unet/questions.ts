import {tryThis} from "../components/tryThis.js";
import {percent} from "./numbers.js";
import type {Chapter} from "./unet.js";

const line = (text: string): string => text.replace(/\s+/g, " ");

/** Learned numbers and work do not lie in the same place. */
export function workQuestion({store, recorded}: Chapter): HTMLElement {
  const {facts, plan, times} = recorded;
  const sides = [...new Set(plan.layers.map(({role}) => facts.layers.get(role)!.output[1]))].sort((a, b) => b - a);
  const shares = sides.map((side) => {
    const own = [...facts.layers.values()].filter(({output}) => output[1] === side);
    const sum = (key: "parameters" | "operations"): number => own.reduce((all, one) => all + one[key], 0);
    const time = plan.layers
      .filter(({role}) => facts.layers.get(role)!.output[1] === side)
      .reduce((all, {role}) => all + times.shares.get(role)!, 0);
    return {
      side,
      time,
      parameters: sum("parameters") / facts.parameters,
      operations: sum("operations") / facts.operations
    };
  });
  const [top, bottom] = [shares[0], shares[shares.length - 1]];
  return tryThis({
    title: "Where the work is",
    text: line(`The layers at the top of the U work on ${top.side} × ${top.side} places, those at the bottom on ${bottom.side} × ${bottom.side}.
      Which of them take most of the time?`),
    guesses: ["the top", "the bottom", "both alike"],
    answer:
      line(`In this model the layers that give ${top.side} × ${top.side} places take ${percent(top.time)} of the measured time (recorded) and
      ${percent(top.operations)} of all multiply-adds, with ${percent(top.parameters)} of the learned numbers; those at ${bottom.side} × ${bottom.side}
      take ${percent(bottom.time)} of the time and ${percent(bottom.operations)} of the multiply-adds, with ${percent(bottom.parameters)} of the learned
      numbers. A learned number is used once at every place, so a wide layer is cheap where there are few places.`),
    action: {label: "Look at the widest layer", run: () => store.set({chosen: widest(recorded), shapes: "here"})}
  });
}

function widest({facts}: Chapter["recorded"]): string {
  return [...facts.layers].reduce((a, b) => (b[1].parameters > a[1].parameters ? b : a))[0];
}

/** Told too small a time. */
export function timeQuestion({store, wrongTime}: Chapter): HTMLElement {
  return tryThis({
    title: "A lie about the time",
    text: line(`In the middle of the drawing the network is told that it is nearly done: t = 50. What noise will it report in latents that
      are still full of it?`),
    guesses: ["less than there is", "more than there is", "the same: it can see the noise"],
    answer:
      line(`More: in the recorded drawing at t = 562 it reports noise of size 2.08 where the right answer has 0.98. A network that is told
      “little noise” answers for latents that are nearly clean, in which any roughness must be that little noise, blown up to size 1. It reads
      the strength of the noise from the time, more than from the latents.`),
    action: {
      label: "Tell it t = 50",
      run() {
        store.set({told: 50});
        wrongTime.scrollIntoView({block: "center"});
      }
    }
  });
}

/** Which skip does the picture rely on? */
export function skipQuestion({recorded, off}: Chapter): HTMLElement {
  const {off: measured} = recorded.recording;
  const skips = recorded.plan.rungs.map(({skip}) => skip.role);
  const apart = skips.map((key) => measured.apart[measured.keys.indexOf(key)]);
  const shape = (i: number): string => recorded.facts.layers.get(recorded.plan.rungs[i].skip.from)!.output.join(" × ");
  const [most, least] = [Math.max, Math.min].map((pick) => apart.indexOf(pick(...apart)));
  return tryThis({
    title: "One skip less",
    text: line(
      `There are ${skips.length} skips, from the top of the U to its bottom. Which one will the picture miss most?`
    ),
    guesses: ["the one at the top", "one in the middle", "the one at the bottom", "all alike"],
    answer:
      line(`Measured over ${measured.prompts.length} recorded drawings, the colours change by ${apart[most].toFixed(0)} of 255 without skip
      ${most + 1} (${shape(most)}), and by ${apart[least].toFixed(1)} without skip ${least + 1} (${shape(least)}). Skip 1 hands over the latents as
      the first convolution read them, place by place. The answer has to name the noise at every single place, and all other ways are
      blurred by what was done on them.`),
    action: {
      label: "Show the pictures",
      run: () => off.scrollIntoView({block: "start"})
    }
  });
}
