import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";

interface Failure {
  readonly prompt: string;
  readonly what: string;
}

/** The sheet docs/assets/failures.png, left to right; prompt i was drawn from seed i (scripts/examples.ts). */
const SHIPPED: readonly Failure[] = [
  {prompt: "a cat and a dog on the grass", what: "two creatures between cat and dog"},
  {prompt: "three balloons in the city", what: "other things, and not three: it cannot count"},
  {prompt: "a small bicycle in the city", what: "small and thin: lost in the latents"},
  {prompt: "a star on a yellow background", what: "yellow on yellow: hardly to be seen"},
  {prompt: "a horse, a cow and a pig on the beach", what: "two of three"},
  {prompt: "a horse with a crown on the grass", what: "no crown: “with” is no relation that it knows"},
  {prompt: "a green horse in the snow", what: "things have the colour of their emoji"},
  {prompt: "a submarine in the ocean", what: "never seen: some other thing"}
];

/** The sheet history/failures-tuning.webp: what the judge named wrong among 170 tuning pairs when the UNet had 3,900 steps. */
const EARLIER: readonly Failure[] = [
  {prompt: "a kitten at the beach at sunset", what: "the judge said dog"},
  {prompt: "in the middle, a little elephant in the ocean", what: "the judge said rhinoceros"},
  {prompt: "a bicycle in the snow in the daytime, on the right", what: "the judge said goat"},
  {prompt: "a small kite in a meadow at dusk, on the right", what: "the judge said helicopter"},
  {prompt: "a picture of a little elephant on the sea in the daytime", what: "the judge said shark"},
  {prompt: "an emoji of a crab on the sand by the sea", what: "the judge said balloon"}
];

/** Pictures that the model draws badly, each with what is wrong; a press on the words draws it on the first page. */
export function failures(sheet: Promise<readonly Pixels[]>, earlier: Promise<readonly Pixels[]>): HTMLElement {
  return html(
    "section",
    {class: "figure wide", "aria-label": "Where it fails"},
    gallery(SHIPPED, sheet, true),
    html(
      "p",
      {class: "caption"},
      "Recorded: tiny, DDIM, 30 steps, guidance 4, picture i from seed i, counted from 0 (npx tsx scripts/examples.ts)."
    ),
    html(
      "details",
      {},
      html("summary", {}, "Six that are mended: the UNet of step 3,900"),
      gallery(EARLIER, earlier, false),
      html(
        "p",
        {class: "caption"},
        "Recorded: what the judge named wrong among 170 tuning pairs when the UNet had learned for 3,900 steps, and read an earlier text encoder. The shipped UNet, of step 7,200, has none wrong on that list."
      )
    )
  );
}

function gallery(list: readonly Failure[], sheet: Promise<readonly Pixels[]>, linked: boolean): HTMLElement {
  const tiles = list.map(({prompt}) => pixelCanvas(null, {smooth: true, label: `${prompt} (recorded)`}));
  sheet.then(
    (pictures) => tiles.forEach((canvas, i) => canvas.paint(pictures[i] ?? null)),
    () => {} // the words say what is to be seen
  );
  return html(
    "div",
    {class: "failure-grid"},
    ...list.map(({prompt, what}, seed) =>
      html(
        "figure",
        {},
        tiles[seed],
        html(
          "figcaption",
          {},
          linked
            ? html("a", {href: `./?${new URLSearchParams({prompt, seed: String(seed)})}`}, `“${prompt}”`)
            : `“${prompt}”`,
          html("span", {}, what)
        )
      )
    )
  );
}
