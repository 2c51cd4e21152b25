import {blobWorld} from "../components/blobWorld.js";
import {html} from "../components/dom.js";
import {whileVisible} from "../page/visible.js";
import {noised} from "../src/forward.js";
import {Generator} from "../src/random.js";
import {noisedWorld} from "../src/world/noisedWorld.js";
import type {Tensor} from "../src/tensor.js";
import {pointAt, sampleWorld, type World} from "../src/world/world.js";
import {figure} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import type {NoiseState} from "./state.js";

export const POINTS = 1500;

/** A world of two numbers a picture: its blobs spread into one cloud as t grows, on the chosen schedule. */
export function cloudFigure({store}: Pick<FigureParts, "store">): HTMLElement {
  const view = blobWorld({world: store.state.blobs}, {label: "Blobs in the plane under noise"});
  const words = html("p", {class: "verdict"});
  const node = figure("Blobs spread into a cloud", html("div", {class: "cloud"}, view, words));
  const pointsOf = noisedPoints(POINTS);

  function draw(state: NoiseState): void {
    const {blobs: world} = state;
    const alphaCumprod = state.table.alphasCumprod[state.t];
    const points = pointsOf(state);
    view.update({world, alphaCumprod, points}, `${POINTS} points of the blobs under noise at t = ${state.t}`);
    const sure = certainty(world, alphaCumprod, points);
    words.replaceChildren(
      `Each of the ${POINTS.toLocaleString("en")} points is a “picture” of two numbers, noised by the same recipe. Its colour says which blob it may have come from, by the exact probabilities. At t = ${state.t} the likeliest blob has a probability of `,
      html("b", {}, `${Math.round(100 * sure)} %`),
      ` on average over the points. Drag a blob, or press the arrow keys on it; + and − change its spread.`
    );
  }

  view.addEventListener("input", (event) => {
    event.stopPropagation();
    store.set({blobs: view.value});
  });
  store.onChange(whileVisible(node, draw));
  return node;
}

/** `count` points of the state's blobs, noised to its t: the same points and the same noise while blobs and seed stay. */
export function noisedPoints(count: number): (state: NoiseState) => Tensor {
  let made: {world: World; seed: number; clean: Tensor; eps: Tensor} | null = null;
  return ({blobs: world, seed, table, t}) => {
    if (made?.world !== world || made.seed !== seed) {
      const generator = new Generator(seed);
      made = {world, seed, clean: sampleWorld(world, count, generator), eps: generator.randn([1, 2, count, 1])};
    }
    return noised(made.clean, made.eps, table.alphasCumprod[t]);
  };
}

/** The mean over points of the largest posterior probability of a blob. */
function certainty(world: World, alphaCumprod: number, points: Tensor): number {
  const {weights} = noisedWorld(world, alphaCumprod);
  const count = points.dims[2];
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.max(...weights(pointAt(points, i)));
  return sum / count;
}
