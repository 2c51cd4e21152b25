/** Rasterises every object's emoji into the committed atlas: `npm run sprites`. Node only. */
import {mkdirSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {deflateRawSync} from "node:zlib";
import {Resvg} from "@resvg/resvg-js";
import type {AtlasManifest, SpriteEntry, Style} from "./atlas.js";
import {OBJECTS} from "./objects.js";

const SIDE = 128;
const MAX_BYTES = 8 * 2 ** 20;
const STYLES: Record<Style, {package: string; aliases: Record<string, string>}> = {
  flat: {package: "@iconify-json/fluent-emoji-flat", aliases: {}}
};

interface Icon {
  body: string;
  width?: number;
  height?: number;
}

interface IconSet {
  icons: Record<string, Icon>;
  aliases?: Record<string, {parent: string}>;
  width: number;
  height: number;
}

const require = createRequire(import.meta.url);

/** @throws when neither the set nor its aliases have the name */
export function iconNamed(set: IconSet, name: string, style: string): Icon {
  const icon = set.icons[name] ?? set.icons[set.aliases?.[name]?.parent ?? ""];
  if (!icon) throw new Error(`no icon for ${name} in style ${style}; add an alias for it in data/scenes/sprites.ts`);
  return icon;
}

/** RGBA with straight alpha, SIDE x SIDE. */
function rasterise(icon: Icon, set: IconSet): Uint8Array {
  const width = icon.width ?? set.width;
  const height = icon.height ?? set.height;
  const side = Math.max(width, height);
  const view = `${(width - side) / 2} ${(height - side) / 2} ${side} ${side}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}" width="${side}" height="${side}">${icon.body}</svg>`;
  const pixels = new Resvg(svg, {fitTo: {mode: "width", value: SIDE}}).render().pixels;
  return straightAlpha(pixels);
}

/** resvg multiplies colours by alpha; undo it. */
function straightAlpha(pixels: Uint8Array): Uint8Array {
  return pixels.map((value, i) => {
    const alpha = pixels[i - (i % 4) + 3];
    return i % 4 === 3 || alpha === 0 ? value : Math.min(255, Math.round((value * 255) / alpha));
  });
}

function buildStyle(style: Style, folder: string): {entries: SpriteEntry[]; bytes: number} {
  const {package: name, aliases} = STYLES[style];
  const set = require(`${name}/icons.json`) as IconSet;
  const parts: Uint8Array[] = [];
  const entries: SpriteEntry[] = [];
  let offset = 0;
  for (const object of OBJECTS) {
    const icon = iconNamed(set, aliases[object.name] ?? object.name, style);
    const packed = deflateRawSync(rasterise(icon, set), {level: 9});
    entries.push({name: object.name, style, offset, length: packed.length});
    parts.push(packed);
    offset += packed.length;
  }
  writeFileSync(`${folder}/${style}.bin`, Buffer.concat(parts));
  return {entries, bytes: offset};
}

function main(): void {
  const folder = new URL("./atlas", import.meta.url).pathname;
  mkdirSync(folder, {recursive: true});
  const styles = Object.keys(STYLES) as Style[];
  const built = styles.map((style) => buildStyle(style, folder));
  const bytes = built.reduce((sum, part) => sum + part.bytes, 0);
  if (bytes > MAX_BYTES) throw new Error(`the atlas has ${bytes} bytes, at most ${MAX_BYTES} allowed; drop a style`);
  const licenses = styles.map((style) => {
    const info = require(`${STYLES[style].package}/info.json`) as {name: string; license: {title: string}};
    return [style, {file: `${style}.bin`, title: info.name, license: info.license.title}] as const;
  });
  const manifest: AtlasManifest = {
    side: SIDE,
    styles: Object.fromEntries(licenses) as AtlasManifest["styles"],
    sprites: built.flatMap((part) => part.entries)
  };
  writeFileSync(`${folder}/manifest.json`, JSON.stringify(manifest, null, 1) + "\n");
  console.info(`${manifest.sprites.length} sprites, ${(bytes / 1e6).toFixed(2)} MB`);
}

if (process.argv[1]?.endsWith("sprites.ts")) main();
