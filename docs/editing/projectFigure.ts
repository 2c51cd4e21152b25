import {html} from "../components/dom.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {segments} from "../components/segments.js";
import {textField} from "../components/textField.js";
import {codeRow} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {imageTensor} from "../page/scenes.js";
import {onSelected} from "../page/selected.js";
import {tile} from "../page/tile.js";
import type {Tensor} from "../src/tensor.js";
import {projectCode} from "./code.js";
import {drawRun} from "./drawing.js";
import {stopsOf} from "./entry.js";
import {formulaLines, heldPixelText} from "./formulas.js";
import {coarseOf, fidelityOf, greyOf} from "./measure.js";
import type {PageParts} from "./parts.js";
import {press} from "./press.js";
import type {Fidelity, JudgedProjection, ProjectionFigures} from "./recording.js";
import {keptStep, shownAt, standing, type PictureRun} from "./run.js";
import {runView} from "./runView.js";
import {shownIn, type Keep} from "./state.js";

/** One way to hold a drawing to the picture, drawn. */
interface Made {
  readonly run: PictureRun;
  readonly free: Tensor | null;
  readonly figures: ProjectionFigures | null;
  readonly words: string;
  readonly seed: number;
  readonly picture: Pixels | null;
}

const TELL = {
  luminance: {title: "Colorization", given: "Given: grey", error: "luminance", held: "the grey values"},
  "low-frequencies": {
    title: "Super-resolution",
    given: "Given: 16 × 16 squares",
    error: "low",
    held: "the squares’ means"
  }
} as const;

/** Colorization and super-resolution: what is known is put into every guess; how well it is kept is measured. */
export function projectFigure(parts: PageParts, judged: JudgedProjection) {
  const {store, engine, turns, decoding, look, recorded, recording} = parts;
  const {state, set} = store;
  const first = (keep: Keep): Made => ({
    ...{run: recorded.runs.get(keep)!, free: recorded.latents.get("free")!, figures: recording.projection[keep]},
    ...{words: recording.caption, seed: recording.seed, picture: null}
  });
  const made: Record<Keep, Made> = {luminance: first("luminance"), "low-frequencies": first("low-frequencies")};
  const choices = [
    {value: "luminance", text: "grey values: colorize"},
    {value: "low-frequencies", text: "coarse squares: sharpen"}
  ];
  const choice = segments("What is known of the picture", choices, {value: state.keep});
  const shows = textField("What the picture shows", {value: state.shows, placeholder: recording.caption});
  const tiles = {
    given: tile("Given", "What is known of the picture"),
    held: tile("Drawn, held to it", "The picture drawn under the constraint"),
    free: tile("The same words and noise, free", "The picture drawn without the constraint"),
    original: tile("The picture itself", "The picture that it was made from")
  };
  const view = runView(look, {name: "Key frames of the projection"});
  const table = html("tbody");
  const words = caption();
  const codes = codeRow();
  const formula = formulaLines();
  const button = press(turns, "Draw it here", async (signal, report) => {
    const {picture, seed, steps, guidance, keep: kept} = state;
    if (!picture) throw new Error("the picture is not here yet");
    const image = imageTensor(picture.pixels);
    const prompt = shownIn(state);
    const options = {prompt, seed, steps, guidance, sampler: "ddim", signal};
    const show1 = (run: PictureRun): void => {
      made[kept] = {run, free: null, figures: null, words: prompt, seed, picture: picture.pixels};
      show();
    };
    set({projectStep: null});
    const held = await drawRun(
      engine,
      "projection",
      {...options, image, keep: kept},
      {numSteps: steps, onRun: show1, report}
    );
    if (!held.result) return;
    const free = await drawRun(engine, "textToImage", options, {
      numSteps: steps,
      report,
      label: "Drawing the same freely, step"
    });
    if (!free.result) return;
    const shown: Tensor[] = [];
    for (const latents of [held.result, free.result]) shown.push(await engine.decode(latents));
    [held.result, free.result].forEach((latents, i) => decoding.put(latents, imagePixels(shown[i])));
    const coded = await engine.decode(await engine.encode(image));
    const [ofHeld, ofFree, ofCoded] = [...shown, coded].map((drawn) => fidelityOf(drawn, image));
    made[kept] = {...made[kept], free: free.result, figures: {held: ofHeld, free: ofFree, coded: ofCoded}};
    show();
  });

  choice.addEventListener("input", () => {
    set({keep: choice.value as Keep, projectStep: null});
  });
  shows.addEventListener("input", () => set({shows: shows.value}));
  view.addEventListener("input", () => {
    set({projectStep: keptStep(made[state.keep].run, view.value)});
  });

  function show(): void {
    const {keep} = state;
    const {run, free, figures, words: told, seed, picture} = made[keep];
    const pixels =
      picture ??
      (state.picture?.seed === recording.scene || run.source === "live" ? state.picture?.pixels : null) ??
      null;
    const step = standing(run, state.projectStep);
    const tell = TELL[keep];
    const known = pixels && imagePixels((keep === "luminance" ? greyOf : coarseOf)(imageTensor(pixels)));
    const shown = shownAt(run, step);
    const badge = run.source;
    tiles.given.update({pixels: known, badge: null, note: tell.given});
    tiles.held.update({
      pixels: shown && look(shown),
      badge,
      note: figures ? `error of ${tell.held}: ${figures.held[tell.error].toFixed(1)} of 255` : "being drawn"
    });
    tiles.free.update({
      pixels: free && look(free),
      badge: free ? badge : null,
      note: figures ? `error: ${figures.free[tell.error].toFixed(1)} of 255` : ""
    });
    tiles.original.update({
      pixels,
      badge: null,
      note: figures ? `through the autoencoder: ${figures.coded[tell.error].toFixed(1)} of 255` : ""
    });
    view.update({run, step, stops: stopsOf(state.scheduler, run.numSteps)});
    formula.update(...heldPixelText(shown && look(shown), pixels, keep, Boolean(shown && decoding.get(shown))));
    table.replaceChildren(...rowsOf(figures));
    codes.update(projectCode({...state, keep, prompt: shownIn(state) || recording.caption}));
    words.textContent = `${badge === "live" ? "live, in this browser" : `recorded, scene ${recording.scene}`} · ${tell.title} · “${told}” · seed ${seed} · DDIM · ${run.numSteps} steps · each step decodes and encodes once more than drawing does`;
  }

  onSelected(store, ["picture", "decoded", "ready", "shows", "keep", "projectStep"], (now) => {
    shows.querySelector("input")!.placeholder = now.picture?.name ?? recording.caption;
    if (shows.value !== now.shows) shows.value = now.shows;
    button.enabled = now.ready;
    show();
  });

  const node = figure(
    "Colorization and super-resolution",
    html("div", {class: "project-top"}, choice, shows, button),
    html("div", {class: "edit-tiles"}, tiles.given, tiles.held, tiles.free, tiles.original),
    view,
    html(
      "div",
      {class: "table-scroll", tabindex: 0, role: "group", "aria-label": "Errors"},
      html(
        "table",
        {class: "fidelity"},
        html("thead", {}, head("root mean square error, levels of 255", "luminance", "means of squares")),
        table
      )
    ),
    words,
    codes,
    judgedTable(judged)
  );
  return Object.assign(node, {formula});
}

