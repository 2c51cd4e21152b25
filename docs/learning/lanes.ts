import {html, prefersReducedMotion} from "../components/dom.js";
import {matrixPixels} from "../components/heatmap.js";
import type {Pixels} from "../components/pixels.js";
import {divergingScale} from "../components/scales.js";
import {noised} from "../src/forward.js";
import {Generator} from "../src/random.js";
import type {Tensor} from "../src/tensor.js";
import type {Decoding} from "../page/decoding.js";
import type {Film} from "../page/film.js";
import {codeRow, withCodes} from "../page/codes.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import {stepCode} from "./code.js";
import type {FigureParts} from "./guess.js";
import {algorithm} from "./algorithm.js";
import {drawingLane} from "./drawingLane.js";
import {arrow, laneTile, part} from "./laneParts.js";
import {squaredError} from "./squaredError.js";

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

/** `film`: a recorded drawing by DDPM; `drawn`: a queue of its own for its pictures. */
interface LaneParts extends FigureParts {
  readonly film: Film;
  readonly drawn: Decoding;
}

/** Training and drawing as two lanes of one diagram, with one training step played slowly and the two algorithms beside. */
export function lanes({memory, engine, decoding, drawn, alphasCumprod, store, film}: LaneParts): HTMLElement {
  const {record} = memory;
  let seed = store.state.thrown;
  let step = thrown(seed);
  let stage = 0;
  let predicted: Tensor | null = null;
  let context: Tensor | null = null;
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
  const read = laneTile("its context [K, E]");
  const prompt = html("p", {class: "lane-prompt"});
  const codes = codeRow();
  const story = html("p", {class: "lane-story", role: "status"});
  const training = algorithm("Algorithm 1: training", [
    "repeat",
    "take a clean picture x_0 and its caption",
    "throw a timestep t, uniform in 0 … 999",
    "throw noise ε from the normal distribution",
    "take a gradient step on ‖ε − ε̂(√ᾱ_t x_0 + √(1 − ᾱ_t) ε, t, caption)‖²"
  ]);
  const play = html("button", {type: "button", class: "primary", onclick: () => toggle()}, "Play one training step");
  const next = html("button", {type: "button", onclick: () => advance()}, "Next part");
  const other = html("button", {type: "button", onclick: () => fresh()}, "Throw another");

  function fresh(): void {
    stop();
    another();
    update();
  }

  function another(): void {
    step = thrown(++seed);
    store.set({thrown: seed});
    [stage, predicted, context] = [0, null, null];
  }

  function advance(): void {
    if (stage === STAGES.length - 1) another();
    else stage++;
    const {node} = tiles[STAGES[stage]];
    const [row, box] = [node.closest(".lane-row")!, node.getBoundingClientRect()];
    row.scrollBy?.({left: box.left + box.width / 2 - row.getBoundingClientRect().left - row.clientWidth / 2}); // on a phone
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
    [predicted, context] = [output, states];
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
    read.update(seen("prediction") && context ? contextPixels(context) : null);
    prompt.textContent = dropped
      ? `“${caption}” is dropped this time (it is in one step of ten), so that the UNet learns to draw without words too`
      : `caption: “${caption}”`;
    story.textContent = STORIES[at]
      .replace("{t}", String(t))
      .replace("{context}", context ? `, ${context.dims.slice(-2).join(" × ")} numbers` : "")
      .replace(
        "{error}",
        error !== null ? error.toFixed(4) : engine.status.state === "ready" ? "…" : "still to come: it needs the model"
      );
    const shown = [
      "",
      caption,
      seen("t") ? `t = ${t}` : "",
      seen("eps") ? `ε: ${eps.data.length} numbers` : "",
      seen("loss") && error !== null ? `= ${error.toFixed(4)}` : ""
    ];
    training.update(shown, {picture: 1, latents: 1, t: 2, eps: 3, xt: 4, prediction: 4, loss: 4}[at]);
    codes.update(stepCode(seed));
    if (seen("prediction")) void predict().catch(() => {}); // the loading note says what is wrong
    decoding.later([x0]);
  }

  onSelected(store, ["ready", "decoded"], update);
  update();
  const drawing = drawingLane({film, preview: record.preview, decoding: drawn, store});

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
        html("div", {class: "stack"}, part("Text encoder", "text-encoder", true), read.node),
        html("span", {class: "plus"}, "+"),
        part("UNet", "unet", false),
        arrow(),
        tiles.prediction.node,
        arrow(),
        tiles.loss.node
      ),
      html("p", {class: "gradient"}, "← the gradient of the error goes back into the UNet, and into nothing else"),
      story
    ),
    drawing.lane,
    html(
      "div",
      {class: "algorithms"},
      html("div", {}, html("h4", {}, "Algorithm 1: training"), training.node),
      html("div", {}, html("h4", {}, "Algorithm 2: drawing (DDPM)"), drawing.algorithm)
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
    "6. The UNet sees the mixture, t, and the context: the caption as the frozen text encoder reads it{context}. It says what it takes for the noise.",
  loss: "7. Its guess is compared with the noise that we kept: the mean squared error is {error}. Every weight of the UNet is then nudged a little so that it would have been smaller."
};

/** The text encoder's rows as a picture, one pixel a number. */
function contextPixels({data, dims}: Tensor): Pixels {
  const [rows, columns] = dims.slice(-2);
  return matrixPixels({values: data, rows, columns}, divergingScale(3));
}
