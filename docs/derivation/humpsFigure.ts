import {densityPlot} from "../components/densityPlot.js";
import {html} from "../components/dom.js";
import {slider} from "../components/slider.js";
import {figure} from "../page/figure.js";
import type {Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {densityOf} from "../src/gaussian.js";
import {divergenceFromMixture, humps, mixtureDensity, nearestGaussian, posteriorOfMixture} from "../src/posterior.js";
import {shown, stepOf, worldOf, type DerivationState} from "./state.js";

/** q(x_s | xt) without x0, in a world of two blobs on a line: two humps for a big step, nearly one Gaussian for a small one. */
export function humpsFigure({state, set, onChange}: Store<DerivationState>): HTMLElement {
  const title = "What one number may have been, when the clean value is not known";
  const plot = densityPlot({curves: []}, {title});
  const back = slider("How far back", {
    min: 1,
    max: 998,
    value: state.back,
    format: (k) => `${Math.min(k, state.t)} timesteps`,
    id: "how-far"
  });
  const xt = slider("Noised value", {
    min: -3,
    max: 3,
    step: 0.01,
    value: state.xt,
    format: (x) => shown(x, 2),
    id: "noised"
  });
  const apart = slider("Blobs at ±", {
    min: 0.2,
    max: 2,
    step: 0.01,
    value: state.apart,
    format: (x) => shown(x, 2),
    id: "apart"
  });
  const words = html("p", {class: "verdict"});
  const node = figure(title, plot, html("div", {class: "figure-controls"}, back, xt, apart), words);
  back.addEventListener("input", () => set({back: back.value}));
  xt.addEventListener("input", () => set({xt: xt.value}));
  apart.addEventListener("input", () => set({apart: apart.value}));
  plot.addEventListener("input", () => {
    if (plot.value) set({xt: Math.min(3, Math.max(-3, plot.value.x))});
  });

  onChange(
    whileVisible(node, (next: DerivationState) => {
      const step = stepOf(next);
      const mixture = posteriorOfMixture(worldOf(next), next.xt, step);
      const gaussian = nearestGaussian(mixture);
      const count = humps(mixture, {from: -3.5, to: 3.5});
      const kl = divergenceFromMixture(mixture, gaussian);
      plot.update({
        curves: [
          {
            name: "q(x at the earlier t, given xₜ)",
            density: (x) => mixtureDensity(mixture, x),
            tone: "a",
            filled: true
          },
          {name: "the best Gaussian for it", density: (x) => densityOf(gaussian, x), tone: "d", dash: "6 3"}
        ],
        places: [{x: next.xt, text: "xₜ", tone: "c", key: "xt"}]
      });
      back.value = next.back;
      xt.value = next.xt;
      apart.value = next.apart;
      words.replaceChildren(
        `From t = ${next.t} to ${step.s}: `,
        html("b", {}, count === 1 ? "one hump" : `${count} humps`),
        `. A Gaussian in its place is wrong by a KL divergence of `,
        html("b", {}, `${kl < 0.00095 ? kl.toExponential(1).replace("-", "−") : shown(kl, 3)} nats`),
        `. The two blobs share the answer ${mixture.map(({share}) => `${(100 * share).toFixed(0)} %`).join(" to ")}.`
      );
    })
  );
  return node;
}
