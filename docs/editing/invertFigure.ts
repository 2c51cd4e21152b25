import {html} from "../components/dom.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {lineChart} from "../components/lineChart.js";
import {slider} from "../components/slider.js";
import {codeRow} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {imageTensor} from "../page/scenes.js";
import {onSelected} from "../page/selected.js";
import {decibels, tile} from "../page/tile.js";
import {psnr} from "../src/pictures.js";
import type {Tensor} from "../src/tensor.js";
import {invertCode} from "./code.js";
import {drawRun} from "./drawing.js";
import {formulaLines, inversionText} from "./formulas.js";
import {lengthOf, rmsOf} from "./measure.js";
import type {PageParts} from "./parts.js";
import {press} from "./press.js";
import type {WayBack} from "./recording.js";
import {idOf, shownIn, type EditingState} from "./state.js";

/** A way back that was drawn here. */
interface LiveBack extends WayBack {
  readonly pixels: Pixels;
}

/** DDIM inversion: from the picture to its noise, and back, with and without guidance. */
export function invertFigure({store, engine, turns, look, recorded, recording}: PageParts) {
  const {state, set} = store;
  const {inversion} = recording;
  const scale = slider("Guidance of the way back", {min: 1, max: 12, step: 1, value: state.back, id: "back-guidance"});
  const tiles = {
    given: tile("The picture", "The given picture"),
    noise: tile("Its noise", "The noise found by inversion"),
    back: tile("Drawn back from it", "The picture drawn from the noise found"),
    other: tile("Drawn from it with the prompt above", "The picture drawn from the noise found, with other words")
  };
  const chart = lineChart(
    {lines: [], label: ""},
    {
      x: {title: "guidance scale of the way back"},
      y: {title: "error (root mean square of the latents)"},
      width: 640,
      height: 260
    }
  );
  const verdict = html("p", {class: "verdict"});
  const words = caption();
  const codes = codeRow();
  const formula = formulaLines();
  let noise = {key: "", value: recorded.latents.get("noise")!};
  let live: {key: string; backs: LiveBack[]; coded: number} = {key: "", backs: [], coded: 0};
  const keyNow = (now: EditingState) => JSON.stringify([idOf(now.latents), shownIn(now), now.steps]);
  const isRecorded = (now: EditingState) =>
    now.latents === recorded.latents.get("picture") ||
    (now.picture?.seed === recording.scene && !now.shows.trim() && now.steps === recording.steps);

  const button = press(turns, "Invert and draw back here", async (signal, report) => {
    const {latents, picture, steps, seed} = state;
    const [key, prompt, guidance] = [keyNow(state), shownIn(state), state.back];
    if (!prompt || !picture) throw new Error("say what the picture shows, in the figure above");
    if (noise.key !== key) {
      const there = await drawRun(
        engine,
        "inversion",
        {prompt, image: latents, steps, signal},
        {numSteps: steps, report, label: "To the noise, step"}
      );
      const found = there.frames.at(-1)?.prev;
      if (signal.aborted || !found) return;
      noise = {key, value: found};
      show();
    }
    const options = {prompt, seed, steps, guidance, sampler: "ddim", latents: noise.value, signal};
    const run = await drawRun(engine, "textToImage", options, {numSteps: steps, report, label: "And back, step"});
    if (!run.result) return;
    const image = await engine.decode(run.result);
    const given = imageTensor(picture.pixels);
    const coded = live.key === key ? live.coded : psnr(await engine.decode(latents), given);
    const back = {
      guidance,
      error: rmsOf(run.result.data, latents.data),
      psnr: psnr(image, given),
      pixels: imagePixels(image)
    };
    live = {
      ...{key, coded},
      backs: [...(live.key === key ? live.backs.filter((old) => old.guidance !== guidance) : []), back].sort(
        (a, b) => a.guidance - b.guidance
      )
    };
    show();
  });

  function show(): void {
    const own = live.key === keyNow(state) ? live.backs : [];
    const known = isRecorded(state);
    const now = state.back;
    const mine = own.find(({guidance}) => guidance === now);
    const stored = known ? inversion.back.find(({guidance}) => guidance === now) : undefined;
    const found: Tensor | null =
      noise.key === keyNow(state) ? noise.value : known ? recorded.latents.get("noise")! : null;
    const result = recorded.latents.get(`back ${now}`);
    const told = mine ?? stored;
    tiles.given.update({pixels: state.picture?.pixels ?? null, badge: null, note: `“${shownIn(state)}”`});
    tiles.noise.update({
      pixels: found && look(found),
      badge: found ? (noise.value === found && noise.key ? "live" : "recorded") : null,
      note: found ? `spread ${lengthOf(found).toFixed(2)}; true noise has 1.00` : "press to find it"
    });
    tiles.back.update({
      pixels: mine?.pixels ?? (stored && result ? look(result) : null),
      badge: mine ? "live" : stored ? "recorded" : null,
      note: told
        ? `error ${told.error.toFixed(3)}, ${decibels(told.psnr)} against the picture`
        : "not drawn yet at this scale"
    });
    const changed = recorded.latents.get("changed")!;
    tiles.other.update({
      pixels: known ? look(changed) : null,
      badge: known ? "recorded" : null,
      note: known ? `“${recording.prompt}”, guidance ${recording.guidance}` : "recorded for the page’s own scene only"
    });
    const line = (list: readonly WayBack[]) => list.map(({guidance, error}) => [guidance, error] as const);
    chart.update({
      lines: [
        {
          name: `recorded: scene ${recording.scene}`,
          points: line(inversion.back),
          tone: "var(--unet-strong)",
          dots: true
        },
        ...(own.length
          ? [{name: "live: your picture", points: line(own), tone: "var(--text)", dots: true, bare: own.length < 2}]
          : [])
      ],
      marks: told ? [{at: [told.guidance, told.error] as const, tone: "var(--unet-strong)"}] : [],
      domain: {x: [1, 12], y: [0, 1.1 * Math.max(...[...inversion.back, ...own].map(({error}) => error))]},
      label: `Error of the way back by guidance: ${inversion.back.map(({guidance, error}) => `${guidance}: ${error.toFixed(3)}`).join(", ")}`
    });
    formula.update(...inversionText(state.scheduler, state.steps, found && lengthOf(found)));
    verdict.textContent = verdictOf(inversion.back, inversion.bySteps);
    const source = mine ? "live, in this browser" : stored ? "recorded" : "not drawn yet";
    const coded = mine ? live.coded : stored ? inversion.coded : null;
    const bound = coded === null ? "" : ` · the autoencoder alone gives the picture back with ${decibels(coded)}`;
    words.textContent = `${source} · inverted without guidance, with the words of what the picture shows · DDIM · ${state.steps} steps each way${bound}`;
  }

  const showCodes = (): void =>
    codes.update(invertCode({...state, shows: shownIn(state) || recording.caption, scale: state.back}));
  scale.addEventListener("input", () => set({back: scale.value}));
  onSelected(store, ["picture", "shows", "prompt", "seed", "steps", "guidance", "back"], showCodes);
  onSelected(store, ["picture", "latents", "shows", "steps", "decoded", "ready", "preview", "back"], (now) => {
    button.enabled = now.ready;
    show();
  });
  const node = figure(
    "There and back",
    html("div", {class: "figure-controls"}, scale, button),
    html("div", {class: "edit-tiles"}, tiles.given, tiles.noise, tiles.back, tiles.other),
    html("div", {class: "chart-pair"}, chart, verdict),
    words,
    codes
  );
  return Object.assign(node, {formula});
}

/** What the recorded ways back show, in their own numbers. */
export function verdictOf(
  back: readonly WayBack[],
  bySteps: readonly {readonly steps: number; readonly error: number}[]
): string {
  const at = (scale: number): WayBack =>
    back.reduce((best, way) => (Math.abs(way.guidance - scale) < Math.abs(best.guidance - scale) ? way : best));
  const [none, most] = [at(1), back[back.length - 1]];
  const steps = bySteps.map(({steps: count, error}) => `${error.toFixed(3)} with ${count}`).join(", ");
  const times = most.error / none.error;
  return `Recorded: without guidance the latents come back with an error of ${none.error.toFixed(3)}; with a scale of ${most.guidance} it is ${most.error.toFixed(3)}, ${times.toFixed(1)} times as much. More steps make the way without guidance more exact: ${steps} steps each way.`;
}
