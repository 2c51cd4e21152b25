import {html, prefersReducedMotion} from "../components/dom.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import type {PictureSource} from "../components/pictureSource.js";
import {slider} from "../components/slider.js";
import {previewOf} from "../page/look.js";
import {newest} from "../page/newest.js";
import {imageTensor} from "../page/scenes.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {clipped, psnr} from "../src/pictures.js";
import type {Tensor} from "../src/tensor.js";
import {mixed} from "./mixing.js";
import type {RecordedPictures} from "./recording.js";
import type {SeedWalk} from "./seedWalk.js";
import type {AutoencoderState} from "./state.js";
import {decibels, tile} from "../page/tile.js";

/** What the figure needs: the state, the decoder, the control that chooses the second picture, and the walk between seeds. */
export interface WalkParts {
  store: Store<AutoencoderState>;
  decode(latents: Tensor): Promise<Tensor>;
  source: PictureSource;
  chooseTo(picture: NonNullable<PictureSource["value"]>): void;
  recorded: RecordedPictures;
  seeds: SeedWalk;
  invalidation: Promise<void>;
}

/** A walk as an element that can be played from the page. */
export type Walk = HTMLElement & {play(): void};

const [FRAME, STRIDE] = [160, 0.05];

/** From one picture to another: mixed in pixels, mixed in latents, and by two seeds of one prompt. */
export function walk({store, decode, source, chooseTo, recorded, seeds, invalidation}: WalkParts): Walk {
  const {state} = store;
  const share = slider("Share of the second picture", {
    ...{min: 0, max: 1, step: 0.05, value: state.share},
    format: (value) => `${Math.round(100 * value)} %`
  });
  const play = html("button", {type: "button", class: "chip"}, "Walk");
  const inPixels = tile("Mixed in pixels");
  const inLatents = tile("Mixed in latents, decoded", "The picture decoded from mixed latents");
  const words = html("p", {class: "measured"});
  let timer: ReturnType<typeof setInterval> | undefined;

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "Walk";
  }

  function start(): void {
    if (prefersReducedMotion()) return store.set({share: state.share < 1 ? Math.min(1, state.share + 0.25) : 0});
    stop();
    if (state.share >= 1) store.set({share: 0});
    play.textContent = "Pause";
    timer = setInterval(() => {
      const next = Math.min(1, Math.round((state.share + STRIDE) * 20) / 20);
      store.set({share: next});
      if (next === 1) stop();
    }, FRAME);
  }

  play.addEventListener("click", () => (timer ? stop() : start()));
  share.addEventListener("input", () => {
    stop();
    store.set({share: share.value});
  });
  source.addEventListener("input", () => {
    if (source.value) chooseTo(source.value);
  });
  void invalidation.then(stop);

  const queue = newest<{latents: Tensor; pixels: Tensor; share: number}, Tensor>({
    work: ({latents}) => decode(latents),
    ready: () => state.ready,
    onWait: ({latents}) =>
      inLatents.update({pixels: previewOf(latents, state.facts.preview), badge: "preview", note: "decoding"}),
    onDone: (image, {pixels, share: at}) => {
      inLatents.update({pixels: imagePixels(image), badge: "live", note: `${percent(at)} of the second picture`});
      tell(image, pixels);
    }
  });

  function tell(image: Tensor, pixels: Tensor): void {
    words.textContent =
      `Measured here: the two pictures above have a PSNR of ${decibels(psnr(image, clipped(pixels)))} against each other. ` +
      `The higher it is, the more mixing latents is the same as cross-fading pixels.`;
  }

  onSelected(store, ["coded", "toCoded", "share"], ({coded, toCoded, share: at}) => {
    share.value = at;
    if (!coded || !toCoded) return;
    const pixels = mixed(coded.image, toCoded.image, at);
    inPixels.update({pixels: imagePixels(pixels), badge: "live", note: `${percent(at)} of the second picture`});
    const stored = recordedAt(at);
    if (coded.source === "recorded" && toCoded.source === "recorded" && stored) {
      inLatents.update({pixels: stored, badge: "recorded", note: `${percent(at)} of the second picture`});
      tell(imageTensor(stored), pixels);
    } else
      queue.want(
        {latents: mixed(coded.latents, toCoded.latents, at), pixels, share: at},
        {quiet: state.ready && inLatents.badge === "recorded"}
      );
  });
  onSelected(store, ["ready"], ({ready}) => ready && queue.wake());

  const recordedAt = (at: number): Pixels | undefined => recorded.get(`walk ${at}`);
  const node = html(
    "section",
    {class: "figure wide walk", "aria-label": "A walk between two pictures"},
    html("div", {class: "figure-controls"}, html("div", {class: "walk-share"}, share, play), source),
    html("div", {class: "figure-row three"}, inPixels, inLatents, seeds.tile),
    words,
    seeds.controls
  );
  return Object.assign(node, {play: start});
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
