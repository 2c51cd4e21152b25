import {html, prefersReducedMotion, svg} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {LinearPreview, Pixels} from "../components/pixels.js";
import {Generator} from "../src/random.js";
import type {Tensor} from "../src/tensor.js";
import type {Film} from "../page/film.js";
import {codeRow, withCodes} from "../page/codes.js";
import {previewOf} from "../page/look.js";
import {stepCode} from "./code.js";
import type {FigureParts} from "./guess.js";
import {formulaLine} from "./formulaLine.js";
import {noised, squaredError} from "./noisy.js";

/** How long each stage of a played training step is shown, in milliseconds. */
const PAUSE = 1400;
const CAPTION_DROPOUT = 0.1;
const STAGES = ["picture", "latents", "t", "eps", "xt", "prediction", "loss"] as const;
type Stage = (typeof STAGES)[number];

/** One step of training, thrown by a seed. */
interface TrainingStep {
  readonly scene: number;
  readonly caption: string;
  readonly dropped: boolean;
  readonly t: number;
  readonly x0: Tensor;
  readonly eps: Tensor;
  readonly xt: Tensor;
}

/** Training and drawing as two lanes of one diagram, with one training step played slowly and the two algorithms beside. */
export function lanes({memory, engine, decoding, alphasCumprod, store, film}: FigureParts & {film: Film}): HTMLElement {
  const {record} = memory;
  let seed = 1;
  let step = thrown(seed);
  let stage = 0;
  let predicted: Tensor | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function thrown(from: number): TrainingStep {
    const generator = new Generator(from);
    const scene = Number(generator.randint(0, record.scenes.length, [1]).data[0]);
    const t = Number(generator.randint(0, alphasCumprod.length, [1]).data[0]);
    const dropped = generator.rand([1]).data[0] < CAPTION_DROPOUT;
    const [x0, eps] = [memory.latents(scene), generator.randn(record.dims)];
    const {caption} = record.scenes[scene];
    return {scene, caption, dropped, t, x0, eps, xt: noised(x0, eps, alphasCumprod[t])};
  }

  const tiles = Object.fromEntries(STAGES.map((name) => [name, laneTile(TITLES[name])])) as Record<
    Stage,
    ReturnType<typeof laneTile>
  >;
  const prompt = html("p", {class: "lane-prompt"});
  const codes = codeRow();
  const story = html("p", {class: "lane-story", role: "status"});
  const lines = [
    "repeat",
    "take a clean picture x_0 and its caption",
    "throw a timestep t, uniform in 0 … 999",
    "throw noise ε of the normal distribution",
    "take a gradient step on ‖ε − ε̂(√ᾱ_t x_0 + √(1 − ᾱ_t) ε, t, caption)‖²"
  ];
  const values = lines.map(() => html("span", {class: "value"}));
  const algorithm1 = html(
    "ol",
    {class: "algorithm", "aria-label": "Algorithm 1: training"},
    ...lines.map((words, i) => html("li", {}, formulaLine(words), values[i]))
  );
  const play = html("button", {type: "button", class: "primary", onclick: () => toggle()}, "Play one training step");
  const next = html("button", {type: "button", onclick: () => advance()}, "Next part");
  const other = html("button", {type: "button", onclick: () => fresh()}, "Throw another");

  function fresh(): void {
    stop();
    step = thrown(++seed);
    [stage, predicted] = [0, null];
    update();
  }

  function advance(): void {
    if (stage === STAGES.length - 1) {
      step = thrown(++seed);
      [stage, predicted] = [0, null];
    } else stage++;
    update();
  }

  function toggle(): void {
    if (timer !== undefined) return stop();
    if (stage === STAGES.length - 1) fresh();
    play.textContent = "Pause";
    const tick = () => {
      if (stage === STAGES.length - 1) return stop();
      advance();
      timer = setTimeout(tick, prefersReducedMotion() ? 2 * PAUSE : PAUSE);
    };
    timer = setTimeout(tick, PAUSE / 2);
  }

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
    play.textContent = "Play one training step";
  }

  async function predict(): Promise<void> {
    if (predicted || engine.status.state !== "ready") return;
    const asked = step;
    const states = await engine.encodeText([asked.dropped ? "" : asked.caption]);
    const {output} = await engine.predict(asked.xt, asked.t, states);
    if (asked !== step) return;
    predicted = output;
    update();
  }

  function update(): void {
    const {x0, eps, xt, t, caption, dropped} = step;
    const at = STAGES[stage];
    const seen = (name: Stage) => STAGES.indexOf(name) <= stage;
    const preview = (latents: Tensor) => previewOf(latents, record.preview);
    const error = predicted && squaredError(predicted, eps);
    const pictures: Record<Stage, Pixels | string | null> = {
      picture: decoding.get(x0) ?? preview(x0),
      latents: preview(x0),
      t: `t = ${t}`,
      eps: preview(eps),
      xt: preview(xt),
      prediction: predicted && preview(predicted),
      loss: error === null ? "…" : error.toFixed(4)
    };
    for (const name of STAGES) {
      tiles[name].update(seen(name) ? pictures[name] : null);
      tiles[name].node.classList.toggle("now", name === at);
    }
    prompt.textContent = dropped
      ? `“${caption}” is dropped this time (it is in one step of ten), so that the UNet learns to draw without words too`
      : `caption: “${caption}”`;
    story.textContent = STORIES[at]
      .replace("{t}", String(t))
      .replace("{error}", error === null ? "still to come" : error.toFixed(4));
    const shown = [
      "",
      caption,
      seen("t") ? `t = ${t}` : "",
      seen("eps") ? `ε: ${eps.data.length} numbers` : "",
      seen("loss") && error !== null ? `= ${error.toFixed(4)}` : ""
    ];
    const marked = {picture: 1, latents: 1, t: 2, eps: 3, xt: 4, prediction: 4, loss: 4}[at];
    values.forEach((slot, i) => {
      slot.textContent = shown[i];
      slot.parentElement?.classList.toggle("now", i === marked);
    });
    codes.update(stepCode(seed));
    if (seen("prediction")) void predict().catch(() => {}); // the loading note says what is wrong
    decoding.later([x0]);
  }

  store.onChange(update);
  update();

  const figure = html(
    "section",
    {class: "figure wide lanes", "aria-label": "Training and drawing, side by side"},
    html("div", {class: "figure-controls buttons"}, play, next, other),
    html(
      "div",
      {class: "lane"},
      html("h3", {}, "Training: once, for hours, on many pictures"),
      prompt,
      html(
        "div",
        {class: "lane-row", tabindex: 0, role: "group", "aria-label": "One step of training"},
        tiles.picture.node,
        part("VAE encoder", "decoder", true),
        tiles.latents.node,
        html("span", {class: "plus"}, "+"),
        html("div", {class: "stack"}, tiles.t.node, tiles.eps.node),
        arrow(),
        tiles.xt.node,
        html("div", {class: "stack"}, part("Text encoder", "text-encoder", true), part("UNet", "unet", false)),
        tiles.prediction.node,
        arrow(),
        tiles.loss.node
      ),
      html("p", {class: "gradient"}, "← the gradient of the error goes back into the UNet, and into nothing else"),
      story
    ),
    html(
      "div",
      {class: "lane"},
      html("h3", {}, "Drawing: every time, in a loop, from noise alone"),
      drawingRow(film, record.preview),
      html(
        "p",
        {class: "caption"},
        `recorded: “${film.prompt}”, seed ${film.settings.seed}, ${film.settings.sampler.toUpperCase()}, ${film.numSteps} steps`
      )
    ),
    html(
      "div",
      {class: "algorithms"},
      html("div", {}, html("h4", {}, "Algorithm 1: training"), algorithm1),
      html("div", {}, html("h4", {}, "Algorithm 2: drawing (DDPM)"), algorithm2(film))
    )
  );
  return withCodes(figure, codes);
}

