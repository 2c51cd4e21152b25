import {html} from "../components/dom.js";
import {imagePixels} from "../components/pixels.js";
import {seedField} from "../components/seedField.js";
import {slider} from "../components/slider.js";
import {previewOf} from "../page/look.js";
import {newest} from "../page/newest.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {Generator} from "../src/random.js";
import {combine, type Tensor} from "../src/tensor.js";
import {channels, latentLegend} from "./channels.js";
import {DIMS, type RecordedPictures} from "./recording.js";
import type {AutoencoderState} from "./state.js";
import {tile} from "../page/tile.js";

/** What the figure needs: the state, the decoder, and the recorded answer for the seed it begins with. */
export interface NothingParts {
  store: Store<AutoencoderState>;
  decode(latents: Tensor): Promise<Tensor>;
  recorded: {pictures: RecordedPictures; seed: number};
}

/** Latents of nothing but noise, decoded. */
export function nothing({store, decode, recorded}: NothingParts): HTMLElement {
  const {state} = store;
  const loudness = slider("Spread of the noise", {
    ...{min: 0, max: 2, step: 0.05, value: state.loudness},
    format: (value) => value.toFixed(2)
  });
  const seed = seedField(state.nothing, {label: "Seed of these latents"});
  const grid = channels(() => {}, "Latents of noise");
  const result = tile("Decoded", "The picture decoded from pure noise");
  loudness.addEventListener("input", () => store.set({loudness: loudness.value}));
  seed.addEventListener("input", () => store.set({nothing: seed.value}));

  const queue = newest<Tensor, Tensor>({
    work: decode,
    ready: () => state.ready,
    onWait: (latents) =>
      result.update({pixels: previewOf(latents, state.facts.preview), badge: "preview", note: "decoding"}),
    onDone: (image) => result.update({pixels: imagePixels(image), badge: "live", note: "no UNet has seen this"})
  });
  onSelected(store, ["nothing", "loudness", "ready"], ({nothing: thrown, loudness: times, ready}) => {
    const latents = combine([times, new Generator(thrown).randn(DIMS)]);
    grid.update(latents, state.cell);
    const stored = !ready && thrown === recorded.seed && times === 1 ? recorded.pictures.get("nothing") : undefined;
    if (stored) result.update({pixels: stored, badge: "recorded", note: "no UNet has seen this"});
    else queue.want(latents, {quiet: ready && result.badge === "recorded"});
  });

  return html(
    "section",
    {class: "figure wide nothing", "aria-label": "Pure noise, decoded"},
    html("div", {class: "figure-controls"}, loudness, seed),
    html("div", {class: "figure-row two"}, html("div", {class: "noise-latents"}, grid, latentLegend()), result)
  );
}
