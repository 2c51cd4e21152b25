import {tryThis} from "../components/tryThis.js";
import type {createAutoencoder} from "./autoencoder.js";
import {noEdits, withoutChannel} from "./edits.js";

type Chapter = Awaited<ReturnType<typeof createAutoencoder>>;

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

/** How far does one number reach? */
export function reachQuestion({store}: Chapter): HTMLElement {
  return tryThis({
    title: "One number of 1,024",
    text: oneLine(`One square of one channel is moved by 2, which is a strong push. How much of the picture changes?`),
    guesses: ["the 8 × 8 pixels below it", "these and their neighbours", "every pixel"],
    answer:
      oneLine(`Every pixel: in each of 24 scenes, one such push changed all 16,384. But most of them changed by next to nothing. Only
      about 7 % changed by as much as one of the 256 levels of a colour, nearly all of them close to the square. Hence the logarithmic scale of
      the map; the sentence under the figure says what was measured here. Three things carry the push: every convolution reads its
      neighbours, the attention layer compares all places with each other, and the norms divide by a spread that is taken over the
      whole picture.`),
    action: {
      label: "Move one number in a corner",
      run: () => {
        const {coded} = store.state;
        if (!coded) return;
        const index = 256 + 2 * 16 + 2; // channel 2, row 3, column 3
        store.set({channel: 1, edits: {...noEdits, values: new Map([[index, coded.latents.data[index] + 2]])}});
      }
    }
  });
}

/** What is a channel? */
export function channelQuestion({store}: Chapter): HTMLElement {
  return tryThis({
    title: "A picture with a channel missing",
    text: oneLine(`A photograph has three channels, red, green and blue, and without one of them you know what you get. The latents
      have four. Channel 2 is set to 0 everywhere: what will be missing?`),
    guesses: ["one colour", "the details", "the light and dark", "hard to say beforehand"],
    answer:
      oneLine(`Nobody can know beforehand, because nobody told the channels what to be: training found four numbers from which a
      decoder can paint, and any mixture of the four would have served as well. In this model it turns out to be mostly colour: over 24
      scenes blue changes by 0.37 on average and green by 0.31 (the range is 2), red by 0.09. Channel 4 is mostly red; without channels 1
      and 3 much less changes. Try each in turn. Another autoencoder, or this one trained again, would divide the work in another way.`),
    action: {label: "Set channel 2 to 0", run: () => store.set({channel: 1, edits: withoutChannel(noEdits, 1)})}
  });
}

/** Are latents a space of pictures? */
export function walkQuestion({walk}: Chapter): HTMLElement {
  return tryThis({
    title: "Morph or cross-fade?",
    text: oneLine(`Half way between the latents of two pictures lies another block of latents. Decoded, will it be one picture that
      is half this and half that (a morph), or both pictures at once, each half transparent (a cross-fade)?`),
    guesses: ["a morph", "a cross-fade"],
    answer:
      oneLine(`A cross-fade, very nearly. Half way between 23 pairs of scenes, mixed latents gave what mixed pixels give up to a PSNR of
      27.6 dB on average, where the autoencoder itself reaches 29.9. Latents are a picture in other words, place by place; they are not a
      list of what is in it. The third picture of the figure is another matter: between two seeds there is a whole run of the UNet,
      which turns any noise of the right strength into some picture.`),
    action: {label: "Walk there", run: () => walk.play()}
  });
}
