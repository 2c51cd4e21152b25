/** A folder of the reader's own disk: picked (File System Access), dragged onto the page, or chosen in a file input. */
import {fileNamed, rootOf, type ListedFolder} from "./listed.js";

/** A file and where it lies; structured-cloneable. */
export interface PlacedFile {
  /** "my-model/unet/model.onnx" */
  readonly path: string;
  readonly file: File;
}

/** @throws when there is no file */
export function folderOfFiles(placed: readonly PlacedFile[]): ListedFolder {
  if (!placed.length) throw new Error("this folder is empty: pick the one that holds model_index.json");
  const root = rootOf(placed.map(({path}) => path));
  const inside = placed.filter(({path}) => path.startsWith(root));
  const byPath = new Map(inside.map(({path, file}) => [path.slice(root.length), file]));
  const name = root.split("/").at(-2) ?? "a folder of yours";
  const fileAt = (path: string): File => byPath.get(fileNamed(folder, path).path)!;
  /** The file may have moved or changed since it was picked. */
  const read = (path: string, part: Blob): Promise<Uint8Array> =>
    part.arrayBuffer().then(
      (buffer) => new Uint8Array(buffer),
      () => {
        throw new Error(`${path} can no longer be read: it has changed since the folder was picked; pick it again`);
      }
    );
  const folder: ListedFolder = {
    name,
    base: `https://folder.invalid/${encodeURIComponent(name)}/`,
    files: [...byPath].map(([path, file]) => ({path, size: file.size, version: String(file.lastModified)})),
    has: (path) => byPath.has(path),
    bytes: async (path) => read(path, fileAt(path)),
    slice: async (path, begin, end) => read(path, fileAt(path).slice(begin, end)),
    stream: async (path) => fileAt(path).stream()
  };
  return folder;
}

/** All files below a folder that was picked with showDirectoryPicker. */
export async function filesOfDirectory(handle: FileSystemDirectoryHandle, path = handle.name): Promise<PlacedFile[]> {
  const found: Promise<PlacedFile[]>[] = [];
  for await (const entry of handle.values()) {
    const below = `${path}/${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    if (entry.kind === "directory") found.push(filesOfDirectory(entry as FileSystemDirectoryHandle, below));
    else found.push((entry as FileSystemFileHandle).getFile().then((file) => [{path: below, file}]));
  }
  return (await Promise.all(found)).flat();
}

/** What was chosen in <input type="file" webkitdirectory multiple>. */
export function filesOfInput(files: Iterable<File>): PlacedFile[] {
  return [...files].map((file) => ({path: file.webkitRelativePath || file.name, file}));
}

/** What was dropped. To be called while the "drop" event is handled: after it, the browser forgets the entries. */
export function filesOfDrop(items: Iterable<DataTransferItem>): Promise<PlacedFile[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return Promise.all(entries.map(filesOfEntry)).then((found) => found.flat());
}

async function filesOfEntry(entry: FileSystemEntry): Promise<PlacedFile[]> {
  if (entry.name.startsWith(".")) return [];
  if (entry.isDirectory) {
    const children = await childrenOf(entry as FileSystemDirectoryEntry);
    return (await Promise.all(children.map(filesOfEntry))).flat();
  }
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  return [{path: entry.fullPath.replace(/^\//, ""), file}];
}

/** A reader hands out some entries at a time, none when all were told. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}
