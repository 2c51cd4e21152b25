import {armSettings} from "../components/armSettings.js";
import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {filmStrip, type StripFrame} from "../components/filmStrip.js";
import {keyFrames} from "../components/keyFrames.js";
import {picture} from "../components/picture.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";
import {progressBar} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {seedFields} from "../components/seedFields.js";
import {samplerNamed} from "../src/samplers/registry.js";
import type {Tensor} from "../src/tensor.js";
import type {Decoding} from "../page/decoding.js";
import {previewOf} from "../page/look.js";
import type {Store} from "../page/store.js";
import type {Drawing} from "./drawing.js";
import {callsAt, isEnd, stepFor, whereText, x0At} from "../page/inStep.js";
import type {Player} from "./playing.js";
import {ARM_NAMES, type ArmRun, type SamplersState} from "./state.js";

/** Everything that the page's views draw on. */
export interface Parts {
  store: Store<SamplersState>;
  decoding: Decoding;
  drawing: Drawing;
  player: Player;
}

const EXAMPLES = ["a horse on the grass", "a red apple in the snow", "a rocket in space at night"];

/** What to draw, and from which noise. */
export function controls({store, drawing}: Parts): HTMLElement {
  const {state} = store;
  const form = promptForm({value: state.prompt, examples: EXAMPLES});
  const seeds = seedFields(state);
  const progress = progressBar();
  const error = errorNote();
  const draw = () => void drawing.draw();
  form.addEventListener("input", () => store.set({prompt: form.value}));
  form.addEventListener("submit", draw);
  form.addEventListener("cancel", drawing.cancel);
  error.addEventListener("retry", draw);
  seeds.addEventListener("input", () => store.set(seeds.value));
  store.onChange(({prompt, seed, noiseSeed, arms, runs, work, error: message}) => {
    form.busy = work !== null;
    form.stale = runs.some(
      (run, i) =>
        run.prompt !== prompt ||
        run.seed !== seed ||
        run.noiseSeed !== noiseSeed ||
        JSON.stringify(run.settings) !== JSON.stringify(arms[i])
    );
    if (seeds.value.seed !== seed || seeds.value.noiseSeed !== noiseSeed) seeds.value = {seed, noiseSeed};
    progress.update(work);
    error.update(message);
  });
  return html("div", {class: "samplers-controls"}, form, seeds, progress, error);
}

/** Both arms side by side: settings, what the loop carries, what it expects, and the strip. */
export function stage(parts: Parts): HTMLElement {
  return html(
    "section",
    {class: "figure wide", "aria-label": "Two samplers from one noise"},
    controls(parts),
    html("div", {class: "arms"}, arm(parts, 0), arm(parts, 1))
  );
}

function arm({store, decoding, player}: Parts, index: 0 | 1): HTMLElement {
  const {state} = store;
  const name = ARM_NAMES[index];
  const settings = armSettings({value: state.arms[index], title: `Arm ${name}`, suffix: index ? name : ""});
  const carried = pixelCanvas(null, {label: ""});
  const expected = picture({pixels: null, name: "No picture yet", badges: [], finished: false});
  const strip = filmStrip([]);
  const where = html("p", {class: "ruler"});
  const caption = html("p", {class: "caption"});
  settings.addEventListener("input", () => {
    const arms = [...state.arms] as [SamplersState["arms"][0], SamplersState["arms"][1]];
    arms[index] = settings.value;
    store.set({arms});
  });
  strip.addEventListener("input", () => player.select(stepFor(state.runs, index, strip.value)));

  store.onChange(({runs, step, arms, preview}) => {
    const run = runs[index];
    const call = callsAt(runs, step)[index];
    const record = run.steps[call];
    const shown = x0At(run, call);
    const decoded = shown && decoding.get(shown);
    const end = isEnd(run, call);
    const look = (latents: Tensor): Pixels => decoding.get(latents) ?? previewOf(latents, preview);
    if (JSON.stringify(settings.value) !== JSON.stringify(arms[index])) settings.value = arms[index];
    carried.paint(record ? previewOf(end ? record.prevXt : record.xt, preview) : null);
    carried.label(`What arm ${name} carries, ${whereText(run, call)}: a linear preview of its latents`);
    expected.update({
      pixels: decoded ?? (shown && previewOf(shown, preview)),
      name: `${run.prompt}: ${end ? "drawn by" : "expected by"} arm ${name}${run.source === "recorded" ? ", recorded" : ""}`,
      badges: [run.source, ...(shown ? [decoded ? "decoded" : "preview"] : [])],
      finished: end && Boolean(decoded)
    });
    strip.update(framesOf(run, look), call);
    where.textContent = whereText(run, call);
    caption.textContent = captionOf(run, state.modelName);
    if (shown && run.finished) decoding.want(shown);
  });

  return html(
    "article",
    {class: `arm arm-${name.toLowerCase()}`},
    settings,
    html(
      "div",
      {class: "arm-pictures"},
      html("figure", {}, carried, html("figcaption", {}, "carried: xt")),
      html("figure", {}, expected, html("figcaption", {}, "expected: x̂0"))
    ),
    ...[where, strip, caption]
  );
}

function framesOf(run: ArmRun, look: (latents: Tensor) => Pixels): StripFrame[] {
  return keyFrames(run.numSteps, 8).map((index) => {
    const step = run.steps[index];
    if (!step) return {index, timestep: null, xt: null, x0: null};
    return {
      index,
      timestep: Number(step.timestep.toFixed(1)),
      xt: look(step.xt),
      x0: look(x0At(run, index) ?? step.x0)
    };
  });
}

function captionOf(run: ArmRun, model: string): string {
  const {sampler, steps, guidance, eta} = run.settings;
  const where = run.source === "live" ? "live, in this browser" : `recorded · “${run.prompt}”`;
  const facts = [where, model, `seed ${run.seed}`, samplerNamed(sampler).title, `${steps} steps`];
  if (run.noiseSeed !== null) facts.splice(3, 0, `step-noise seed ${run.noiseSeed}`);
  if (eta > 0) facts.push(`eta ${eta}`);
  return [...facts, `guidance ${guidance}`, `${run.steps.length} of ${run.numSteps} UNet calls`].join(" · ");
}
