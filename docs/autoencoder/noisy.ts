import {html} from "../components/dom.js";
import {imagePixels} from "../components/pixels.js";
import {seedField} from "../components/seedField.js";
import {slider} from "../components/slider.js";
import {previewOf} from "../page/look.js";
import {newest} from "../page/newest.js";
import {imageTensor} from "../page/scenes.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {psnr} from "../src/pictures.js";
import type {Tensor} from "../src/tensor.js";
import {noiseFor, withNoise} from "./mixing.js";
import type {RecordedPictures} from "./recording.js";
import type {AutoencoderState, Coded} from "./state.js";
import {decibels, tile} from "../page/tile.js";

/** What the figure needs: the state, the decoder, and the recorded answer for the ratio and the seed it begins with. */
export interface NoisyParts {
  store: Store<AutoencoderState>;
  decode(latents: Tensor): Promise<Tensor>;
  recorded: {pictures: RecordedPictures; decibels: number; seed: number};
}

/** Noise of one signal-to-noise ratio on the pixels and on the latents of a picture. */
export function noisy({store, decode, recorded}: NoisyParts): HTMLElement {
  const {state} = store;
  const ratio = slider("Signal-to-noise ratio", {
    ...{min: -10, max: 30, step: 1, value: state.snr},
    format: (value) => `${String(value).replace("-", "−")} dB`
  });
  const seed = seedField(state.noise, {label: "Seed of the noise"});
  const pixels = tile("Noise on the pixels");
  const latents = tile("Noise on the latents", "The picture decoded from noised latents");
  const words = html("p", {class: "measured"});
  ratio.addEventListener("input", () => store.set({snr: ratio.value}));
  seed.addEventListener("input", () => store.set({noise: seed.value}));

  const queue = newest<{noised: Tensor; coded: Coded}, Tensor>({
    work: ({noised}) => decode(noised),
    ready: () => state.ready,
    onWait: ({noised}) =>
      latents.update({pixels: previewOf(noised, state.facts.preview), badge: "preview", note: "decoding"}),
    onDone: (image, {coded}) => latents.update({pixels: imagePixels(image), badge: "live", note: against(image, coded)})
  });
  const against = (image: Tensor, {image: original}: Coded) => `PSNR ${decibels(psnr(image, original))}`;

  onSelected(store, ["coded", "snr", "noise"], ({coded, snr, noise}) => {
    if (!coded) return;
    const [ofPixels, ofLatents] = [noiseFor(coded.image, snr), noiseFor(coded.latents, snr)];
    const noisedPixels = withNoise(coded.image, ofPixels, noise);
    pixels.update({pixels: imagePixels(noisedPixels), badge: "live", note: against(noisedPixels, coded)});
    words.textContent =
      `Standard deviation of the noise: ${ofPixels.toFixed(3)} on the pixels, ${ofLatents.toFixed(3)} on the latents. ` +
      `What they are added to has ${Math.sqrt(10 ** (snr / 10)).toFixed(2)} times the standard deviation of the noise. ` +
      `The autoencoder alone, without any noise, has ${decibels(psnr(coded.decoded, coded.image))}.`;
    const known = coded.source === "recorded" && snr === recorded.decibels && noise === recorded.seed;
    const stored = known ? recorded.pictures.get("noise") : undefined;
    if (stored) latents.update({pixels: stored, badge: "recorded", note: against(imageTensor(stored), coded)});
    else
      queue.want(
        {noised: withNoise(coded.latents, ofLatents, noise), coded},
        {quiet: state.ready && latents.badge === "recorded"}
      );
  });
  onSelected(store, ["ready"], ({ready}) => ready && queue.wake());

  return html(
    "section",
    {class: "figure wide", "aria-label": "Noise on pixels and on latents"},
    html("div", {class: "figure-controls"}, ratio, seed),
    html("div", {class: "figure-row two"}, pixels, latents),
    words
  );
}
