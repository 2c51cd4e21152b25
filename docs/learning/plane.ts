import {blobWorld} from "../components/blobWorld.js";
import {html} from "../components/dom.js";
import {rowBars} from "../components/rowBars.js";
import {slider} from "../components/slider.js";
import {noisedWorld} from "../src/world/noisedWorld.js";
import {exampleWorld, type Point} from "../src/world/world.js";
import {codeRow, withCodes} from "../page/codes.js";
import {planeCode} from "./code.js";
import {rulerOf, type FigureParts} from "./guess.js";

/** The 2-D world under noise: which blob may a noised point have come from, and what is the mean of them all? */
export function plane({alphasCumprod, store}: Pick<FigureParts, "alphasCumprod" | "store">): HTMLElement {
  const {planeT, x: x0, y: y0} = store.state;
  const timestep = slider("Timestep in the plane", {
    ...{min: 0, max: 999, value: planeT, id: "plane-timestep"},
    format: (t) => rulerOf(t, alphasCumprod[t])
  });
  let point: Point = [x0, y0];
  const view = blobWorld(
    {world: exampleWorld},
    {
      label: "Blobs under noise; an arrow leads from a noised point to the mean of what it may have been",
      onPoint: follow
    }
  );
  const origins = rowBars([], {label: "Probability that the point comes from each blob"});
  const words = html("p", {class: "caption", "aria-live": "polite"});
  const lines = codeRow();
  const [x, y] = ["Point x", "Point y"].map((name, axis) =>
    slider(name, {
      ...{min: -2.4, max: 2.4, step: 0.05, value: point[axis], id: `plane-${axis ? "y" : "x"}`},
      format: (value) => shown([value], 2)
    })
  );

  function follow(at: Point | null): void {
    if (!at) return;
    point = at;
    [x.value, y.value] = at;
    update();
  }

  function update(): void {
    store.set({planeT: timestep.value, x: point[0], y: point[1]});
    const world = view.value;
    const alphaCumprod = alphasCumprod[timestep.value];
    const at = noisedWorld(world, alphaCumprod);
    const mean = at.posteriorMean(point);
    view.update({world, alphaCumprod, arrows: [{from: point, to: mean}]});
    origins.update(
      [...at.weights(point)].map((share, i) => ({
        label: `${world[i].label}, at (${shown(world[i].mean, 1)})`,
        share,
        value: share.toFixed(3),
        tint: world[i].label === "teal" ? "teal" : "orange"
      }))
    );
    lines.update(planeCode(world, timestep.value, point));
    words.textContent = `computed here, exactly · xt = (${shown(point, 2)}) · mean of what it was, E[x0 | xt] = (${shown(mean, 2)})`;
  }

  for (const [axis, control] of [x, y].entries()) {
    control.addEventListener("input", () => {
      point = axis ? [point[0], control.value] : [control.value, point[1]];
      update();
    });
  }
  timestep.addEventListener("input", update);
  view.addEventListener("input", update);
  update();

  const figure = html(
    "section",
    {class: "figure wide", "aria-label": "The mean in the plane"},
    html("div", {class: "figure-controls"}, timestep, x, y),
    html(
      "div",
      {class: "plane-row figure-row"},
      view,
      html(
        "div",
        {class: "origins"},
        html("p", {}, "Where the point under your finger may have come from, as a probability"),
        origins
      )
    ),
    words
  );
  return withCodes(figure, lines);
}

/** Numbers with a true minus sign. */
const shown = (values: readonly number[], digits: number): string =>
  values.map((value) => value.toFixed(digits).replace("-", "−")).join(", ");
