import {html} from "./dom.js";
import {mapPixels, type Matrix} from "./heatmap.js";
import {pixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";

/** How a map lies over a picture: as colours, or as light that falls where it is large. */
export type Overlay = "heat" | "light" | "none";

export interface MapOverPictureData {
  readonly pixels: Pixels | null;
  readonly map: Matrix | null;
  /** The value that is brightest. */
  readonly most: number;
  readonly overlay: Overlay;
  /** The accessible name: what is to be seen. */
  readonly name: string;
  readonly badges: readonly string[];
}

/** A picture under a map, to be given others. */
export type MapOverPicture = HTMLElement & {update(data: MapOverPictureData): void};

/** A picture with a map of cells over it. */
export function mapOverPicture(): MapOverPicture {
  const [below, above] = [pixelCanvas(null), pixelCanvas(null)];
  const badges = html("div", {class: "badges"});
  const image = html("div", {role: "img", class: "layers", "aria-label": "No picture yet"}, below, above);
  const node = html("div", {class: "map-over-picture"}, image, badges);
  let shown: Pick<MapOverPictureData, "map" | "most" | "overlay"> | null = null;

  return Object.assign(node, {
    update({pixels, map, most, overlay, name, badges: words}: MapOverPictureData): void {
      below.paint(pixels);
      below.classList.toggle("smooth", (pixels?.width ?? 0) > 16);
      const same = shown && shown.map === map && shown.most === most && shown.overlay === overlay;
      if (!same) above.paint(map && overlay !== "none" ? overlayPixels(map, most, overlay) : null);
      above.classList.toggle("smooth", (map?.columns ?? 0) > 16);
      shown = {map, most, overlay};
      image.setAttribute("aria-label", name);
      if (badges.textContent !== words.join(""))
        badges.replaceChildren(
          ...words.map((word) => html("span", {class: `badge badge-${word.split(" ")[0]}`}, word))
        );
    }
  });
}

/** How dark it is where no light falls, and how much of the picture is hidden by colours: shares of 255. */
const [DARKEST, LEAST, MOST] = [0.86, 0.32, 0.8];

/** A map as pixels to lie over a picture: dark where it is small (light), or coloured, denser where it is large (heat). */
export function overlayPixels(map: Matrix, most: number, overlay: Overlay): Pixels {
  const pixels = mapPixels(map, most);
  for (let i = 0; i < map.rows * map.columns; i++) {
    const share = Math.max(0, Math.min(1, map.values[i] / most));
    if (overlay === "light") pixels.data.set([10, 8, 20, 255 * DARKEST * (1 - share)], 4 * i);
    else pixels.data[4 * i + 3] = 255 * (LEAST + (MOST - LEAST) * share);
  }
  return pixels;
}
