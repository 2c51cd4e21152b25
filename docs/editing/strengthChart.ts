import {lineChart, type Place} from "../components/lineChart.js";
import {codesOf} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {whileVisible} from "../page/visible.js";
import {strengthCode} from "./code.js";
import {entryOf} from "./entry.js";
import {rmsOf} from "./measure.js";
import type {PageParts} from "./parts.js";
import type {PictureRun} from "./run.js";
import {keyOf, type EditingState} from "./state.js";

/** How far the result is from the picture, and from the result of a whole run, by strength. */
export function strengthChart({
  store,
  recorded,
  recording,
  live
}: PageParts & {live: ReadonlyMap<string, PictureRun>}): HTMLElement {
  const chart = lineChart(
    {lines: [], label: ""},
    {
      x: {title: "strength (%)", ticks: [0, 20, 40, 60, 80, 100]},
      y: {title: "distance of the result (root mean square of the latents)"},
      ...{width: 640, height: 300}
    }
  );
  const words = caption();
  const verdict = document.createElement("p");
  verdict.className = "verdict";
  const node = figure(
    "Distance by strength",
    chart,
    verdict,
    words,
    codesOf(store, ["prompt", "seed", "steps", "guidance"], strengthCode)
  );
  const given = recorded.latents.get("picture")!;
  const {steps} = recording;
  const results = Array.from({length: steps}, (_, i) => recorded.latents.get(`enter ${i + 1}`)!);
  const line = (to: Float32Array): Place[] => results.map(({data}, i) => [(100 * (i + 1)) / steps, rmsOf(data, to)]);
  const [fromPicture, fromNoise] = [line(given.data), line(results[steps - 1].data)];

  store.onChange(
    whileVisible(node, (state: EditingState) => {
      const own = liveOf(state, live);
      const lines = [
        {name: "recorded: from the given picture", points: fromPicture, tone: "var(--decoder-strong)", dots: true},
        {
          name: "recorded: from the result at 100 %",
          points: fromNoise,
          tone: "var(--unet-strong)",
          dash: "5 4",
          dots: true
        },
        ...(own.length
          ? [
              {
                name: "live, your runs: from the given picture",
                points: own,
                tone: "var(--text)",
                bare: true,
                dots: true
              }
            ]
          : [])
      ];
      const now = 100 * state.strength;
      const at = fromPicture.reduce((best, place) =>
        Math.abs(place[0] - now) < Math.abs(best[0] - now) ? place : best
      );
      chart.update({
        lines,
        marks: [{at, tone: "var(--decoder-strong)"}],
        domain: {x: [0, 100]},
        label: labelOf(fromPicture, fromNoise)
      });
      verdict.textContent = verdictOf(fromPicture, fromNoise);
      words.textContent = `recorded · scene ${recording.scene}, “${recording.prompt}”, seed ${recording.seed}, ${steps} steps, guidance ${recording.guidance} · two latents that have nothing in common are about 1.4 apart where both have unit spread`;
    })
  );
  return node;
}

/** The reader's own finished runs of what is asked now. */
function liveOf(state: EditingState, live: ReadonlyMap<string, PictureRun>): Place[] {
  return Array.from({length: state.steps}, (_, i): Place | null => {
    const strength = (i + 1) / state.steps;
    const {first} = entryOf(state.scheduler, state.steps, Math.min(1, strength + 1e-9));
    const result = live.get(keyOf(state, first))?.result;
    return result ? [100 * strength, rmsOf(result.data, state.latents.data)] : null;
  }).filter((place) => place !== null);
}

const labelOf = (picture: readonly Place[], noise: readonly Place[]): string =>
  `Distance by strength. From the picture: ${told(picture)}. From the result at 100 %: ${told(noise)}.`;

const told = (line: readonly Place[]): string =>
  line
    .filter((_, i) => i % 4 === 3)
    .map(([x, y]) => `${x.toFixed(0)} %: ${y.toFixed(2)}`)
    .join(", ");

/** What the two curves say: the least strength at which the result is nearer to the whole run's than to the picture. */
export function verdictOf(picture: readonly Place[], noise: readonly Place[]): string {
  const turn = picture.findIndex(([, y], i) => y > noise[i][1]);
  const least = picture[0];
  const start = `At ${least[0].toFixed(0)} % the result is ${least[1].toFixed(2)} from the picture`;
  if (turn < 0) return `${start}, and it stays nearer to the picture than to the result at 100 % at every strength.`;
  return `${start}. From ${picture[turn][0].toFixed(0)} % on it is nearer to what the whole run draws, at 100 %, than to the picture.`;
}
