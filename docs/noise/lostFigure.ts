import {html} from "../components/dom.js";
import {progressBar} from "../components/progressBar.js";
import {timeChart, type Curve, type TimeMark} from "../components/timeChart.js";
import {whileVisible} from "../page/visible.js";
import type {SceneMaker} from "../page/scenes.js";
import type {Engine} from "../src/worker/client.js";
import {figure} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import {lostAt, measureLoss, OTHER_SCENES, TIMESTEPS, type LossRow} from "./measure.js";
import type {NoiseRecording} from "./recording.js";
import type {NoiseState} from "./state.js";

export interface LostParts extends FigureParts {
  readonly engine: Pick<Engine, "decode" | "embedTexts" | "embedImages">;
  readonly maker: Promise<SceneMaker>;
  readonly recording: NoiseRecording;
}

/** What was measured, of which picture, and whether here and now. */
interface Measured {
  readonly rows: readonly LossRow[];
  readonly captions: readonly string[];
  readonly about: string;
}

/** Where the picture is lost: to the decoder (PSNR), to CLIP (cosines), and to the reader's eye. */
export function lostFigure({store, views, engine, maker, recording}: LostParts): HTMLElement {
  const {state, set} = store;
  let measured: Measured = {
    rows: recording.loss,
    captions: recording.captions,
    about: `recorded: scene ${recording.scene}, noise of seed ${recording.seed}`
  };
  let stop: AbortController | null = null;

  const psnr = timeChart(
    {curves: [], t: state.t},
    {title: "Likeness of the decoded picture to the clean one, PSNR in dB", format: tenth}
  );
  const cosine = timeChart(
    {curves: [], t: state.t},
    {title: "CLIP: cosine of the decoded picture and a caption", format: hundredth}
  );
  const eye = html("button", {type: "button", onclick: () => set({eye: state.t, playing: false})}, "Here I lose it");
  const measure = html("button", {type: "button", class: "primary", onclick: () => void run()}, "Measure this picture");
  const progress = progressBar();
  const words = html("p", {class: "verdict"});
  const about = html("figcaption", {class: "caption"});
  const node = figure(
    "Where the picture is lost",
    html("div", {class: "charts"}, psnr, cosine),
    words,
    html("div", {class: "figure-buttons"}, measure, eye, progress),
    about
  );
  for (const chart of [psnr, cosine]) chart.addEventListener("input", () => set({t: chart.value, playing: false}));

  async function run(): Promise<void> {
    stop?.abort();
    const mine = (stop = new AbortController());
    const {subject, table} = state;
    const captions = [subject.caption, ...(await captionsOf(await maker, subject.caption))];
    const rows: LossRow[] = [];
    const begun = performance.now();
    const question = {
      latents: subject.latents,
      eps: views.eps(state),
      captions,
      alphasCumprod: table.alphasCumprod,
      timesteps: TIMESTEPS
    };
    progress.update({label: "Measuring", done: 0, total: TIMESTEPS.length});
    try {
      for await (const row of measureLoss(engine, question)) {
        if (mine.signal.aborted) return;
        rows.push(row);
        measured = {
          rows: [...rows],
          captions,
          about: `live, in this browser: “${subject.caption}”, noise of seed ${state.seed}`
        };
        const left = ((performance.now() - begun) / rows.length / 1000) * (TIMESTEPS.length - rows.length);
        progress.update({
          label: `Measuring at t = ${row.t}: ${Math.ceil(left)} s left`,
          done: rows.length,
          total: TIMESTEPS.length
        });
        draw(state);
      }
    } catch {
      // the engine's status tells
    } finally {
      if (stop === mine) progress.update(null);
    }
  }

  let drawn: {
    of: Measured;
    eye: number | null;
    psnr: readonly Curve[];
    cosine: readonly Curve[];
    marks: readonly TimeMark[];
  } | null = null;
  function draw(state: NoiseState): void {
    if (drawn?.of !== measured || drawn.eye !== state.eye)
      drawn = {of: measured, eye: state.eye, ...curvesOf(measured), marks: marksOf(measured, state.eye)};
    psnr.update({curves: drawn.psnr, t: state.t, marks: drawn.marks});
    cosine.update({curves: drawn.cosine, t: state.t, marks: drawn.marks});
    words.textContent = verdict(measured, state.eye);
    about.textContent = `${measured.about} · ${measured.captions.length} captions, of this scene and of ${measured.captions.length - 1} others · CLIP of ${state.model}`;
    measure.disabled = !state.ready || state.subject.from !== "live";
  }

  store.onChange(whileVisible(node, draw));
  return node;
}

/** Captions of other scenes than the one that is asked about. */
async function captionsOf(maker: SceneMaker, own: string): Promise<string[]> {
  return OTHER_SCENES.map((seed) => maker.make(seed).captions[0].text).filter((text) => text !== own);
}

function curvesOf({rows}: Measured): {psnr: Curve[]; cosine: Curve[]} {
  const points = (value: (row: LossRow) => number) => rows.map((row) => [row.t, value(row)] as const);
  const others = ({cosines}: LossRow) => cosines.slice(1);
  return {
    psnr: [
      {
        name: "decoded",
        points: points(({psnr}) => psnr ?? NaN).filter(([, y]) => !Number.isNaN(y)),
        tone: "c",
        dots: true
      }
    ],
    cosine: [
      {name: "its own caption", points: points(({cosines}) => cosines[0]), tone: "b", dots: true},
      {
        name: "the best of the others",
        points: points((row) => Math.max(...others(row))),
        tone: "a",
        dash: "5 3",
        dots: true
      },
      {
        name: "the others' mean",
        points: points((row) => others(row).reduce((a, b) => a + b) / others(row).length),
        tone: "d",
        dash: "2 3",
        faint: true
      }
    ]
  };
}

function marksOf({rows}: Measured, eye: number | null): TimeMark[] {
  const lost = lostAt(rows);
  return [...(lost === null ? [] : [{t: lost, text: "CLIP"}]), ...(eye === null ? [] : [{t: eye, text: "you"}])];
}

/** What the measurement says, and no more. */
function verdict(measured: Measured, eye: number | null): string {
  const lost = lostAt(measured.rows);
  const clip =
    lost === null
      ? `CLIP finds the picture's own caption the most alike of ${measured.captions.length} at every level that was measured.`
      : `From t = ${lost} on, CLIP finds another caption more alike than the picture's own.`;
  const eyes =
    eye === null
      ? " And your eye? Slide t up, and press the button where you can no longer tell what it is."
      : ` You lost it at t = ${eye}.`;
  return clip + eyes;
}

const tenth = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : "none").replace("-", "−");
const hundredth = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : "none").replace("-", "−");
