import {html} from "../components/dom.js";
import {maskPad} from "../components/maskPad.js";
import {levelText} from "../components/ruler.js";
import {segments} from "../components/segments.js";
import {textField} from "../components/textField.js";
import {codeRow} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {tile} from "../page/tile.js";
import type {Tensor} from "../src/tensor.js";
import {paintedGuess, paintedLatents, stepFrom} from "./brush.js";
import {brushCode} from "./code.js";
import {drawRun} from "./drawing.js";
import {stopsOf} from "./entry.js";
import {formulaLines, paintText} from "./formulas.js";
import {fittedTo, readMask, writeMask, type Mask} from "./mask.js";
import {rmsOf} from "./measure.js";
import type {PageParts} from "./parts.js";
import {press} from "./press.js";
import {frameAt, keptStep, shownAt, standing, type PictureRun} from "./run.js";
import {runView} from "./runView.js";

/** The run that is painted on. */
interface Trunk {
  readonly run: PictureRun;
  readonly prompt: string;
  readonly seed: number;
}

/** What was carried on, and from what; `without` is the result without the brush. */
interface Carried extends Trunk {
  readonly at: number;
  readonly mask: Mask;
  readonly color: string;
  readonly without: Tensor | null;
}

/** A brush on the guess of one step, and what the rest of the run makes of it. */
export function brushFigure({store, engine, turns, decoding, look, recorded, recording}: PageParts) {
  const {state, set} = store;
  const {brush, colors, steps, guidance} = recording;
  let trunk: Trunk = {run: recorded.runs.get("trunk")!, prompt: brush.prompt, seed: recording.seed};
  const asked = () => {
    const {brushPrompt, brushStep, brushColor, paint, seed} = state;
    const color = colors[brushColor] ? brushColor : brush.color;
    return {prompt: brushPrompt.trim(), seed, at: brushStep - 1, color, mask: readMask(paint)!};
  };
  const carried = new Map<number, Carried>();
  for (const index of brush.steps) {
    const run = recorded.runs.get(`brush ${index}`)!;
    const painted = {mask: readMask(brush.mask)!, color: brush.color};
    carried.set(index, {...trunk, run, at: index, ...painted, without: trunk.run.result});
  }
  const said = textField("Prompt of the run", {value: state.brushPrompt});
  const choice = segments(
    "The step to paint on",
    brush.steps.map((index) => ({value: String(index), text: `step ${index + 1}`})),
    {value: String(asked().at)}
  );
  const palette = segments(
    "The colour of the brush",
    Object.keys(colors).map((name) => ({value: name, text: name})),
    {value: asked().color}
  );
  const pad = maskPad({value: asked().mask, label: "Paint on the guess", painted: "painted"});
  const tiles = {
    before: tile("Without the brush", "The picture drawn without the brush"),
    guess: tile("The guess, painted", "The guess of the step with the paint in it"),
    after: tile("Carried on", "The picture drawn on from the painted step")
  };
  const view = runView(look, {name: "Key frames after the brush"});
  const [verdict, where, words] = [html("p", {class: "verdict"}), html("p", {class: "ruler"}), caption()];
  const codes = codeRow();
  const formula = formulaLines();

  const button = press(turns, "Carry on from here", async (signal, report) => {
    const wanted = asked();
    if (!wanted.mask.some(Boolean)) throw new Error("nothing is painted: paint on the guess first");
    const {prompt, seed} = wanted;
    if (!prompt) throw new Error("the prompt is empty: write what to draw, for example a horse on the grass");
    const options = {prompt, seed, steps, guidance, sampler: "ddim", signal};
    if (trunk.run.source === "recorded" || trunk.prompt !== prompt || trunk.seed !== seed) {
      const drawn = await drawRun(engine, "textToImage", options, {
        numSteps: steps,
        report,
        label: "The run to paint on, step"
      });
      if (!drawn.result) return;
      trunk = {run: drawn, prompt, seed};
      show();
    }
    const frame = frameAt(trunk.run, wanted.at)!;
    await findColors(frame.x0.dims);
    const from = stepFrom(frame, paintedLatents(frame, wanted.mask, colorOf(trunk.run, wanted.color)));
    const onRun = (run: PictureRun): void => {
      carried.set(wanted.at, {...wanted, run, without: trunk.run.result});
      show();
    };
    set({carriedStep: null});
    await drawRun(
      engine,
      "textToImage",
      {...options, from},
      {first: wanted.at, numSteps: steps, onRun, report, label: "Carrying on, step"}
    );
    show();
  });

  /** The colours in the latents of another model than the recording's: its encoder is asked, once. */
  async function findColors([, , height, width]: readonly number[]): Promise<void> {
    if (state.model === recording.model || Object.keys(own).length || !state.picture) return;
    const {width: side} = state.picture.pixels;
    for (const name of Object.keys(colors)) {
      const {data} = await engine.encode(plain(toneOf(name), side));
      const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
      own[name] = Array.from({length: data.length / (height * width)}, (_, i) => data[i * height * width + middle]);
    }
  }
  const own: Record<string, readonly number[]> = {};
  const colorOf = ({source}: Pick<PictureRun, "source">, name: string): readonly number[] =>
    (source === "live" ? own[name] : null) ?? colors[name];

  said.addEventListener("input", () => set({brushPrompt: said.value}));
  choice.addEventListener("input", () => set({brushStep: Number(choice.value) + 1, carriedStep: null}));
  palette.addEventListener("input", () => set({brushColor: palette.value}));
  pad.addEventListener("input", () => set({paint: writeMask(pad.value)}));
  view.addEventListener("input", () =>
    set({carriedStep: keptStep(carried.get(asked().at)!.run, Math.max(view.value, asked().at))})
  );

  function show(): void {
    const {at, color, mask, prompt, seed} = asked();
    const frame = frameAt(trunk.run, at)!;
    const {run, ...of} = carried.get(at)!;
    const step = standing(run, state.carriedStep);
    const same = (one: Pick<Trunk, "prompt" | "seed">) => one.prompt === prompt && one.seed === seed;
    const fresh = same(of) && of.color === color && writeMask(of.mask) === writeMask(mask);
    const result = shownAt(run, step);
    pad.show(look(frame.x0), toneOf(color));
    codes.update(brushCode({prompt, at, mask: writeMask(mask), color: colors[color], seed, steps, guidance}));
    formula.update(...paintText(frame, mask, colorOf(trunk.run, color)));
    const other = same(trunk) ? "" : ` · of “${trunk.prompt}”, seed ${trunk.seed}: press the button for yours`;
    where.textContent = `step ${at + 1} of ${steps} · ${levelText(frame)}${other}`;
    tiles.before.update({
      pixels: trunk.run.result && look(trunk.run.result),
      badge: trunk.run.source,
      note: `“${trunk.prompt}”, seed ${trunk.seed}`
    });
    tiles.guess.update({
      pixels: look(paintedGuess(frame.x0, mask, colorOf(trunk.run, color))),
      badge: "preview",
      note: `${mask.filter(Boolean).length} of 256 cells`
    });
    tiles.after.update({
      pixels: result && look(result),
      badge: result ? run.source : null,
      note: fresh ? `${steps - at} steps later` : "of another run or brush: press the button"
    });
    view.update({run, step, stops: stopsOf(state.scheduler, steps)});
    verdict.textContent =
      run.result && of.without
        ? verdictOf(run.result.data, of.without.data, {
            ...{at: of.at, mask: fittedTo(run.result.dims, of.mask), color: colorOf(run, of.color)}
          })
        : "";
    words.textContent = `${run.source === "live" ? "live, in this browser" : "recorded"} · “${of.prompt}” · seed ${of.seed} · DDIM · ${steps} steps · guidance ${guidance}`;
    if (state.ready && run.source === "live" && run.result)
      decoding.later([run.result, ...(trunk.run.result ? [trunk.run.result] : [])]);
  }

  onSelected(
    store,
    ["decoded", "ready", "preview", "seed", "brushPrompt", "brushStep", "brushColor", "paint", "carriedStep"],
    (now) => {
      button.enabled = now.ready;
      show();
    }
  );
  const node = figure(
    "A brush on one step",
    said,
    html("div", {class: "figure-controls"}, labelled("Paint on", choice), labelled("Colour", palette)),
    where,
    html(
      "div",
      {class: "mask-row"},
      pad,
      html(
        "div",
        {class: "mask-ask"},
        html("div", {class: "edit-tiles three"}, tiles.before, tiles.guess, tiles.after),
        button
      )
    ),
    view,
    verdict,
    words,
    codes
  );
  return Object.assign(node, {formula});
}

