import {html} from "../components/dom.js";

/** One paragraph on the first box, folded. */
export function aboutTextEncoder(): HTMLElement {
  return about(
    "What is a text encoder?",
    `The prompt is cut into tokens, pieces of words with a number each. A transformer (the text half of CLIP, trained to tell which caption
    belongs to which picture) turns each token into a list of 192 numbers that also says what stands before it. It runs once; every turn of the
    loop reads the result.`,
    [
      ["Text", "./text"],
      ["CLIP", "./clip"]
    ]
  );
}

/** One paragraph on the second box, folded. */
export function aboutUnet(): HTMLElement {
  return about(
    "What are they?",
    `The UNet, a neural network, looks at noisy latents, at the timestep t (how noisy they should be) and at the words, and says one
    thing: which part of this is noise. The sampler takes a little of that noise away and hands the rest to the next turn. The UNet
    answers twice a turn, with the words and without them; the guidance scale enlarges the difference.`,
    [
      ["Noise", "./noise"],
      ["Learning", "./learning"],
      ["Samplers", "./samplers"],
      ["UNet", "./unet"],
      ["Attention", "./attention"],
      ["Guidance", "./guidance"]
    ]
  );
}

/** One paragraph on the third box, folded. */
export function aboutDecoder(): HTMLElement {
  return about(
    "What is a decoder?",
    `The loop never touches a pixel. It works on latents: 16 × 16 places with 4 numbers each, 48 times fewer than the picture has. The
    decoder, one half of an autoencoder, paints the 128 × 128 picture that they stand for. While you drag, a simple linear map answers at
    once (preview), and the decoder a moment later (decoded).`,
    [["Autoencoder", "./autoencoder"]]
  );
}

function about(title: string, text: string, chapters: readonly (readonly [string, string])[]): HTMLElement {
  const links = chapters.flatMap(([name, href], i) => [i ? ", " : "", html("a", {href, "data-chapter": ""}, name)]);
  return html(
    "details",
    {class: "about"},
    html("summary", {}, title),
    html("p", {}, text.replace(/\s+/g, " ")),
    html("p", {class: "chapter"}, `More in the ${chapters.length > 1 ? "chapters" : "chapter"} `, ...links, ".")
  );
}
