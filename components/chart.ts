import * as Plot from "@observablehq/plot";

/** A chart of Observable Plot as one picture with a name: its marks are not told one by one to those who hear the page. */
export function chart(label: string, options: Plot.PlotOptions): (SVGSVGElement | HTMLElement) & Plot.Plot {
  const node = Plot.plot({...options, ariaLabel: label});
  const picture = node instanceof SVGSVGElement ? node : node.querySelector("svg");
  picture?.setAttribute("role", "img");
  for (const mark of picture?.querySelectorAll("g[aria-label]") ?? []) mark.removeAttribute("aria-label");
  return node;
}
