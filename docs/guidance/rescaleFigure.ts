import {html} from "../components/dom.js";
import {slider} from "../components/slider.js";
import type {Decoding} from "../page/decoding.js";
import {caption} from "../page/figure.js";
import {previewOf} from "../page/look.js";
import {rescaled} from "../page/rescale.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {guided} from "../src/guidance.js";
import type {Tensor} from "../src/tensor.js";
import {shot, type Shot} from "./shot.js";
import type {GuidanceState} from "./state.js";
import {stdOf} from "./views.js";

/** Guidance rescale on the shown step: what it gives back, without a UNet call. */
export function rescaleFigure({store, decoding}: {store: Store<GuidanceState>; decoding: Decoding}): HTMLElement {
  const share = slider("Guidance rescale", {
    ...{min: 0, max: 1, step: 0.05, value: store.state.rescale, id: "rescale"},
    format: (value) => `φ = ${value.toFixed(2)}${value === 0 ? ": off" : ""}`
  });
  const [before, after] = [shot("x̂₀ without rescale"), shot("x̂₀ with rescale")];
  const words = caption();
  share.addEventListener("input", () => store.set({rescale: share.value}));
  onSelected(store, ["film", "step", "guidance", "rescale", "decoded", "playing"], (state) => {
    const record = state.film.steps[state.step];
    if (!record) return;
    const {guidance, rescale, playing} = state;
    const [plain, mended] = [rescaled(record, guidance), rescaled(record, guidance, rescale)];
    share.value = rescale;
    paint(before, plain.x0, `expected at scale ${guidance.toFixed(1)}`, false);
    paint(
      after,
      rescale ? mended.x0 : plain.x0,
      `expected at scale ${guidance.toFixed(1)} with rescale ${rescale.toFixed(2)}`,
      !playing
    );
    const spread = (tensor: Tensor) => stdOf(tensor).toFixed(3);
    const full = stdOf(record.epsCond) / stdOf(guided(record.epsUncond, record.epsCond, guidance, 0));
    words.textContent =
      `recomputed here at step ${state.step + 1}, w = ${guidance.toFixed(1)} · spread of c ${spread(record.epsCond)}, of ε ${spread(plain.eps)}, so ε is multiplied by ${(rescale * full + 1 - rescale).toFixed(3)} (by ${full.toFixed(3)} with φ = 1)` +
      ` · spread of x̂₀ ${spread(plain.x0)} without rescale, ${spread(mended.x0)} with it`;
  });

  function paint(node: Shot, latents: Tensor, name: string, ask: boolean): void {
    const decoded = decoding.get(latents);
    if (!decoded && ask && near(node)) decoding.want(latents);
    node.show(decoded ?? previewOf(latents, store.state.preview), name, decoded ? "" : "preview");
  }

  return html(
    "section",
    {class: "figure wide", "aria-label": "Guidance rescale on one step"},
    share,
    html("div", {class: "shot-row two"}, before, after),
    words
  );
}

/** Whether a node is in the window: what nobody sees is not decoded. */
function near(node: Element): boolean {
  const {top, bottom} = node.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
