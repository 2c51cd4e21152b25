import {html} from "../components/dom.js";
import {progressBar} from "../components/progressBar.js";
import {timeChart, type Curve, type TimeMark} from "../components/timeChart.js";
import {whileVisible} from "../page/visible.js";
import type {SceneMaker} from "../page/scenes.js";
import {clipped} from "../src/pictures.js";
import type {Engine} from "../src/worker/client.js";
import {figure} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import {decoderLostAt, lostAt, measureLoss, OTHER_SCENES, plainLikeness, TIMESTEPS, type LossRow} from "./measure.js";
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
  /** Likeness of the clean picture to its own mean colour, in dB. */
  readonly plain: number;
  readonly captions: readonly string[];
  readonly about: string;
}

/** Where the picture is lost: to the decoder (PSNR), to CLIP (cosines), and to the reader's eye. */
export function lostFigure({store, views, engine, maker, recording}: LostParts): HTMLElement {
  const {state, set} = store;
  let measured: Measured = {
    rows: recording.loss,
    plain: recording.plain,
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
      const plain = plainLikeness(clipped(await engine.decode(subject.latents)));
      for await (const row of measureLoss(engine, question)) {
        if (mine.signal.aborted) return;
        rows.push(row);
        measured = {
          rows: [...rows],
          plain,
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
    marks: ReturnType<typeof marksOf>;
  } | null = null;
  function draw(state: NoiseState): void {
    if (drawn?.of !== measured || drawn.eye !== state.eye)
      drawn = {of: measured, eye: state.eye, ...curvesOf(measured), marks: marksOf(measured, state.eye)};
    psnr.update({curves: drawn.psnr, t: state.t, marks: drawn.marks.psnr});
    cosine.update({curves: drawn.cosine, t: state.t, marks: drawn.marks.cosine});
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

function curvesOf({rows, plain}: Measured): {psnr: Curve[]; cosine: Curve[]} {
  const points = (value: (row: LossRow) => number) => rows.map((row) => [row.t, value(row)] as const);
  const others = ({cosines}: LossRow) => cosines.slice(1);
  return {
    psnr: [
      {
        name: "the decoded picture",
        points: points(({psnr}) => psnr ?? NaN).filter(([, y]) => !Number.isNaN(y)),
        tone: "c",
        dots: true
      },
      {
        name: "a plain picture of its mean colour",
        points: [
          [TIMESTEPS[0], plain],
          [TIMESTEPS.at(-1)!, plain]
        ],
        tone: "d",
        dash: "2 3",
        faint: true
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

/** Who lost the picture, and when: the decoder's mark stands in its chart, CLIP's in the other, the reader's in both. */
function marksOf({rows, plain}: Measured, eye: number | null): {psnr: TimeMark[]; cosine: TimeMark[]} {
  const mark = (t: number | null, text: string): TimeMark[] => (t === null ? [] : [{t, text}]);
  const you = mark(eye, "you");
  return {
    psnr: [...mark(decoderLostAt(rows, plain), "decoder"), ...you],
    cosine: [...mark(lostAt(rows), "CLIP"), ...you]
  };
}

/** What the measurement says, and no more. */
function verdict(measured: Measured, eye: number | null): string {
  const [decoder, lost] = [decoderLostAt(measured.rows, measured.plain), lostAt(measured.rows)];
  const decoded =
    decoder === null
      ? `At every level that was measured, the decoded picture is nearer to the clean one than a plain colour is. `
      : `From t = ${decoder} on, a plain picture of the mean colour is nearer to the clean one than what the decoder paints. `;
  const clip =
    lost === null
      ? `CLIP finds the picture's own caption the most alike of ${measured.captions.length} at every level that was measured.`
      : `From t = ${lost} on, CLIP finds another caption more alike than the picture's own.`;
  const eyes =
    eye === null
      ? " And your eye? Slide t up, and press the button where you can no longer tell what it is."
      : ` You lost it at t = ${eye}.`;
  return decoded + clip + eyes;
}

const tenth = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : "none").replace("-", "−");
const hundredth = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : "none").replace("-", "−");
