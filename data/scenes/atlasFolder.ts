/** Opens the atlas from disk. Node only; pages fetch the same files and call `readAtlas`. */
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {readAtlas, type Atlas, type AtlasManifest, type Style} from "./atlas.js";

/**
 * @param names only these objects; all when left out
 * @throws when the folder holds no atlas
 */
export async function openAtlas(folder: string, names?: readonly string[]): Promise<Atlas> {
  const path = join(folder, "manifest.json");
  if (!existsSync(path))
    throw new Error(`no atlas in ${folder}: it has no manifest.json; name its folder with --atlas`);
  const manifest = JSON.parse(readFileSync(path, "utf8")) as AtlasManifest;
  const bins = Object.entries(manifest.styles).map(
    ([style, {file}]) => [style, readFileSync(join(folder, file))] as const
  );
  return readAtlas(manifest, Object.fromEntries(bins) as unknown as Record<Style, Uint8Array>, names);
}
