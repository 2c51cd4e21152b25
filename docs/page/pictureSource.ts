import {imagePixels, type LinearPreview} from "../components/pixels.js";
import {
  pictureSource,
  type OwnPicture,
  type PictureSource,
  type PictureSourceOptions,
  type SourcePicture
} from "../components/pictureSource.js";
import {openRuns} from "../src/storage/runs.js";
import type {Tensor} from "../src/tensor.js";
import type {Film} from "./film.js";
import {previewOf} from "./look.js";
import {scenePixels, type SceneMaker} from "./scenes.js";

/** What a page's picture sources draw on: scenes, the decoder for own runs, and the browser's storage. */
export interface PicturesOptions {
  scenes: SceneMaker | Promise<SceneMaker>;
  engine: {
    load(): Promise<{preview: LinearPreview; name?: string; latentShape?: readonly number[]}>;
    decode(latents: Tensor): Promise<Tensor>;
  };
  database?: IDBFactory;
}

/** Pictures for a page: by number, from before, and a control to choose one. */
export interface Pictures {
  /** The scene of a number, named by its full caption. */
  scene(seed: number): Promise<SourcePicture>;
  /** Finished runs, then uploads and paintings; each newest first. */
  own(): Promise<OwnPicture[]>;
  /** A control of this page's scenes and runs. A file or a painting that is chosen is kept for other pages. */
  source(options?: Partial<PictureSourceOptions>): PictureSource;
}

/** Uploads have a store of their own, so that they push out no runs. */
const KEPT = {database: "diffusion-unrolled-pictures", keep: 12};

/** Where a page's pictures come from. Storage that fails is as good as empty. */
export function openPictures({scenes, engine, database = indexedDB}: PicturesOptions): Pictures {
  async function scene(seed: number): Promise<SourcePicture> {
    const made = (await scenes).make(seed);
    return {kind: "scene", name: made.captions[0].text, pixels: scenePixels(made), seed};
  }

  async function runs(): Promise<OwnPicture[]> {
    const films = await listed<Film>({});
    const finished = films.filter(({finished, steps}) => finished && steps.length > 0);
    if (!finished.length) return [];
    const {preview, name, latentShape} = await engine.load();
    // a run of another model cannot be decoded by this one
    const fits = ({steps, model = name}: Film) =>
      model === name && (!latentShape || String(steps.at(-1)!.prev.dims.slice(1)) === String(latentShape));
    return finished.filter(fits).map(({prompt, settings: {seed}, steps}) => {
      const {prev} = steps.at(-1)!;
      const open = async () => imagePixels(await engine.decode(prev));
      return {name: `${prompt} (seed ${seed})`, look: previewOf(prev, preview), open};
    });
  }

  async function uploads(): Promise<OwnPicture[]> {
    const pictures = await listed<SourcePicture>(KEPT);
    return pictures.map(({name, pixels}) => ({name, look: pixels, open: async () => pixels}));
  }

  async function listed<T>(options: {database?: string}): Promise<T[]> {
    try {
      return (await (await openRuns<T>(database, options)).list()).map(({value}) => value);
    } catch {
      return [];
    }
  }

  async function keep(picture: SourcePicture): Promise<void> {
    try {
      await (await openRuns<SourcePicture>(database, KEPT)).save(`${picture.kind} ${picture.name}`, picture);
    } catch {
      console.info("this browser keeps no pictures");
    }
  }

  const own = async () => [...(await runs()), ...(await uploads())];
  return {
    scene,
    own,
    source(options = {}) {
      const node = pictureSource({scene, own, ...options});
      node.addEventListener("input", () => {
        const {value} = node;
        if (value?.kind === "upload" || value?.kind === "painting") void keep(value);
      });
      return node;
    }
  };
}
