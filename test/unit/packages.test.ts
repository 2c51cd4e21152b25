import {expect, test} from "vitest";
import {membersOf, namesFrom} from "../../scripts/site/packages.js";

test("what a package's bundle holds is what the sources import by name, types left out", () => {
  const texts = [
    'import {line, scaleLog, type ScaleContinuousNumeric} from "d3";',
    'import {rgb, line} from "d3";\nimport {html} from "./dom.js";'
  ];
  expect(namesFrom("d3", texts)).toEqual(["line", "rgb", "scaleLog"]);
});

test("of a package imported as a whole it holds the members that are used, from that package alone", () => {
  const texts = [
    'import * as Plot from "@observablehq/plot";\nPlot.plot({marks: [Plot.lineY(rows), Plot.plot]}) as Plot.PlotOptions',
    'import {densityPlot} from "../components/densityPlot.js"; Plot.js'
  ];
  expect(membersOf("@observablehq/plot", texts)).toEqual(["lineY", "plot"]);
});