const TITLES: Record<Stage, string> = {
  picture: "a training picture",
  latents: "its latents x0",
  t: "a timestep",
  eps: "noise ε",
  xt: "both mixed: xt",
  prediction: "its guess ε̂",
  loss: "mean squared error"
};

const STORIES: Record<Stage, string> = {
  picture: "1. A picture is taken from the training data, with its caption.",
  latents:
    "2. The encoder of the autoencoder turns it into latents. It is frozen: it was trained before, and learns nothing now.",
  t: "3. A timestep is thrown like a die with a thousand faces: t = {t}.",
  eps: "4. Noise is thrown, one normal number for each latent. We keep it: it is the right answer.",
  xt: "5. Latents and noise are mixed in the shares that belong to t. In one go: no need to noise step by step.",
  prediction:
    "6. The UNet sees the mixture, t, and the caption as the frozen text encoder reads it. It says what it holds for the noise.",
  loss: "7. Its guess is compared with the noise that we kept: the mean squared error is {error}. Every weight of the UNet is then nudged a little so that it would have been smaller."
};

function laneTile(title: string) {
  const canvas = pixelCanvas(null, {label: title, smooth: true});
  const words = html("span", {class: "lane-value"});
  const node = html(
    "figure",
    {class: "lane-tile"},
    html("div", {class: "lane-face"}, canvas, words),
    html("figcaption", {}, title)
  );
  return {
    node,
    update(content: Pixels | string | null): void {
      const text = typeof content === "string" ? content : "";
      canvas.hidden = Boolean(text);
      if (!text) canvas.paint(content as Pixels | null);
      words.textContent = text;
    }
  };
}

