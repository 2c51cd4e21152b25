import {mkdirSync} from "node:fs";
import {join} from "node:path";

/** What Framework would fetch from npm's registry and a CDN for names used without an import (Plot, d3, html, FileAttachment.csv ...). */
const implicitPackages = [
  "@observablehq/plot",
  "@observablehq/sample-datasets",
  "apache-arrow",
  "arquero",
  "d3",
  "d3-dsv",
  "echarts",
  "htl",
  "leaflet",
  "lodash",
  "mapbox-gl",
  "parquet-wasm",
  "react",
  "react-dom",
  "topojson-client"
];

/**
 * Framework asks the registry for the newest version of each of these at every first build, even where no page uses them. An empty folder
 * in its cache answers in the registry's place, so that a build needs no network; the version does not exist, so a page that does use such
 * a name without an import fails the build instead of shipping a copy from a CDN.
 */
export function answerForRegistry(root: string): void {
  for (const name of implicitPackages) {
    mkdirSync(join(root, ".observablehq", "cache", "_npm", `${name}@0.0.0`), {recursive: true});
  }
}
