import {html} from "../components/dom.js";
import {colorLegend, heatmap} from "../components/heatmap.js";
import {normalCurves} from "../components/normalCurves.js";
import {imagePixels} from "../components/pixels.js";
import {sequentialScale} from "../components/scales.js";
import {seedField} from "../components/seedField.js";
import {slider} from "../components/slider.js";
import {signed} from "../components/valueBars.js";
import {previewOf} from "../page/look.js";
import {newest} from "../page/newest.js";
import {imageTensor} from "../page/scenes.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {klDivergence, sampleOf} from "../src/models/latents.js";
import {clipped, psnr} from "../src/pictures.js";
import {Generator} from "../src/random.js";
import type {Tensor} from "../src/tensor.js";
import {channelMatrix, latentColor} from "./channels.js";
import {valuesAt} from "./lens.js";
import {varianceOf} from "./mixing.js";
import type {RecordedPictures} from "./recording.js";
import type {AutoencoderState, Coded} from "./state.js";
import {decibels, grouped, tile} from "../page/tile.js";

/** What the figure needs: the state, the decoder, and the recorded answer for the seed it begins with. */
export interface GaussianParts {
  store: Store<AutoencoderState>;
  decode(latents: Tensor): Promise<Tensor>;
  recorded: {pictures: RecordedPictures; seed: number};
}

/** The largest deviation that the map tells apart, in the VAE's own scale. */
const MOST = 0.3;

/** What the encoder says of each latent: not a number but a normal distribution, from which one is thrown. */
export function gaussian({store, decode, recorded}: GaussianParts): HTMLElement {
  const {state} = store;
  const spread = slider("Spread", {
    ...{min: 0, max: 30, step: 0.5, value: state.spread},
    format: (value) => `${value} × σ`
  });
  const seed = seedField(state.sample, {label: "Seed of the sample"});
  const zeros = {values: new Float32Array(256), rows: 16, columns: 16};
  const means = heatmap(zeros, {color: latentColor, label: "Means"});
  const deviations = heatmap(zeros, {color: sequentialScale(MOST), label: "Standard deviations"});
  const curves = normalCurves([], {from: -6, to: 6, title: "the values that a latent may take"});
  const table = cellTable();
  const result = tile("Decoded sample", "The picture decoded from a sample");
  const words = html("p", {class: "measured"});
  spread.addEventListener("input", () => store.set({spread: spread.value}));
  seed.addEventListener("input", () => store.set({sample: seed.value}));

  const queue = newest<{latents: Tensor; coded: Coded; spread: number}, Tensor>({
    work: ({latents}) => decode(latents),
    ready: () => state.ready,
    onWait: ({latents}) =>
      result.update({pixels: previewOf(latents, state.facts.preview), badge: "preview", note: "decoding"}),
    onDone: (image, {coded, spread: times}) => {
      const note = times ? apart(image, coded) : "the means themselves";
      result.update({pixels: imagePixels(image), badge: "live", note});
    }
  });

  const apart = (image: Tensor, {decoded}: Coded) =>
    `PSNR ${decibels(psnr(image, clipped(decoded)))} against the one decoded from the means`;
  const noiseOf = ({latents}: Coded) => new Generator(state.sample).randn(latents.dims);

  onSelected(store, ["coded", "spread", "sample"], ({coded, spread: times}) => {
    if (!coded) return;
    const noise = noiseOf(coded);
    const scaled = {data: noise.data.map((value) => times * value), dims: noise.dims};
    const latents = sampleOf(coded.distribution, scaled, state.facts.scalingFactor);
    const stored = coded.source === "recorded" && state.sample === recorded.seed && times === 1;
    const pixels = stored ? recorded.pictures.get("sample") : undefined;
    if (pixels) result.update({pixels, badge: "recorded", note: apart(imageTensor(pixels), coded)});
    else queue.want({latents, coded, spread: times}, {quiet: state.ready && result.badge === "recorded"});
  });
  onSelected(store, ["coded"], ({coded}) => {
    if (coded) words.textContent = told(coded);
  });
  onSelected(store, ["coded", "channel"], ({coded, channel}) => {
    if (!coded) return;
    const deviation = {data: deviationOf(coded), dims: coded.latents.dims};
    means.update(channelMatrix(coded.distribution.mean, channel), `Means of channel ${channel + 1}`);
    deviations.update(channelMatrix(deviation, channel), `Standard deviations of channel ${channel + 1}`);
  });
  onSelected(store, ["coded", "cell", "channel", "sample", "spread"], ({coded, cell, channel, spread: times}) => {
    if (!coded) return;
    const {distribution} = coded;
    const [mu, logs, noise, kl] = [
      distribution.mean,
      distribution.logVariance,
      noiseOf(coded),
      klDivergence(distribution)
    ].map((tensor) => valuesAt(tensor, cell));
    const sigma = logs.map((log) => Math.exp(log / 2));
    table.update(
      mu.map((mean, i) => row(i, [mean, sigma[i], noise[i], mean + times * sigma[i] * noise[i], kl[i]], i === channel)),
      times
    );
    curves.update([
      {name: "plain noise, N(0, 1)", mean: 0, deviation: 1, tone: "plain"},
      {
        name: `row ${cell.row + 1}, column ${cell.column + 1}, channel ${channel + 1}`,
        mean: mu[channel],
        deviation: sigma[channel]
      }
    ]);
  });
  onSelected(store, ["ready"], ({ready}) => ready && queue.wake());

  const legend = colorLegend(sequentialScale(MOST), {from: 0, to: MOST, title: "standard deviation, before scaling"});
  return html(
    "section",
    {class: "figure wide gaussian", "aria-label": "The distribution that the encoder gives"},
    html("div", {class: "figure-controls"}, spread, seed),
    html(
      "div",
      {class: "figure-row three"},
      html(
        "figure",
        {class: "tile-figure"},
        means,
        html("figcaption", {}, html("b", {}, "Mean μ"), note("of the channel chosen above"))
      ),
      html(
        "figure",
        {class: "tile-figure"},
        deviations,
        html("figcaption", {}, html("b", {}, "Standard deviation σ")),
        legend
      ),
      result
    ),
    html("div", {class: "one-cell"}, curves, table),
    words
  );
}

