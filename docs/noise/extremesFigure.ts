import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {progressBar} from "../components/progressBar.js";
import {whileVisible} from "../page/visible.js";
import type {Engine} from "../src/worker/client.js";
import type {Tensor} from "../src/tensor.js";
import {drawExtreme, EXTREMES, plainOf, type Drawer} from "./extremes.js";
import {caption, figure} from "../page/figure.js";
import {brightnessOf} from "./measure.js";
import type {FigureParts} from "./mainFigure.js";
import type {ExtremesRow, NoiseRecording} from "./recording.js";
import type {NoiseState} from "./state.js";

export interface ExtremesParts extends Pick<FigureParts, "store"> {
  readonly engine: Pick<Engine, "run" | "decode">;
  readonly recording: NoiseRecording;
  /** The picture that a prompt asks for, [1, 3, H, W]. */
  ask(index: number): Promise<Tensor>;
}

/** The recorded or live result of one way to begin. */
interface Cell {
  readonly pixels: Pixels | null;
  readonly brightness: readonly number[];
}

/** The figure; recorded pictures come later. */
export type ExtremesFigure = HTMLElement & {showRecorded(pictures: readonly Pixels[]): void};

/** Black and white pictures drawn from noise alone, and from noise with the trace that training always had. */
export function extremesFigure({store, engine, recording, ask}: ExtremesParts): ExtremesFigure {
  const {extremes} = recording;
  const canvases = EXTREMES.map(() => [
    pixelCanvas(null, {label: "From noise alone"}),
    pixelCanvas(null, {label: "With a trace"})
  ]);
  const body = html("tbody");
  const press = html("button", {type: "button", class: "primary", onclick: () => void run()}, "Draw the four here");
  const cancel = html("button", {type: "button", disabled: true, onclick: () => stop?.abort()}, "Cancel");
  const progress = progressBar();
  const words = caption();
  const verdict = html("p", {class: "verdict"});
  const rows: {asked: number; cells: Cell[]}[] = extremes.rows.map(({scene, fromNoise, withTrace}) => ({
    asked: scene,
    cells: [fromNoise, withTrace].map((brightness) => ({pixels: null, brightness}))
  }));
  const node = figure(
    "What is left at the last timestep",
    html(
      "table",
      {class: "extremes"},
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          ...["asked for", "from noise alone", "from noise with a trace of the background"].map((text) =>
            html("th", {scope: "col"}, text)
          )
        )
      ),
      body
    ),
    verdict,
    html("div", {class: "figure-buttons"}, press, cancel, progress),
    words
  );
  let live: string | null = null;
  let stop: AbortController | null = null;
  EXTREMES.forEach(({prompt}, i) =>
    body.append(
      html(
        "tr",
        {},
        html("th", {scope: "row"}, `“${prompt}”`),
        ...canvases[i].map((canvas) => html("td", {}, canvas, html("span")))
      )
    )
  );

  function show(): void {
    rows.forEach(({asked, cells}, i) => {
      const tr = body.children[i];
      tr.children[0].replaceChildren(`“${EXTREMES[i].prompt}”`, html("small", {}, `such a scene: ${asked.toFixed(0)}`));
      cells.forEach(({pixels, brightness}, j) => {
        canvases[i][j].paint(pixels);
        tr.children[j + 1].lastElementChild!.textContent = spreadText(brightness);
      });
    });
    verdict.textContent = extremesVerdict(
      rows.map(({asked, cells: [{brightness: fromNoise}, {brightness: withTrace}]}, i) => ({
        ...{prompt: EXTREMES[i].prompt, scene: asked, fromNoise, withTrace}
      }))
    );
    const {sampler, steps, guidance, seeds, timestep, alphaCumprod} = extremes;
    const run = `${sampler.toUpperCase()}, ${steps} steps, guidance ${guidance}; the first call is at t = ${timestep}, where training left ${Math.sqrt(alphaCumprod).toFixed(3)} of the picture`;
    words.textContent = `${live ?? `recorded · seeds ${seeds.join(", ")}, the first one's picture shown`} · ${run} · mean brightness from 0 (black) to 255 (white) · the UNet's own schedule, whatever you chose above`;
  }

  async function run(): Promise<void> {
    const mine = (stop = new AbortController());
    const seed = store.state.seed;
    const drawer: Drawer = {
      textToImage: (options) => engine.run("textToImage", options),
      imageToImage: (options) => engine.run("imageToImage", options),
      decode: engine.decode
    };
    const total = 2 * EXTREMES.length * extremes.steps;
    const begun = performance.now();
    let done = 0;
    press.disabled = true;
    cancel.disabled = false;
    try {
      for (const [i, {prompt}] of EXTREMES.entries()) {
        const asked = await ask(i);
        rows[i].asked = brightnessOf(asked);
        for (const [j, trace] of [null, plainOf(asked)].entries()) {
          const drawn = await drawExtreme(drawer, {prompt, seed, trace, signal: mine.signal}, () => {
            done++;
            const left = ((performance.now() - begun) / done / 1000) * (total - done);
            progress.update({label: `Drawing: ${Math.ceil(left)} s left`, done, total});
          });
          rows[i].cells[j] = {pixels: imagePixels(drawn.image), brightness: [drawn.brightness]};
          live = `live, in this browser · seed ${seed}`;
          show();
        }
      }
    } catch {
      // cancelled, or told by the engine's status
    } finally {
      progress.update(null);
      cancel.disabled = true;
      press.disabled = !store.state.ready;
    }
  }

  store.onChange(
    whileVisible(node, ({ready}: NoiseState) => {
      press.disabled = !ready || !cancel.disabled;
    })
  );
  show();
  return Object.assign(node, {
    showRecorded(pictures: readonly Pixels[]): void {
      if (live) return;
      rows.forEach(({cells}, i) =>
        cells.forEach((cell, j) => (cells[j] = {...cell, pixels: pictures[2 * i + j] ?? null}))
      );
      show();
    }
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** "87", or "mean 87 (70 to 103)" of several. */
function spreadText(values: readonly number[]): string {
  const mean = meanOf(values);
  if (values.length === 1) return `brightness ${mean.toFixed(0)}`;
  return `brightness ${mean.toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;
}

/** What the drawings became beside what was asked for, in the words of the numbers. */
export function extremesVerdict(rows: readonly ExtremesRow[]): string {
  const than = (values: readonly number[], scene: number): string => {
    const difference = Math.round(meanOf(values) - scene);
    if (difference === 0) return "as bright";
    return `${Math.abs(difference)} ${difference > 0 ? "brighter" : "darker"}`;
  };
  return rows
    .map(({prompt, scene, fromNoise, withTrace}) => {
      const color = /on a (\w+) background/.exec(prompt)?.[1] ?? prompt;
      const [alone, traced] = [than(fromNoise, scene), than(withTrace, scene)];
      return `The picture on ${color} comes out ${alone} ${alone === "as bright" ? "as" : "than"} such a scene from noise alone, ${traced} with the trace.`;
    })
    .join(" ");
}
