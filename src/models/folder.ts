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

export interface Manifest {
  readonly name: string;
  readonly version: number;
  readonly recommended: {readonly guidance: number; readonly steps: number; readonly sampler: string};
  /** The linear map from latents (as the UNet sees them) to RGB in [-1, 1] that fits best. */
  readonly preview: {readonly factors: readonly (readonly number[])[]; readonly bias: readonly number[]};
  readonly files: readonly ManifestFile[];
}

/** What text to image needs; the encoder and CLIP's towers wait until a page asks for them. */
export function neededForDrawing({path}: {path: string}): boolean {
  return !path.startsWith("clip/") && !path.startsWith("vae_encoder/");
}

/** Numbers that Python writes and JSON lacks: diffusers has "lambda_min_clipped": -Infinity. They are read as null. */
const NOT_JSON = /(?<=[:,[]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g;

/** @throws one sentence when the file is not JSON */
export async function readJson<T>(folder: ModelFolder, path: string): Promise<T> {
  return parseJson<T>(new TextDecoder().decode(await folder.bytes(path)), path);
}

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
