import type {SourcePicture} from "../components/pictureSource.js";
import {newest} from "../page/newest.js";
import {resized, type Size} from "../page/resized.js";
import {imageTensor} from "../page/scenes.js";
import type {Store} from "../page/store.js";
import type {Tensor} from "../src/tensor.js";
import type {Drawer} from "./drawing.js";
import type {EditingState} from "./state.js";

/** Puts a picture before the page: it is shown at once, its latents when the encoder has answered; the newest choice wins. */
export function createSubject({state, set}: Store<EditingState>, engine: Pick<Drawer, "encode">) {
  const queue = newest<SourcePicture, Tensor>({
    work: ({pixels}) => engine.encode(imageTensor(pixels)),
    ready: () => state.ready,
    onDone: (latents, picture) => set({picture, latents, from: "live"})
  });
  let size: Size | null = null;
  return {
    choose(chosen: SourcePicture): void {
      const picture = size ? {...chosen, pixels: resized(chosen.pixels, size)} : chosen;
      set({picture, ...(picture.seed === undefined ? {} : {scene: picture.seed}), shows: ""});
      queue.want(picture, {quiet: true});
    },
    /** From now on pictures are brought to the size that the model draws. */
    fit: (model: Size): void => void (size = model),
    wake: queue.wake
  };
}
