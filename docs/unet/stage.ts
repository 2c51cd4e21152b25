import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {picture} from "../components/picture.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {progressBar} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {seedField} from "../components/seedField.js";
import {segments} from "../components/segments.js";
import {KIND_NAMES, unetDiagram, type DiagramData, type UnetDiagram} from "../components/unetDiagram.js";
import type {Decoding} from "../page/decoding.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {UnetFacts} from "../src/unet/facts.js";
import type {UnetPlan} from "../src/unet/plan.js";
import {detail} from "./detail.js";
import {million, SD15} from "./numbers.js";
import {playerBar, type Player} from "./playing.js";
import {shareStrips} from "./shares.js";
import type {Running} from "./running.js";
import type {Asked, Graph, UnetState} from "./state.js";

/** What the figures draw on. */
export interface Parts {
  store: Store<UnetState>;
  running: Running;
  decoding: Decoding;
  player: Player;
}

const EXAMPLES = ["a horse on the grass", "a red apple in the snow", "a rocket in space at night"];

/** What to draw. */
function controls({store, running}: Parts): HTMLElement {
  const {state} = store;
  const form = promptForm({value: state.asked.prompt, examples: EXAMPLES});
  const seed = seedField(state.asked.seed);
  const progress = progressBar();
  const error = errorNote();
  const draw = (): void => void running.draw();
  const ask = (change: Partial<Asked>): void => store.set({asked: {...state.asked, ...change}});
  form.addEventListener("input", () => ask({prompt: form.value}));
  form.addEventListener("submit", draw);
  form.addEventListener("cancel", running.cancel);
  seed.addEventListener("input", () => ask({seed: seed.value}));
  error.addEventListener("retry", draw);
  store.onChange(({asked, film, work, error: message}) => {
    form.busy = work !== null;
    form.stale = asked.prompt !== film.asked.prompt || asked.seed !== film.asked.seed;
    progress.update(work);
    error.update(message);
  });
  return html("div", {class: "unet-controls"}, form, seed, progress, error);
}

