import type {LinearPreview} from "../components/pixels.js";
import type {Tensor} from "../src/tensor.js";

const looks = new WeakMap<Float32Array, LinearPreview>();
let ownModelRuns = false;

/** Latents of the shipped model, from a recording: they have its colours, and no other model's decoder can read them. */
export function markRecorded({data}: Tensor, preview: LinearPreview): void {
  looks.set(data, preview);
}

/** The colours of recorded latents, whatever model runs here; undefined for latents that were made here. */
export const recordedLook = ({data}: Tensor): LinearPreview | undefined => looks.get(data);

/** To be told where the page's engine runs on a model of the reader's own. */
export function useOwnModel(): void {
  ownModelRuns = true;
}

/** Whether it does: what is recorded of the shipped model is then no measure for it. */
export const runsOwnModel = (): boolean => ownModelRuns;

/** Whether the model that runs here can decode these latents. */
export const isReadable = (latents: Tensor): boolean => !ownModelRuns || !looks.has(latents.data);
