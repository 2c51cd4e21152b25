import type {SourcePicture} from "../components/pictureSource.js";
import {newest} from "../page/newest.js";
import {resized} from "../page/resized.js";
import {imageTensor} from "../page/scenes.js";
import type {Store} from "../page/store.js";
import {modeOf} from "../src/models/latents.js";
import type {Engine} from "../src/worker/client.js";
import type {AutoencoderState, Coded} from "./state.js";

/** The part of the engine that the chapter uses: the two halves of the autoencoder alone. */
export type Autoencoder = Pick<Engine, "encodeDistribution" | "decode" | "load" | "onStatus">;

/** Pictures through the autoencoder, as changes of the state. */
export interface Coding {
  /** Shows another picture; its latents follow. */
  choose(picture: SourcePicture): void;
  /** The same for the picture that the walk leads to. */
  chooseTo(picture: SourcePicture): void;
  /** Loads both halves, and makes live what was recorded. A failure is told by the engine's status; a later load goes on here. */
  begin(): Promise<void>;
}

export function createCoding(store: Store<AutoencoderState>, engine: Autoencoder): Coding {
  const {state} = store;
  const ready = () => state.ready;
  let side = 128; // of the picture whose latents are 16 x 16, which this chapter works on
  const work = (picture: SourcePicture) => coded(engine, picture, {side, scalingFactor: state.facts.scalingFactor});
  const first = newest<SourcePicture, Coded>({work, ready, onDone: (made) => store.set({coded: made})});
  const second = newest<SourcePicture, Coded>({work, ready, onDone: (made) => store.set({toCoded: made})});

  let loading = false;

  async function begin(): Promise<void> {
    if (loading || state.ready) return;
    loading = true;
    try {
      const {name, preview, scalingFactor, width, latentShape} = await engine.load(["vae_encoder", "vae_decoder"]);
      side = (16 * width) / latentShape[2];
      store.set({ready: true, facts: {name, preview, scalingFactor}});
      first.want(state.picture);
      second.want(state.to);
    } catch {
      // the engine's status says what is missing, and offers to try again
    } finally {
      loading = false;
    }
  }

  engine.onStatus(({state: now}) => {
    if (now === "ready") void begin();
  });

  return {
    choose(picture) {
      store.set({picture});
      first.want(picture);
    },
    chooseTo(picture) {
      store.set({to: picture});
      second.want(picture);
    },
    begin
  };
}

/** A picture through the encoder and back. */
async function coded(
  engine: Autoencoder,
  picture: SourcePicture,
  {side, scalingFactor}: {side: number; scalingFactor: number}
): Promise<Coded> {
  const image = imageTensor(resized(picture.pixels, {width: side, height: side}));
  const distribution = await engine.encodeDistribution(image);
  const latents = modeOf(distribution, scalingFactor);
  return {picture, source: "live", image, distribution, latents, decoded: await engine.decode(latents)};
}
