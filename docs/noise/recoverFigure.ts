import {html} from "../components/dom.js";
import {picture} from "../components/picture.js";
import {pictureSum} from "../components/pictureSum.js";
import {slider} from "../components/slider.js";
import {symbol} from "../components/symbol.js";
import {previewOf} from "../page/look.js";
import {whileVisible} from "../page/visible.js";
import {denoised} from "../src/forward.js";
import {Generator} from "../src/random.js";
import {combine, type Tensor} from "../src/tensor.js";
import {figure} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import type {NoiseState} from "./state.js";

/** The seed of the error is another than that of the noise. */
export const ERROR_SEED = 1_000_003;

/**
 * A noise that is partly wrong and still unit normal: sqrt(1 - wrong²) eps + wrong · another noise.
 * @param wrong the amplitude of the wrong part, 0 ... 1
 */
export function wrongNoise(eps: Tensor, wrong: number): Tensor {
  const other = new Generator(ERROR_SEED).randn(eps.dims);
  return combine([Math.sqrt(1 - wrong ** 2), eps], [wrong, other]);
}

/** Root of the mean squared difference. */
export function rmsDifference(a: Tensor, b: Tensor): number {
  return Math.sqrt(a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0) / a.data.length);
}

/** xt less its noise: exact with the right noise, and with a wrong one wrong by sigma times as much. */
export function recoverFigure({store, views, decoding}: FigureParts): HTMLElement {
  const sum = pictureSum(
    [
      {symbol: () => symbol("x", {index: "t"}), name: "noised latents", tone: "signal"},
      {sign: "−", symbol: () => symbol("ε′"), name: "noise that we take away", tone: "noise"},
      {sign: "=", symbol: () => symbol("x", {hat: true, index: "0"}), name: "what comes back"}
    ],
    [{pixels: null}, {pixels: null}, {pixels: null}],
    {label: "Clean latents as a difference of pictures", most: 15}
  );
  const large = picture({pixels: null, name: "What comes back, decoded", badges: [], finished: false});
  const wrong = slider("Wrong part of the noise", {
    min: 0,
    max: 1,
    step: 0.01,
    value: store.state.wrong,
    format: (share) => `${Math.round(100 * share)} %`
  });
  const words = html("p", {class: "verdict"});
  const node = figure("The way back", wrong, html("div", {class: "noising two"}, sum, large), words);
  wrong.addEventListener("input", () => store.set({wrong: wrong.value}));

  const known = new Map<string, Tensor>();
  let last: Tensor | null = null;
  function recovered(state: NoiseState, eps: Tensor): Tensor {
    const xt = views.xt(state);
    const key = [state.t, state.wrong, state.seed].join();
    if (last !== state.subject.latents) known.clear();
    last = state.subject.latents;
    const made = known.get(key);
    if (made && views.xt(state) === xt) return made;
    const result = denoised(xt, eps, state.table.alphasCumprod[state.t]);
    known.set(key, result);
    return result;
  }

  store.onChange(
    whileVisible(node, (state: NoiseState) => {
      const {t, table, preview, subject, ready, playing} = state;
      const alpha = table.alphasCumprod[t];
      const eps = wrongNoise(views.eps(state), state.wrong);
      const x0 = recovered(state, eps);
      const decoded = decoding.get(x0);
      wrong.value = state.wrong;
      sum.update([
        {pixels: previewOf(views.xt(state), preview), coefficient: 1 / Math.sqrt(alpha)},
        {pixels: previewOf(eps, preview), coefficient: Math.sqrt((1 - alpha) / alpha)},
        {pixels: previewOf(x0, preview)}
      ]);
      large.update({
        pixels: decoded ?? previewOf(x0, preview),
        name: `What comes back of “${subject.caption}” at t = ${t}, decoded`,
        badges: decoded ? ["live", "decoded"] : ["computed here", "preview"],
        finished: false
      });
      words.replaceChildren(
        ...verdict(rmsDifference(eps, views.eps(state)), rmsDifference(x0, subject.latents), alpha, t)
      );
      if (ready && subject.from === "live" && !playing) decoding.want(x0);
    })
  );
  return node;
}

function verdict(noiseError: number, error: number, alpha: number, t: number): (Node | string)[] {
  const sigma = Math.sqrt((1 - alpha) / alpha);
  return [
    `Mean error of the noise (root of the mean square): ${noiseError.toFixed(3)}. Mean error of the latents that come back: `,
    html("b", {}, error.toFixed(3)),
    `. At t = ${t} an error in the noise comes back `,
    html("b", {}, `${sigma.toFixed(2)} times`),
    ` as large.`
  ];
}
