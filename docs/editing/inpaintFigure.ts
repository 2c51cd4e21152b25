import {html} from "../components/dom.js";
import {maskPad} from "../components/maskPad.js";
import {textField} from "../components/textField.js";
import {codesOf} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {tile} from "../page/tile.js";
import type {Tensor} from "../src/tensor.js";
import {inpaintCode} from "./code.js";
import {drawRun, noisedTo} from "./drawing.js";
import {stopsOf} from "./entry.js";
import {formulaLines, heldText} from "./formulas.js";
import {fittedTo, readMask, maskTensor, writeMask, type Mask} from "./mask.js";
import {rmsOf} from "./measure.js";
import type {PageParts} from "./parts.js";
import {press} from "./press.js";
import {frameAt, isEnd, keptStep, standing, type PictureRun} from "./run.js";
import {runView} from "./runView.js";

const EXAMPLES = ["a cat on the beach", "a castle on the beach", "a sailboat on the beach"];

/** What a figure's run was asked for, so that it can be said when it no longer fits. */
interface Made {
  readonly run: PictureRun;
  readonly mask: Mask;
  readonly prompt: string;
  readonly latents: Tensor;
  readonly seed: number;
}

/** Inpainting: the mask, the strip, and the three parts of the selected step. */
export function inpaintFigure(parts: PageParts) {
  const {store, engine, turns, decoding, look, recorded, recording} = parts;
  const {state, set} = store;
  const maskOf = () => readMask(state.mask)!;
  let made: Made = {
    ...{run: recorded.runs.get("inpaint")!, mask: readMask(recording.inpainting.mask)!},
    ...{prompt: recording.inpainting.prompt, latents: recorded.latents.get("picture")!, seed: recording.seed}
  };
  const pad = maskPad({value: maskOf(), label: "Where to draw", painted: "drawn anew"});
  const prompt = textField("Prompt for the whole picture", {value: state.inpaint, examples: EXAMPLES});
  const view = runView(look, {name: "Key frames of the inpainting"});
  const tiles = {
    guess: tile("The guess x̂0 of this step", "What the network expects at this step"),
    known: tile("The picture, as noisy", "The given picture, noised as far as this step"),
    both: tile("What enters the step", "Drawn inside the mask, given outside"),
    result: tile("The result", "The inpainted picture")
  };
  const verdict = html("p", {class: "verdict"});
  const formula = formulaLines();
  const words = caption();
  const button = press(turns, "Inpaint it here", async (signal, report) => {
    const {latents, seed, steps, guidance} = state;
    const asked = {mask: maskOf(), prompt: state.inpaint, latents, seed};
    if (!asked.mask.some(Boolean)) throw new Error("the mask is empty: paint where to draw");
    const options = {
      seed,
      steps,
      guidance,
      sampler: "ddim",
      prompt: asked.prompt,
      image: latents,
      mask: maskTensor(asked.mask),
      signal
    };
    const onRun = (run: PictureRun): void => {
      made = {...asked, run};
      show();
    };
    set({inpaintStep: null});
    await drawRun(engine, "inpainting", options, {numSteps: steps, onRun, report});
  });

  pad.addEventListener("input", () => set({mask: writeMask(pad.value)}));
  prompt.addEventListener("input", () => set({inpaint: prompt.value}));
  view.addEventListener("input", () => {
    set({inpaintStep: keptStep(made.run, view.value)});
  });

  function show(): void {
    const {run} = made;
    const step = standing(run, state.inpaintStep);
    const frame = frameAt(run, step);
    const stops = stopsOf(state.scheduler, run.numSteps);
    view.update({run, step, stops});
    const result = run.result;
    const known = frame && noisedTo(made.latents, made.seed, frame);
    const where = frame ? `step ${frame.index + 1} of ${run.numSteps}, t = ${frame.timestep}` : "";
    const badge = frame ? "preview" : null;
    tiles.guess.update({pixels: frame && look(frame.x0), badge, note: where});
    tiles.known.update({
      pixels: known && look(known),
      badge,
      note: frame && frame.index === 0 ? "not put in yet: the run begins in noise" : "this is put in outside the mask"
    });
    tiles.both.update({
      pixels: frame && look(frame.xt),
      badge,
      note: frame && frame.index === 0 ? "noise alone" : "both put together"
    });
    tiles.result.update({
      pixels: result && look(result),
      badge: result ? (decoding.get(result) ? run.source : run.source === "live" ? "preview" : "recorded") : null,
      note: result ? `“${made.prompt}”` : "being drawn"
    });
    formula.update(...heldText(isEnd(run, step) ? null : frame, made.mask, made.latents, made.seed));
    verdict.textContent = run.result ? verdictOf(made, run.result) : "";
    words.textContent = `${run.source === "live" ? "live, in this browser" : "recorded"} · “${made.prompt}” · ${made.mask.filter(Boolean).length} of 256 cells drawn · seed ${made.seed} · DDIM · ${run.numSteps} steps${stale() ? " · you have changed the mask, the words or the picture since" : ""}`;
    if (run.source === "live" && state.ready && result && run.result) decoding.want(result);
  }

  const stale = (): boolean =>
    made.latents !== state.latents || made.prompt !== state.inpaint || writeMask(made.mask) !== state.mask;
  onSelected(store, ["picture", "mask", "inpaint", "latents", "decoded", "ready", "inpaintStep"], (now) => {
    pad.show(now.picture?.pixels ?? null);
    if (writeMask(pad.value) !== now.mask) pad.value = readMask(now.mask)!;
    if (prompt.value !== now.inpaint) prompt.value = now.inpaint;
    button.enabled = now.ready;
    show();
  });

  const node = figure(
    "Inpainting",
    html("div", {class: "mask-row"}, pad, html("div", {class: "mask-ask"}, prompt, button, view)),
    html("div", {class: "edit-tiles"}, tiles.guess, tiles.known, tiles.both, tiles.result),
    verdict,
    words,
    codesOf(store, ["mask", "inpaint", "seed", "steps", "guidance"], inpaintCode)
  );
  return Object.assign(node, {formula});
}

/** How well the rest was kept, in latents: outside the mask and inside of it. */
export function verdictOf({mask, latents}: Pick<Made, "mask" | "latents">, result: Tensor): string {
  const cells = fittedTo(latents.dims, mask);
  const side = (painted: number) => (_: number, i: number) => cells[i % cells.length] === painted;
  const [kept, given] = [result, latents].map(({data}) => data.filter(side(0)));
  const [drawn, before] = [result, latents].map(({data}) => data.filter(side(1)));
  const inside = drawn.length ? ` Inside it the distance is ${rmsOf(drawn, before).toFixed(2)}.` : "";
  return `Outside the mask the result’s latents differ from the picture’s by ${rmsOf(kept, given).toFixed(3)} (root mean square).${inside}`;
}
