import type {Cell} from "../components/gridCursor.js";
import type {LinearPreview} from "../components/pixels.js";
import type {SourcePicture} from "../components/pictureSource.js";
import type {LatentDistribution} from "../src/models/latents.js";
import type {Tensor} from "../src/tensor.js";
import type {Edits} from "./edits.js";

/** A picture and all that the autoencoder makes of it. */
export interface Coded {
  readonly picture: SourcePicture;
  readonly source: "recorded" | "live";
  /** [1, 3, H, W] in [-1, 1] */
  readonly image: Tensor;
  /** What the encoder says, in the VAE's own scale: [1, 4, h, w] each. */
  readonly distribution: LatentDistribution;
  /** The mean, times the scaling factor: what the UNet works on. [1, 4, h, w] */
  readonly latents: Tensor;
  /** The picture that the decoder makes of them. [1, 3, H, W] */
  readonly decoded: Tensor;
}

/** What the model says of itself, or the recording until it is there. */
export interface ModelFacts {
  readonly name: string;
  readonly scalingFactor: number;
  readonly preview: LinearPreview;
}

/** The chapter's state. */
export interface AutoencoderState {
  picture: SourcePicture;
  /** Of `picture`; of the picture before it until the encoder has answered. */
  coded: Coded | null;
  facts: ModelFacts;
  /** The engine has loaded. */
  ready: boolean;
  /** The place in the latents that the lens looks at. */
  cell: Cell;
  playing: boolean;
  /** The channel that is painted on, 0 ... 3. */
  channel: number;
  brush: "add" | "set";
  amount: number;
  /** Cells of the brush's side. */
  size: number;
  edits: Edits;
  /** Signal-to-noise ratio in dB, and the seed of both noises. */
  snr: number;
  noise: number;
  /** Where the walk leads. */
  to: SourcePicture;
  toCoded: Coded | null;
  /** Of the second picture in the walk, 0 ... 1. */
  share: number;
  prompt: string;
  seed: number;
  toSeed: number;
  /** How many of the encoder's own standard deviations a sample is thrown about; 1 is the encoder's distribution. */
  spread: number;
  sample: number;
  /** The seed and the standard deviation of latents made of nothing but noise. */
  nothing: number;
  loudness: number;
}