function part(name: string, kind: string, frozen: boolean): HTMLElement {
  return html(
    "div",
    {class: `lane-part part-${kind}`},
    html("b", {}, name),
    frozen ? html("span", {}, padlock(), "frozen") : html("span", {}, "learns")
  );
}

/** A closed padlock: this part's weights do not change. */
const padlock = (): SVGElement =>
  svg(
    "svg",
    {viewBox: "0 0 16 18", "aria-hidden": "true"},
    svg("path", {d: "M4 8V5a4 4 0 0 1 8 0v3", fill: "none", stroke: "currentColor", "stroke-width": 2}),
    svg("rect", {x: 1.5, y: 8, width: 13, height: 9, rx: 2, fill: "currentColor"})
  );

const arrow = (): HTMLElement => html("span", {class: "plus", "aria-hidden": "true"}, "→");

/** Noise, three stops on the way, the end. */
function drawingRow(film: Film, linear: LinearPreview): HTMLElement {
  const row = html("div", {
    class: "lane-row",
    "data-lane": "drawing",
    tabindex: 0,
    role: "group",
    "aria-label": "A drawing"
  });
  const preview = (latents: Tensor, caption: string) => {
    const tile = laneTile(caption);
    tile.update(previewOf(latents, linear));
    return tile.node;
  };
  const stops = [0, 0.35, 0.65].map((share) => film.steps[Math.floor(share * film.numSteps)]);
  row.append(preview(stops[0].xt, "noise, by the seed"));
  for (const {xt, timestep} of stops.slice(1)) row.append(loopPart(), preview(xt, `after some turns, t = ${timestep}`));
  row.append(
    loopPart(),
    preview(film.steps[film.numSteps - 1].prev, "clean latents x0"),
    part("VAE decoder", "decoder", true)
  );
  return row;
}

const loopPart = (): HTMLElement =>
  html("div", {class: "lane-part part-unet"}, html("b", {}, "UNet"), html("span", {}, "and sampler, again"));

function algorithm2(film: Film): HTMLElement {
  const {timestep, alphaCumprod} = film.steps[Math.floor(0.5 * film.numSteps)];
  const line = (code: string, value = "") => html("li", {}, formulaLine(code), html("span", {class: "value"}, value));
  return html(
    "ol",
    {class: "algorithm"},
    line("start from noise x_T"),
    line("for t = T … 1", `half way: t = ${timestep}`),
    line("throw z, normal (0 at the last step)"),
    line("x_{t−1} = (x_t − β_t / √(1 − ᾱ_t) · ε̂(x_t, t, caption)) / √α_t + σ_t z", `ᾱ = ${alphaCumprod.toFixed(3)}`),
    line("return x_0, and decode it")
  );
}
