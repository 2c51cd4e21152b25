/** Where a model of the reader's own lies. All of these can be sent to a worker. */
import type {PlacedFile} from "./files.js";
import {filesOfDirectory, folderOfFiles} from "./files.js";
import {folderOnHub, HUB, parseHubId} from "./hub.js";
import type {ListedFolder} from "./listed.js";
import {manifestOf} from "./listed.js";
import {folderOnServer, parseAddress} from "./server.js";
import type {Fetch} from "./web.js";

export type ModelSource =
  /** The address of a folder on a server. */
  | {readonly kind: "server"; readonly address: string}
  /** "owner/name" of the Hugging Face hub, or of a mirror at `endpoint`. */
  | {readonly kind: "hub"; readonly id: string; readonly endpoint?: string}
  /** A folder that was picked with showDirectoryPicker. */
  | {readonly kind: "directory"; readonly handle: FileSystemDirectoryHandle}
  /** What was dropped, or chosen in a file input. */
  | {readonly kind: "files"; readonly files: readonly PlacedFile[]};

/** Look a model folder up: its listing and its small files, no weights. @throws one sentence when there is none */
export async function openSource(source: ModelSource, fetch: Fetch): Promise<ListedFolder> {
  const folder = await listed(source, fetch);
  const known = folder.has("unet/model.onnx") || folder.has("model_index.json");
  if (!known)
    throw new Error(`${placeOf(source)} holds no model folder: there is neither model_index.json nor unet/model.onnx`);
  return withHashes(folder);
}

function listed(source: ModelSource, fetch: Fetch): Promise<ListedFolder> {
  switch (source.kind) {
    case "server":
      return folderOnServer(source.address, fetch);
    case "hub":
      return folderOnHub(parseHubId(source.id), fetch, source.endpoint);
    case "directory":
      return filesOfDirectory(source.handle).then(folderOfFiles);
    case "files":
      return Promise.resolve(folderOfFiles(source.files));
  }
}

/** Whom loading from here asks, or what it reads, for the reader to know before. */
export function placeOf(source: ModelSource): string {
  switch (source.kind) {
    case "server":
      return new URL(parseAddress(source.address)).host;
    case "hub":
      return new URL(source.endpoint ?? HUB).host;
    case "directory":
      return `the folder ${source.handle.name}`;
    case "files":
      return "the folder that you chose";
  }
}

/** The hashes of a manifest among the files, where the sizes agree. */
async function withHashes(folder: ListedFolder): Promise<ListedFolder> {
  if (folder.manifest || !folder.has("manifest.json")) return folder;
  const manifest = await manifestOf(folder);
  const hashes = new Map(manifest.files.map(({path, size, sha256}) => [`${path} ${size}`, sha256]));
  const files = folder.files.map((file) => ({...file, sha256: file.sha256 ?? hashes.get(`${file.path} ${file.size}`)}));
  return {...folder, files, manifest};
}
