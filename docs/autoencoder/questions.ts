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
      oneLine(`Look at the map: it is drawn on a logarithmic scale because the change is strong under the square, weak a few
      squares on, and nearly nothing at the edge. The sentence under the figure says how much was measured. Three things carry it:
      every convolution reads its neighbours, the attention layer compares all places with each other, and the norms divide by a
      spread that is taken over the whole picture.`),
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
      oneLine(`Nobody told the four channels what to be: training found four numbers from which a decoder can paint, and any
      mixture of them would have served as well. So a channel is rarely one thing. Set each of them to 0 in turn and describe what
      you see; another autoencoder would divide the work in another way.`),
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
      oneLine(`Compare the first two pictures of the figure: the sentence below them says how alike they are here. Latents are
      a picture in other words, place by place; they are not a list of what is in it. The third picture is another matter: between
      two seeds there is a whole run of the UNet, which turns any noise into some picture.`),
    action: {label: "Walk there", run: () => walk.play()}
  });
}
