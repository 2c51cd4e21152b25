import {html} from "../components/dom.js";
import {filmStrip, type StripFrame} from "../components/filmStrip.js";
import {keyFrames} from "../components/keyFrames.js";
import {picture} from "../components/picture.js";
import type {Pixels} from "../components/pixels.js";
import {FIELDS, runFields, type FieldName} from "../components/runFields.js";
import {toggles} from "../components/toggles.js";
import {samplerNamed} from "../src/samplers/registry.js";
import type {Tensor} from "../src/tensor.js";
import {callsAt, isEnd, stepFor, whereText, x0At} from "../page/inStep.js";
import {previewOf} from "../page/look.js";
import {controls} from "./controls.js";
import {differing} from "./differences.js";
import {exportBar} from "./exporting.js";
import type {Parts} from "./parts.js";
import {playerBar} from "./playing.js";
import {endWish, otherWish, promptOf, type PlayState, type Run} from "./state.js";

/** The controls, one arm or two side by side, and one scrubber for both. */
export function stage(parts: Parts): HTMLElement {
  const arms = html("div", {class: "play-arms"}, arm(parts, 0), arm(parts, 1));
  parts.store.onChange((state) => arms.classList.toggle("two", otherWish(state) !== null));
  return html(
    "section",
    {class: "figure wide playground", "aria-label": "Draw"},
    controls(parts),
    ...[arms, playerBar(parts.store, parts.player), comparison(parts)]
  );
}

/** What arm B has of its own: chosen by toggles, set by fields. */
function comparison({store}: Parts): HTMLElement {
  const {state} = store;
  const chosen = (other: PlayState["other"]) => Object.keys(other) as FieldName[];
  const choice = toggles("Arm B differs in", FIELDS, {value: chosen(state.other)});
  const start = otherWish(state) ?? state.wish;
  const fields = runFields(start, {fields: chosen(state.other), suffix: "B"});
  choice.addEventListener("input", () => store.set({other: differing(choice.value, state.other, state.wish)}));
  fields.addEventListener("input", () => {
    const names = chosen(state.other);
    store.set({other: Object.fromEntries(names.map((name) => [name, fields.value[name]]))});
  });
  store.onChange((next) => {
    const names = chosen(next.other);
    if (names.join() !== choice.value.join()) choice.value = names;
    fields.update(otherWish(next) ?? next.wish, names);
    fields.hidden = !names.length;
  });
  return html(
    "fieldset",
    {class: "comparison"},
    html("legend", {}, "Compare with an arm B that differs in"),
    ...[choice, fields]
  );
}

function arm({store, decoding, drawing, player, engine, link}: Parts, index: 0 | 1): HTMLElement {
  const name = "AB"[index];
  const title = html("p", {class: "arm-title"});
  const shown = picture({pixels: null, name: "No picture yet", badges: [], finished: false});
  const strip = filmStrip([]);
  const where = html("p", {class: "ruler"});
  const caption = html("p", {class: "caption"});
  const saving = exportBar({store, decoding, drawing, engine, link}, index);
  strip.addEventListener("input", () => {
    const [a, b] = store.state.runs;
    player.select(stepFor([a, b ?? a], index, strip.value));
  });
  const node = html(
    "article",
    {class: `play-arm arm-${name.toLowerCase()}`},
    ...[title, shown],
    html("div", {class: "play-side"}, where, strip, caption, saving)
  );

  store.onChange((state) => {
    const [a, b] = state.runs;
    const compares = otherWish(state) !== null;
    node.hidden = index === 1 && !compares;
    if (node.hidden) return;
    title.textContent = compares ? `Arm ${name}` : "";
    title.hidden = !compares;
    const run = state.runs[index];
    if (!run) {
      shown.update({pixels: null, name: "Arm B is not drawn yet", badges: [], finished: false});
      strip.update([], 0);
      where.textContent = "";
      caption.textContent = "Press Draw: both arms are drawn, one UNet call of each in turn.";
      return;
    }
    const call = callsAt([a, b ?? a], Math.min(state.step, longest(state) - 1))[index];
    const look = (latents: Tensor): Pixels => decoding.get(latents) ?? previewOf(latents, state.preview);
    const latents = x0At(run, call);
    const decoded = latents && decoding.get(latents);
    const end = isEnd(run, call);
    shown.update({
      pixels: latents && look(latents),
      name: nameOf(run, end, compares ? name : null),
      badges: [run.source, ...(latents ? [decoded ? "decoded" : "preview"] : [])],
      finished: end && Boolean(decoded)
    });
    strip.update(framesOf(run, look), call);
    where.textContent = whereText(run, call);
    caption.textContent = captionOf(run, state.modelName);
    if (latents && run.finished) decoding.want(latents);
  });
  return node;
}

const longest = ({runs: [a, b]}: Pick<PlayState, "runs">): number => Math.max(a.steps.length, b?.steps.length ?? 0, 1);

function nameOf(run: Run, end: boolean, arm: string | null): string {
  const what = end ? "drawn" : "expected so far";
  return `${promptOf(run)}: ${what}${arm ? ` by arm ${arm}` : ""}${run.source === "recorded" ? ", recorded" : ""}`;
}

function framesOf(run: Run, look: (latents: Tensor) => Pixels): StripFrame[] {
  return keyFrames(run.numSteps, 8).map((index) => {
    const step = run.steps[index];
    if (!step) return {index, timestep: null, xt: null, x0: null};
    const timestep = Number(step.timestep.toFixed(1));
    return {index, timestep, xt: look(step.xt), x0: look(x0At(run, index) ?? step.x0)};
  });
}

/** Where it was made, and with what: one line. */
export function captionOf(run: Run, model: string): string {
  const {seed, noiseSeed, sampler, steps, guidance, eta, negative} = endWish(run);
  const where = run.source === "live" ? "live, in this browser" : `recorded · “${run.wish.prompt}”`;
  return [
    ...[where, run.model ?? model],
    ...(run.forks.length
      ? [`“${promptOf(run)}”, forked at step ${run.forks.map(({step}) => step + 1).join(", ")}`]
      : []),
    ...(negative ? [`without “${negative}”`] : []),
    `seed ${seed}`,
    ...(noiseSeed === null ? [] : [`step-noise seed ${noiseSeed}`]),
    ...[samplerNamed(sampler).title, `${steps} steps`, `guidance ${guidance}`],
    ...(eta > 0 ? [`eta ${eta}`] : [])
  ].join(" · ");
}
