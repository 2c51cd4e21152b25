import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {previewOf} from "../page/look.js";
import {whileVisible} from "../page/visible.js";
import {figure} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import type {NoiseState} from "./state.js";

/** Four levels that are worth a look. */
export const LEVELS = [100, 300, 500, 800] as const;

/** One scene at four noise levels: the same picture, the same noise, other shares. Press one to go there. */
export function levelStrip({store, views, decoding}: FigureParts): HTMLElement {
  const cells = LEVELS.map((t) => {
    const [latents, decoded, words] = [pixelCanvas(null), pixelCanvas(null, {smooth: true}), html("span")];
    const button = html("button", {type: "button", class: "level", onclick: () => store.set({t, playing: false})});
    button.append(html("span", {class: "level-pictures"}, latents, decoded), words);
    return {t, button, latents, decoded, words};
  });
  const node = figure(
    "One scene at four noise levels",
    html("div", {class: "levels"}, ...cells.map(({button}) => button))
  );

  store.onChange(
    whileVisible(node, (state: NoiseState) => {
      for (const {t, button, latents, decoded, words} of cells) {
        const xt = views.xt(state, t);
        const {pixels, badges} = views.shown(state, t);
        latents.paint(previewOf(xt, state.preview));
        decoded.paint(pixels);
        const alpha = state.table.alphasCumprod[t];
        const shares = `picture ${Math.sqrt(alpha).toFixed(2)}, noise ${Math.sqrt(1 - alpha).toFixed(2)}`;
        words.replaceChildren(html("b", {}, `t = ${t}`), ` ${shares}`, html("small", {}, badges.join(", ")));
        button.setAttribute("aria-pressed", String(state.t === t));
      }
      if (state.ready && state.subject.from === "live" && !state.playing)
        decoding.later(LEVELS.map((t) => views.xt(state, t)));
    })
  );
  return node;
}
