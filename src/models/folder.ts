/** A model folder, wherever it lies: on a server, in the browser's cache, on a disk. Contract 1 of the design. */

export interface ModelFolder {
  /** The bytes of a file. @throws one sentence when it is missing or broken */
  bytes(path: string): Promise<Uint8Array>;
  has(path: string): boolean;
}

export interface ManifestFile {
  readonly path: string;
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A linear map from latents (as the UNet sees them) to RGB in [-1, 1]: row i of `factors` is what channel i adds. */
export interface Preview {
  readonly factors: readonly (readonly number[])[];
  readonly bias: readonly number[];
  /** Where the map was not fitted to this model's own decoder: what it is, in words. */
  readonly note?: string;
}

export interface Manifest {
  readonly name: string;
  readonly version: number;
  readonly recommended: {readonly guidance: number; readonly steps: number; readonly sampler: string};
  readonly preview: Preview;
  readonly files: readonly ManifestFile[];
}

/** The graphs of a folder, each opened when a page first needs it. */
export const PARTS = {
  text_encoder: "text_encoder/model.onnx",
  unet: "unet/model.onnx",
  unet_controls: "unet/controls.onnx",
  vae_decoder: "vae_decoder/model.onnx",
  vae_encoder: "vae_encoder/model.onnx",
  clip_text: "clip/onnx/text_model.onnx",
  clip_vision: "clip/onnx/vision_model.onnx"
} as const;

export type PartName = keyof typeof PARTS;

/** What text to image runs. */
export const DRAWING: readonly PartName[] = ["text_encoder", "unet", "vae_decoder"];

/** Whether a part's graph or its weights lie in a file: what is neither a graph nor JSON in its folder, at most a little too much. */
export function belongsTo(part: PartName, {path}: ManifestFile): boolean {
  const folder = PARTS[part].slice(0, PARTS[part].lastIndexOf("/") + 1);
  return path === PARTS[part] || (path.startsWith(folder) && !/\.(onnx|json|txt)$/.test(path));
}

/** Numbers that Python writes and JSON lacks: diffusers has "lambda_min_clipped": -Infinity. They are read as null. */
const NOT_JSON = /(?<=[:,[]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g;

/** @throws one sentence when the file is not JSON */
export async function readJson<T>(folder: ModelFolder, path: string): Promise<T> {
  return parseJson<T>(new TextDecoder().decode(await folder.bytes(path)), path);
}

/** The same, or `fallback` where the folder has no such file. */
export const readJsonOr = async <T>(folder: ModelFolder, path: string, fallback: T): Promise<T> =>
  folder.has(path) ? readJson<T>(folder, path) : fallback;

export function parseJson<T>(text: string, path: string): T {
  for (const candidate of [text, text.replace(NOT_JSON, "null")]) {
    try {
      return JSON.parse(candidate) as T;
    } catch {
      // the next candidate, or the sentence below
    }
  }
  throw new Error(`${path} is not JSON: the model folder is broken; fetch it again`);
}