const note = (text: string) => html("span", {class: "tile-note"}, text);

/** The sums of one place; the sample's head names the spread. */
function cellTable() {
  const heads = ["channel", "μ", "σ", "ε thrown", "", "KL"].map((text) => html("th", {scope: "col"}, text));
  const body = html("tbody", {});
  const node = html(
    "table",
    {class: "cell-table"},
    html("caption", {}, "The place under the lens, before scaling"),
    html("thead", {}, html("tr", {}, ...heads)),
    body
  );
  return Object.assign(node, {
    update(rows: readonly HTMLElement[], spread: number): void {
      heads[4].textContent = spread === 1 ? "z = μ + σ ε" : `z = μ + ${spread} σ ε`;
      body.replaceChildren(...rows);
    }
  });
}

function row(channel: number, [mean, deviation, noise, sample, kl]: readonly number[], chosen: boolean): HTMLElement {
  const cells = [signed(mean, 3), deviation.toFixed(3), signed(noise, 3), signed(sample, 3), kl.toFixed(2)];
  return html(
    "tr",
    {class: chosen ? "chosen" : null},
    html("th", {scope: "row"}, String(channel + 1)),
    ...cells.map((text) => html("td", {}, text))
  );
}

const deviationOf = ({distribution: {logVariance}}: Coded): Float32Array =>
  logVariance.data.map((value) => Math.exp(value / 2));

/** What the whole picture's distribution comes to. */
function told(coded: Coded): string {
  const deviation = deviationOf(coded);
  const typical = deviation.reduce((sum, value) => sum + value, 0) / deviation.length;
  const means = Math.sqrt(varianceOf(coded.distribution.mean));
  const kl = klDivergence(coded.distribution).data.reduce((sum, value) => sum + value, 0);
  return (
    `In this picture σ is ${typical.toFixed(3)} on average, while the means spread by ${means.toFixed(2)}: ` +
    `the noise of a sample is ${(means / typical).toFixed(0)} times smaller than what it is added to. ` +
    `KL to plain noise: ${grouped(kl)} nats in all, ${(kl / deviation.length).toFixed(2)} a number.`
  );
}