/** The main figure: the U, what goes in and what comes out, and the chosen layer. */
export function stage(parts: Parts): HTMLElement {
  const {store, decoding} = parts;
  const {state} = store;
  const choice = segments("Shapes of", [
    {value: "here", text: "this model"},
    {value: "sd15", text: "Stable Diffusion 1.5"}
  ]);
  const place = html("div", {class: "unet-place"});
  const words = html("p", {class: "caption unet-words"});
  const carried = pixelCanvas(null, {label: ""});
  const expected = picture({pixels: null, name: "No picture yet", badges: [], finished: false});
  const caption = html("figcaption", {class: "caption"});
  let diagram: UnetDiagram | null = null;

  choice.addEventListener("input", () => store.set({shapes: choice.value as UnetState["shapes"]}));
  const pick = (role: string): void => store.set(chosenRole(state, role));

  onSelected(store, ["graph", "shapes"], ({graph, shapes}) => {
    choice.update(
      [
        {value: "here", text: graph.model === "tiny" ? "this site’s model" : graph.model},
        {value: "sd15", text: "Stable Diffusion 1.5"}
      ],
      shapes
    );
    diagram = unetDiagram(
      shapes === "here" ? dataOf(graph, graph) : dataOf(SD15, {tokens: 77, textWidth: 768, sample: SD15.sample}),
      {onPick: pick}
    );
    place.replaceChildren(diagram);
    words.textContent = wordsOf(
      shapes === "here" ? graph.facts : SD15.facts,
      shapes === "here" ? graph.plan : SD15.plan
    );
  });

  store.onChange(({chosen, ran, shapes, sight, film, step, summaries, preview}) => {
    const frame = film.frames[step];
    const summary = summaries.get(step);
    const here = shapes === "here";
    diagram?.update({
      chosen,
      ran: here ? ran : null,
      activity: (role) => (here ? (summary?.layers.get(role)?.activity ?? null) : null)
    });
    if (!frame) return;
    const isEnd = film.last !== null && step === film.numSteps - 1;
    const shown = isEnd ? film.last! : frame.x0;
    const decoded = decoding.get(shown);
    carried.paint(previewOf(frame.xt, preview));
    carried.label(`The latents that go in at step ${step + 1}: a linear preview`);
    expected.update({
      pixels: decoded ?? previewOf(shown, preview),
      name: `${film.asked.prompt}: ${isEnd ? "drawn" : "what the UNet expects"}${film.source === "recorded" ? ", recorded" : ""}`,
      badges: [film.source, decoded ? "decoded" : "preview"],
      finished: isEnd && Boolean(decoded)
    });
    const inside = !here
      ? ""
      : summary
        ? `the small maps: ${summary.source === "live" ? "live, in this browser" : "recorded"}`
        : "the small maps: being computed";
    const {prompt, seed, sampler, steps, guidance} = film.asked;
    const drawing = `drawing: ${film.source === "live" ? "live" : "recorded"}, “${prompt}”, seed ${seed}, ${sampler.toUpperCase()}, ${steps} steps, guidance ${guidance}`;
    caption.textContent = [
      inside,
      drawing,
      "the half of guidance that reads the prompt",
      "each small map: root mean square over channels, dark little, bright much, each map by itself"
    ]
      .filter(Boolean)
      .join(" · ");
    if (!sight || film.frames.length === film.numSteps) decoding.want(shown);
  });

  return html(
    "section",
    {class: "figure wide unet-stage", "aria-label": "The UNet at work"},
    controls(parts),
    playerBar(store, parts.player),
    html(
      "div",
      {class: "unet-board"},
      html(
        "div",
        {class: "unet-left"},
        html("div", {class: "unet-choice"}, html("span", {class: "field-label"}, "Graph of"), choice),
        place,
        legend(),
        words,
        shareStrips(parts)
      ),
      html(
        "div",
        {class: "unet-right"},
        html(
          "div",
          {class: "unet-ends"},
          html("figure", {}, carried, html("figcaption", {}, "goes in: latents xt")),
          html("figure", {}, expected, html("figcaption", {}, "what follows: the guess x̂0"))
        ),
        detail(parts)
      )
    ),
    caption
  );
}

/** A press on a layer chooses it, and where it has an inside, that too. */
export function chosenRole({graph}: Pick<UnetState, "graph">, role: string): Partial<UnetState> {
  const layer = graph.plan.layers.find((one) => one.role === role);
  const block = graph.blocks.find((one) => one.startsWith(`${role}.`));
  return {
    chosen: role,
    ...(layer?.kind === "resnet" && {resnet: role}),
    ...(layer?.kind === "transformer" && block && {block})
  };
}

function dataOf(
  {plan, facts}: {plan: UnetPlan; facts: UnetFacts},
  {tokens, textWidth, sample}: Pick<Graph, "tokens" | "textWidth" | "sample">
): DiagramData {
  const node = ({role, kind}: UnetPlan["layers"][number]) => ({role, kind, shape: facts.layers.get(role)!.output});
  return {
    rungs: plan.rungs.map(({down, skip, up}) => ({
      ...{down: down.map(node), up: up.map(node)},
      skip: facts.layers.get(skip.from)!.output
    })),
    middle: plan.middle.map(node),
    order: plan.layers.map(({role}) => role),
    ...{sample, time: facts.time.output, text: [tokens, textWidth]}
  };
}

function wordsOf({parameters, operations}: UnetFacts, {layers, rungs}: UnetPlan): string {
  return `${layers.length} layers, ${rungs.length} skips, ${million(parameters)} learned numbers, ${million(operations)} multiply-adds in one call.`;
}

function legend(): HTMLElement {
  const keys = (["convolution", "resnet", "transformer", "down", "up"] as const).map((kind) =>
    html(
      "li",
      {},
      html(
        "i",
        {class: `unet-key unet-${kind}`},
        {convolution: "C", resnet: "R", transformer: "T", down: "↓", up: "↑"}[kind]
      ),
      KIND_NAMES[kind]
    )
  );
  return html("ul", {class: "unet-legend"}, ...keys);
}
