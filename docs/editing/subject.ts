import type {SourcePicture} from "../components/pictureSource.js";
import {newest} from "../page/newest.js";
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
  return {
    choose(picture: SourcePicture): void {
      set({picture, ...(picture.seed === undefined ? {} : {scene: picture.seed}), shows: ""});
      queue.want(picture, {quiet: true});
    },
    wake: queue.wake
  };
}
