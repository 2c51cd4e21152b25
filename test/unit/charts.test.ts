// @vitest-environment jsdom
import {describe, expect, test, vi} from "vitest";
import {densityPlot} from "../../components/densityPlot.js";
import {binned, histogram, spread} from "../../components/histogram.js";
import {mixArc} from "../../components/mixArc.js";
import {pictureSum} from "../../components/pictureSum.js";
import {seedField} from "../../components/seedField.js";
import {plain, timeChart, valueAt} from "../../components/timeChart.js";
import {withoutCanvas} from "./canvas.js";

withoutCanvas();

/** A press at a share of the picture's width. */
function press(target: Element, share: number, width = 340): void {
  target.getBoundingClientRect = () => ({left: 0, top: 0, width, height: 100}) as DOMRect;
  (target as unknown as {setPointerCapture(): void}).setPointerCapture = () => {};
  target.dispatchEvent(new MouseEvent("pointerdown", {clientX: share * width, bubbles: true}));
}

describe("a chart over timesteps", () => {
  const curves = [{name: "left", points: [[0, 1], [999, 0]] as [number, number][]}]; // prettier-ignore

  test("says its values at t, between points too", () => {
    const chart = timeChart({curves, t: 0}, {title: "What is left"});
    chart.update({curves, t: 333});
    expect(chart.querySelector("[role=img]")!.getAttribute("aria-label")).toBe("What is left. At t = 333: left 0.667.");
    expect(chart.querySelector(".chart-legend")!.textContent).toContain("0.667");
    expect(valueAt(curves[0].points, 2000)).toBe(0);
    expect(valueAt([], 3)).toBeNaN();
  });

  test("takes t from a press, and never one outside", () => {
    const chart = timeChart({curves, t: 0}, {title: "What is left"});
    const heard = vi.fn();
    chart.addEventListener("input", heard);
    press(chart.querySelector("svg")!, 1);
    expect([chart.value, heard.mock.calls.length]).toEqual([999, 1]);
    press(chart.querySelector("svg")!, 0);
    expect(chart.value).toBe(0);
  });

  test("leaves out what a logarithm cannot show, and writes numbers short", () => {
    const points = [[0, 0], [500, 0.01], [999, 100]] as [number, number][]; // prettier-ignore
    const chart = timeChart({curves: [{name: "SNR", points}], t: 500}, {title: "SNR", log: true});
    expect(chart.querySelectorAll(".grid").length).toBe(5);
    expect([plain(0.0001), plain(-1234.5), plain(NaN), plain(14.614)]).toEqual(["1e−4", "−1230", "none", "14.6"]);
  });
});

describe("a histogram", () => {
  test("counts shares, and leaves out what lies outside", () => {
    expect(binned([-1, 0.1, 0.2, 9], {from: 0, to: 1, bins: 2})).toEqual([0.5, 0]);
    expect(spread([1, 3])).toEqual({mean: 2, deviation: 1});
  });

  test("tells mean and deviation of what it shows", () => {
    const node = histogram({values: [0, 0]}, {title: "Values"});
    node.update({values: [-1, -3]});
    expect(node.querySelector("svg")!.getAttribute("aria-label")).toBe("Values: mean −2.00, standard deviation 1.00");
  });
});

test("the quarter circle names both shares", () => {
  const arc = mixArc(1, 0);
  arc.update(0.36, 400);
  expect(arc.querySelector("svg")!.getAttribute("aria-label")).toContain("picture 0.60, noise 0.80");
});

test("a sum of pictures writes its coefficients, and none for its result", () => {
  const labels = [{symbol: () => document.createElement("i"), name: "noise"}, {sign: "=", symbol: () => document.createElement("i"), name: "mixture"}]; // prettier-ignore
  const sum = pictureSum(labels, [{pixels: null}, {pixels: null}], {label: "A sum"});
  sum.update([{pixels: null, coefficient: 0.5}, {pixels: null}]);
  expect([...sum.querySelectorAll(".times")].map((node) => node.textContent)).toEqual(["× 0.50", ""]);
  expect(sum.querySelector<HTMLElement>(".bar")!.style.width).toBe("50%");
  expect(sum.querySelector("canvas")!.getAttribute("aria-label")).toBe("noise, times 0.50");
});

describe("a seed", () => {
  test("is heard when typed or thrown, and only when it is one", () => {
    const field = seedField(7, {throwDice: () => 42});
    const heard = vi.fn();
    field.addEventListener("input", heard);
    const input = field.querySelector("input")!;
    for (const text of ["-1", "1.5", "", "12"]) {
      input.value = text;
      input.dispatchEvent(new Event("input", {bubbles: true}));
    }
    expect([field.value, heard.mock.calls.length]).toEqual([12, 1]);
    field.querySelector("button")!.click();
    expect([field.value, input.value]).toEqual([42, "42"]);
  });
});

describe("densities on a line", () => {
  const curves = [{name: "flat", density: () => 0.1}];

  test("name their curves and places", () => {
    const plot = densityPlot({curves, places: [{x: -1, text: "x₀"}]}, {title: "A line"});
    expect(plot.querySelector("svg")!.getAttribute("aria-label")).toBe("A line. flat; x₀ at −1.00");
  });

  test("a press takes the nearest place that can be moved", () => {
    const places = [{x: -1, text: "a", key: "a"}, {x: 1, text: "b", key: "b"}, {x: 2, text: "mean"}]; // prettier-ignore
    const plot = densityPlot({curves, places}, {title: "A line"});
    const heard = vi.fn();
    plot.addEventListener("input", heard);
    press(plot.querySelector("svg")!, 0.9, 640);
    expect(heard).toHaveBeenCalledOnce();
    expect(plot.value!.key).toBe("b");
    expect(plot.value!.x).toBeGreaterThan(2);
  });
});