/** A picture of one colour, [1, 3, side, side]. */
const plain = (tone: readonly number[], side: number): Tensor => ({
  data: Float32Array.from({length: 3 * side * side}, (_, i) => tone[Math.floor(i / (side * side))] / 127.5 - 1),
  dims: [1, 3, side, side]
});

const labelled = (text: string, control: HTMLElement): HTMLElement =>
  html("div", {class: "field"}, html("span", {class: "field-label", "aria-hidden": "true"}, text), control);

const TONES: Readonly<Record<string, readonly [number, number, number]>> = {
  ...{red: [217, 45, 32], orange: [245, 130, 32], yellow: [255, 211, 77], green: [90, 170, 70]},
  ...{blue: [64, 130, 230], purple: [150, 100, 200], white: [250, 250, 252], black: [24, 22, 34]}
};
const toneOf = (color: string): readonly [number, number, number] => TONES[color] ?? [219, 39, 119];

/** Whether the paint stayed: how far the painted cells are from the colour, and how much changed in them and elsewhere. */
export function verdictOf(
  result: ArrayLike<number>,
  without: ArrayLike<number>,
  {at, mask, color}: {at: number; mask: Mask; color: readonly number[]}
): string {
  const area = mask.length;
  const pick = (values: ArrayLike<number>, painted: number) =>
    Array.from(values).filter((_, i) => mask[i % area] === painted);
  const wanted = Array.from(result, (_, i) => color[Math.floor(i / area)]);
  const [inside, outside] = [1, 0].map((painted) => rmsOf(pick(result, painted), pick(without, painted)));
  const [left, before] = [result, without].map((values) => rmsOf(pick(values, 1), pick(wanted, 1)));
  const kept = Math.round(100 * Math.max(0, 1 - left / before));
  return `Painted at step ${at + 1}: the painted cells end ${kept} % of the way to the colour. They differ from the run without the brush by ${inside.toFixed(2)}, the other cells by ${outside.toFixed(2)} (root mean square of the latents).`;
}
