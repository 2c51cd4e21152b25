/** The model that an engine runs, opened where the engine lives: in its worker, which asks no other host than its own. */
import {openRemoteFolder, type Network} from "../models/download.js";
import type {Manifest, ManifestFile, ModelFolder} from "../models/folder.js";
import {chosenModel} from "../storage/chosenModel.js";
import {openModelFiles} from "../storage/modelFiles.js";
import {folderOfKept, type KeptModel} from "./kept.js";
import {manifestOf} from "./listed.js";
import {openSource, type ModelSource} from "./source.js";

/** All of these can be sent to a worker. */
export type EngineModel =
  /** The address of a folder of this site, ending in a slash. */
  | string
  /** What the reader chose on the model page, else the folder at this address. */
  | {readonly kind: "chosen"; readonly otherwise: string}
  | KeptModel
  | ModelSource;

export interface OpenedModel {
  readonly manifest: Manifest;
  readonly folder: ModelFolder;
}

export interface Places {
  readonly network: Network;
  /** Left out where there is none. */
  readonly indexedDB?: IDBFactory;
}

/** @param onBytes hears how many bytes of a file are here, from 0 on */
export async function openModel(
  model: EngineModel,
  places: Places,
  onBytes: (file: ManifestFile, bytes: number) => void = () => {}
): Promise<OpenedModel> {
  const {network} = places;
  if (typeof model === "string") return openRemoteFolder(model, network, onBytes);
  switch (model.kind) {
    case "chosen":
      return openModel((await chosen(places)) ?? model.otherwise, places, onBytes);
    case "kept": {
      if (!network.caches) throw new Error("this browser keeps no files for this address: open the site over https");
      const folder = folderOfKept(model, openModelFiles(network.caches), network.digest);
      return counted({manifest: model.manifest, folder}, onBytes);
    }
    default: {
      const folder = await openSource(model, (url, init) => network.fetch(url, init));
      const files = folder.files.map(({path, size, sha256 = ""}) => ({path, size, sha256}));
      return counted({manifest: {...(await manifestOf(folder)), files}, folder}, onBytes);
    }
  }
}

/** What cannot be read counts as not chosen: the shipped model is always there. */
async function chosen({network: {caches}, indexedDB}: Places): Promise<KeptModel | null> {
  if (!caches || !indexedDB) return null;
  return chosenModel(indexedDB, openModelFiles(caches)).catch(() => null);
}

function counted({manifest, folder}: OpenedModel, onBytes: (file: ManifestFile, bytes: number) => void): OpenedModel {
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const bytes = async (path: string): Promise<Uint8Array> => {
    const file = files.get(path);
    if (file) onBytes(file, 0);
    const all = await folder.bytes(path);
    if (file) onBytes(file, all.length);
    return all;
  };
  return {manifest, folder: {has: (path) => folder.has(path), bytes}};
}

/**
 * A fetch that asks this site alone. A worker is not bound by its page's policy, only by the headers of its own program,
 * which a plain host does not send: so the engine holds itself back.
 */
export function ownSiteOnly(fetch: Network["fetch"], origin: string): Network["fetch"] {
  return async (url, init) => {
    const {origin: asked, host} = new URL(url, origin);
    if (asked !== origin) throw new Error(`${host} is asked on the model page alone: load the model there first`);
    return fetch(url, init);
  };
}