const head = (...cells: string[]): HTMLElement =>
  html("tr", {}, ...cells.map((text) => html("th", {scope: "col"}, text)));

function rowsOf(figures: ProjectionFigures | null): HTMLElement[] {
  const row = (name: string, fidelity?: Fidelity) =>
    html(
      "tr",
      {},
      html("th", {scope: "row"}, name),
      ...(["luminance", "low"] as const).map((key) => html("td", {}, fidelity ? fidelity[key].toFixed(1) : "…"))
    );
  return [
    row("held to the picture", figures?.held),
    row("drawn freely", figures?.free),
    row("the picture itself, through the autoencoder", figures?.coded)
  ];
}

/** What was measured over many scenes: the errors, and how often the judge names the thing. */
function judgedTable({prompts, rows, steps}: JudgedProjection): HTMLElement {
  const names: Record<string, string> = {
    luminance: "colorized",
    "low-frequencies": "sharpened",
    free: "drawn freely",
    coded: "the scenes, through the autoencoder",
    "given grey": "the grey scenes as given",
    "given coarse": "the coarse scenes as given"
  };
  const body = Object.entries(names).map(([key, name]) => {
    const {luminance, low, right} = rows[key];
    return html(
      "tr",
      {},
      html("th", {scope: "row"}, name),
      html("td", {}, luminance.toFixed(1)),
      html("td", {}, low.toFixed(1)),
      html("td", {}, `${right} of ${prompts.length}`)
    );
  });
  const quoted = (texts: readonly string[]) => texts.map((prompt) => `“${prompt}”`).join(", ");
  const missed = rows.luminance.wrong.length
    ? ` Colorized, it takes for something else: ${quoted(rows.luminance.wrong)}.`
    : "";
  return html(
    "details",
    {},
    html("summary", {}, `Measured on ${prompts.length} scenes that the model never saw (recorded)`),
    html(
      "div",
      {class: "table-scroll", tabindex: 0, role: "group", "aria-label": "Errors"},
      html(
        "table",
        {class: "fidelity"},
        html(
          "thead",
          {},
          head("mean error, levels of 255", "luminance", "means of squares", "the judge names the thing")
        ),
        html("tbody", {}, ...body)
      )
    ),
    html(
      "p",
      {class: "caption"},
      `The judge is a classifier that never saw a drawn picture. ${steps} steps, the page’s own guidance.${missed} Prompts: ${quoted(prompts)}.`
    )
  );
}
