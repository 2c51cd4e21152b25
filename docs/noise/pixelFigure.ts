import {html} from "../components/dom.js";
import {picture} from "../components/picture.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {imageTensor} from "../page/scenes.js";
import {whileVisible} from "../page/visible.js";
import {noised} from "../src/forward.js";
import {Generator} from "../src/random.js";
import type {Tensor} from "../src/tensor.js";
import {figure, titled} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import type {NoiseState} from "./state.js";

/** The same recipe on latents, as Stable Diffusion does it, and on pixels, as the first diffusion models did. */
export function pixelFigure({store, views}: FigureParts): HTMLElement {
  const side = () => picture({pixels: null, name: "", badges: [], finished: false});
  const [latents, pixels] = [side(), side()];
  const node = figure(
    "Noise on latents and on pixels",
    html(
      "div",
      {class: "compared"},
      titled(latents, html("b", {}, "Latents noised"), ", then decoded: what Stable Diffusion does. 1,024 numbers."),
      titled(
        pixels,
        html("b", {}, "Pixels noised"),
        ", for comparison: what the first diffusion models did. 49,152 numbers."
      )
    )
  );
  const images = new WeakMap<Pixels, Tensor>();
  let noise: {seed: number; value: Tensor} | null = null;

  function noisedPixels({subject, seed, table, t}: NoiseState): Pixels | null {
    if (!subject.pixels) return null;
    if (!images.has(subject.pixels)) images.set(subject.pixels, imageTensor(subject.pixels));
    const image = images.get(subject.pixels)!;
    if (noise?.seed !== seed) noise = {seed, value: new Generator(seed).randn(image.dims)};
    return imagePixels(noised(image, noise.value, table.alphasCumprod[t]));
  }

  store.onChange(
    whileVisible(node, (state: NoiseState) => {
      const name = (what: string) => `“${state.subject.caption}”, ${what} noised at t = ${state.t}`;
      latents.update({...views.shown(state), name: name("latents"), finished: false});
      pixels.update({pixels: noisedPixels(state), name: name("pixels"), badges: ["computed here"], finished: false});
    })
  );
  return node;
}
