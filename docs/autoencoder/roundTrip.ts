import {differenceMap} from "../components/differenceMap.js";
import {html} from "../components/dom.js";
import {gridCursor, type Cell, type GridCursor} from "../components/gridCursor.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {imagePixels} from "../components/pixels.js";
import type {PictureSource} from "../components/pictureSource.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {clipped, psnr} from "../src/pictures.js";
import {channels, latentLegend} from "./channels.js";
import {differences} from "./edits.js";
import {lens} from "./lens.js";
import type {Coded, AutoencoderState} from "./state.js";
import {decibels, grouped} from "../page/tile.js";

/** What the main figure needs: the state, the control that chooses a picture, and the end of the page. */
export interface RoundTripParts {
  store: Store<AutoencoderState>;
  source: PictureSource;
  choose(picture: NonNullable<PictureSource["value"]>): void;
  loading: HTMLElement;
  invalidation: Promise<void>;
}

/** The chapter's main figure: a picture, its latents, the picture made from them, and what was lost. */
export function roundTrip({store, source, choose, loading, invalidation}: RoundTripParts): HTMLElement {
  const move = (cell: Cell) => store.set({cell, playing: false});
  const [before, after] = [
    pixelCanvas(null, {label: "The picture"}),
    pixelCanvas(null, {label: "The decoded picture"})
  ];
  const first = gridCursor(before, {
    ...{rows: 16, columns: 16, hover: true},
    label: "The place that the lens looks at: arrow keys move it",
    describe: ({row, column}) => `row ${row + 1}, column ${column + 1}`
  });
  const second = gridCursor(after, {rows: 16, columns: 16, hover: true});
  const middle = channels(move, "Latents");
  const lost = differenceMap(null, "What differs", {least: 1e-3});
  const [beforeNote, middleNote, afterNote, lostNote] = Array.from({length: 4}, () =>
    html("span", {class: "tile-note"})
  );
  const caption = html("p", {class: "caption trip-caption"});
  for (const cursor of [first, second] as GridCursor[]) cursor.addEventListener("input", () => move(cursor.value));
  source.addEventListener("input", () => {
    if (source.value) choose(source.value);
  });

  const node = html(
    "section",
    {class: "figure wide round-trip", "aria-label": "A picture, its latents, and the picture made from them"},
    html("div", {class: "trip-head"}, source, loading),
    html(
      "div",
      {class: "trip"},
      stage("Picture", first, beforeNote),
      arrow("encoder"),
      stage("Latents", html("div", {}, middle, latentLegend()), middleNote),
      arrow("decoder"),
      stage("Decoded", second, afterNote),
      stage("Difference", lost, lostNote)
    ),
    lens(store, invalidation),
    caption
  );

  onSelected(store, ["coded", "cell"], ({coded, cell}) => {
    first.value = second.value = cell;
    if (coded) middle.update(coded.latents, cell);
  });
  onSelected(store, ["coded", "facts"], ({coded, facts}) => {
    if (!coded) return;
    before.paint(coded.picture.pixels);
    before.label(`The picture: ${coded.picture.name}`);
    after.paint(imagePixels(coded.decoded));
    lost.update(
      differences(clipped(coded.decoded), coded.image),
      "What differs between the picture and the decoded one"
    );
    const [numbers, latents] = [coded.image.data.length, coded.latents.data.length];
    const [size, packed] = [coded.image, coded.latents].map(({dims}) => dims.slice(1).join(" × "));
    beforeNote.textContent = `${size} = ${grouped(numbers)} numbers`;
    middleNote.textContent = `${packed} = ${grouped(latents)} numbers, ${numbers / latents} times fewer`;
    afterNote.textContent = `PSNR ${decibels(psnr(coded.decoded, coded.image))}`;
    lostNote.textContent = `largest of the three colours, on a range of 2`;
    caption.textContent = captionOf(coded, facts.name);
  });
  return node;
}

/** One line on what is shown. */
function captionOf({picture, source}: Coded, model: string): string {
  const where = source === "live" ? "live, in this browser" : "recorded";
  const which = picture.kind === "scene" ? `scene ${picture.seed}: ${picture.name}` : picture.name;
  const far = picture.kind === "upload" || picture.kind === "painting";
  const note = far ? " · this autoencoder learned emoji scenes alone, and is a stranger to other pictures" : "";
  return `${where} · ${model} · ${which} · the latents are the means of the encoder's distribution${note}`;
}

function stage(title: string, picture: HTMLElement, note: HTMLElement): HTMLElement {
  return html("figure", {class: "trip-stage"}, picture, html("figcaption", {}, html("b", {}, title), note));
}

function arrow(words: string): HTMLElement {
  return html("span", {class: "trip-arrow"}, words);
}
