import {html} from "../components/dom.js";
import {colorLegend, heatmap, type Cell} from "../components/heatmap.js";
import {sequentialScale} from "../components/scales.js";
import type {ModelRecording} from "./recorded.js";

/** Which thing was shown on which place, and how often: a map of the training data with its holes. */
export function pairsMap({objects, pairs: {places, counts}}: ModelRecording): HTMLElement {
  const values = places.flatMap((_, place) => objects.map((_, object) => counts[object][place]));
  const most = Math.max(...counts.flatMap((row) => row.slice(0, -1)));
  const color = sequentialScale(most);
  const words = ({row, column, value}: Cell): string => {
    const name = objects[column].replaceAll("-", " ");
    return value
      ? `${name}, ${places[row]}: ${value} training scenes`
      : `${name}, ${places[row]}: kept out of training`;
  };
  const reading = html("p", {class: "caption"}, "Point at a cell: a column is a thing, a row a place.");
  const map = heatmap(
    {values, rows: places.length, columns: objects.length},
    {
      ...{
        color,
        label: `How often each of ${objects.length} things stands on each place in 48,000 training scenes`,
        cellText: words
      },
      onHover: (cell) => {
        if (cell) reading.textContent = words(cell);
      }
    }
  );
  const holes = values.filter((value) => value === 0).length;
  return html(
    "section",
    {class: "figure wide pairs-map", "aria-label": "What was shown with what"},
    html(
      "div",
      {class: "pairs-grid"},
      html("ul", {class: "pairs-places", "aria-hidden": "true"}, ...places.map((place) => html("li", {}, place))),
      map
    ),
    reading,
    colorLegend(color, {from: 0, to: most, title: "training scenes with this thing on this place"}),
    html(
      "p",
      {class: "caption"},
      `Counted from the generator’s descriptions of all 48,000 scenes: ${holes} pairs were never shown, two for every thing. One of the two was used for choices (tuning), the other for the card alone (held-out).`
    )
  );
}
