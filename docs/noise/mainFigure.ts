import {html} from "../components/dom.js";
import {mixArc} from "../components/mixArc.js";
import {picture} from "../components/picture.js";
import {pictureSum} from "../components/pictureSum.js";
import {symbol} from "../components/symbol.js";
import type {Decoding} from "../page/decoding.js";
import {previewOf} from "../page/look.js";
import type {Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {caption, figure} from "../page/figure.js";
import {isTrained, scheduleNames, type NoiseState} from "./state.js";
import type {Views} from "./views.js";

/** What figures of this page draw on. */
export interface FigureParts {
  readonly store: Store<NoiseState>;
  readonly views: Views;
  readonly decoding: Decoding;
}

/** [x0] × sqrt(ᾱ) + [ε] × sqrt(1 - ᾱ) = [xt], and what the decoder makes of it. */
export function mainFigure({store, views, decoding}: FigureParts, chooser: HTMLElement): HTMLElement {
  const sum = pictureSum(
    [
      {symbol: () => symbol("x", {index: "0"}), name: "clean latents", tone: "signal"},
      {sign: "+", symbol: () => symbol("ε"), name: "noise", tone: "noise"},
      {sign: "=", symbol: () => symbol("x", {index: "t"}), name: "noised latents"}
    ],
    [{pixels: null}, {pixels: null}, {pixels: null}],
    {label: "Noised latents as a sum of pictures"}
  );
  const large = picture({pixels: null, name: "The noised latents, decoded", badges: [], finished: false});
  const arc = mixArc(store.state.table.alphasCumprod[store.state.t], store.state.t);
  const words = caption(captionOf(store.state)); // at once: what stands below does not jump
  const node = figure(
    "A picture under noise",
    chooser,
    html(
      "div",
      {class: "noising"},
      sum,
      html("div", {class: "decodes"}, html("span", {class: "decoder-arrow"}, "decoder"), large),
      arc
    ),
    words
  );

  store.onChange(
    whileVisible(node, (state: NoiseState) => {
      const {subject, t, table, preview, ready, playing} = state;
      const alpha = table.alphasCumprod[t];
      const xt = views.xt(state);
      sum.update([
        {pixels: previewOf(subject.latents, preview), coefficient: Math.sqrt(alpha)},
        {pixels: previewOf(views.eps(state), preview), coefficient: Math.sqrt(1 - alpha)},
        {pixels: previewOf(xt, preview)}
      ]);
      large.update({
        ...views.shown(state),
        name: `“${subject.caption}” at t = ${t}, decoded`,
        finished: false
      });
      arc.update(alpha, t);
      words.textContent = captionOf(state);
      if (ready && subject.from === "live" && !playing) decoding.want(xt);
    })
  );
  return node;
}

/** Live or recorded, the picture, the noise, the schedule, the model. */
function captionOf({subject, seed, model, ...choice}: NoiseState): string {
  const where = subject.from === "live" ? "live, in this browser" : "recorded";
  const schedule = scheduleNames[choice.schedule];
  return [
    where,
    subject.scene === null ? subject.caption : `scene ${subject.scene}: “${subject.caption}”`,
    `noise of seed ${seed}`,
    `${schedule} schedule${isTrained(choice) ? ", as the model was trained" : ", your own: the model knows another"}`,
    `autoencoder of ${model}`,
    `latents ${subject.latents.dims[2]} × ${subject.latents.dims[3]} × ${subject.latents.dims[1]}, their four numbers shown as a colour`
  ].join(" · ");
}
