import {html} from "../components/dom.js";
import {lineChart, type Place} from "../components/lineChart.js";
import {codeRow} from "../page/codes.js";
import {caption} from "../page/figure.js";
import {curveCode} from "./code.js";
import type {Judged, RecordedJudgement} from "./recording.js";

/** The line of the table that the code computes. */
const SHOWN_SCALE = 4;

/** Accuracy and diversity against the scale, over many prompts, recorded. */
export function curveFigure({prompts, seeds, steps, lines}: RecordedJudgement): HTMLElement {
  const plain = lines.filter(({rescale}) => rescale === 0);
  const places = (value: (line: Judged) => number) => plain.map((line): Place => [line.scale, value(line)]);
  const x = {title: "guidance scale w", ticks: [0, 1, 2, 4, 7.5, 10, 12, 15]};
  const right = (key: "object" | "place") => places((line) => (100 * line[key]) / line.count);
  const told = plain.map(
    ({scale, object, place, count, clipDistance}) =>
      `w ${scale}: object ${object} and place ${place} of ${count}, CLIP distance ${clipDistance.toFixed(3)}`
  );
  const accuracy = lineChart(
    {
      lines: [
        {name: "object named right", points: right("object"), tone: "var(--curve-a)", dots: true},
        {name: "place named right", points: right("place"), tone: "var(--curve-b)", dots: true, dash: "6 3"}
      ],
      label: `What the judge names. ${told.join("; ")}`,
      domain: {x: [0, 15], y: [0, 100]}
    },
    {title: "Does it show what was asked for?", x, y: {title: "of the pictures (%)"}, width: 520, height: 280}
  );
  const most = Math.max(...plain.slice(1).map(({clipDistance}) => clipDistance));
  const guided = plain.filter(({scale}) => scale >= 1);
  const diversity = lineChart(
    {
      lines: [
        {
          name: "in CLIP: 1 − cosine",
          points: guided.map((line): Place => [line.scale, line.clipDistance]),
          tone: "var(--curve-c)",
          dots: true
        },
        {
          name: "in pixels: root mean square",
          points: guided.map((line): Place => [line.scale, line.pixelDistance]),
          tone: "var(--curve-d)",
          dots: true,
          dash: "6 3"
        }
      ],
      label: `How different two pictures of one prompt are, from scale 1 on. ${told.slice(1).join("; ")}`,
      domain: {x: [0, 15], y: [0, Math.max(0.45, most)]}
    },
    {
      title: "How different are two pictures of one prompt?",
      x,
      y: {title: "mean distance of two seeds"},
      width: 520,
      height: 280
    }
  );
  const doubt = (100 * 0.5) / Math.sqrt(plain[0].count);
  return html(
    "section",
    {class: "figure wide", "aria-label": "Accuracy and diversity by scale"},
    html("div", {class: "chart-pair"}, accuracy, diversity),
    table(plain),
    caption(
      `Recorded: ${plain[0].count} pictures a scale (${prompts.length} prompts of one thing in one place, ${seeds} seeds each), diffusers’ DDIM, ${steps} steps; the judge is a classifier that never saw a drawn picture; ${plain[0].pairs} pairs. A share near one half is uncertain by ± ${doubt.toFixed(0)} points (one standard error), one near 100 % by less.`
    ),
    codeRow(curveCode({prompts, seeds, steps, scale: SHOWN_SCALE}))
  );
}

function table(lines: RecordedJudgement["lines"]): HTMLElement {
  const heads = ["w", "object", "place", "CLIP distance", "pixel distance", "saturation", "clipped", "latent std"];
  const row = (line: (typeof lines)[number]) => [
    String(line.scale),
    ...[line.object, line.place].map((right) => `${right} of ${line.count}`),
    ...[line.clipDistance, line.pixelDistance, line.saturation].map((value) => value.toFixed(3)),
    `${(100 * line.clipped).toFixed(1)} %`,
    line.latentStd.toFixed(3)
  ];
  return html(
    "details",
    {},
    html("summary", {}, "All numbers"),
    html(
      "div",
      {class: "scroll-table", tabindex: 0, role: "region", "aria-label": "All numbers by scale"},
      html(
        "table",
        {},
        html("thead", {}, html("tr", {}, ...heads.map((name) => html("th", {scope: "col"}, name)))),
        html("tbody", {}, ...lines.map((line) => html("tr", {}, ...row(line).map((text) => html("td", {}, text)))))
      )
    )
  );
}
