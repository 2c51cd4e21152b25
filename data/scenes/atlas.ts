import {objectNamed} from "./objects.js";

/** Styles the committed atlas has. Another is one more line in sprites.ts. */
export type Style = "flat";

/** Sides of a drawn object in pixels, all multiples of the latent grid's 8. */
export const SIZES = {small: 40, normal: 64, big: 96} as const;
export type Size = keyof typeof SIZES;

export interface SpriteEntry {
  readonly name: string;
  readonly style: Style;
  /** Where its bytes begin in `<style>.bin`, and how many there are (RGBA, deflate-raw). */
  readonly offset: number;
  readonly length: number;
}

export interface AtlasManifest {
  /** Side of each square sprite in pixels. */
  readonly side: number;
  readonly styles: Readonly<Record<Style, {readonly file: string; readonly title: string; readonly license: string}>>;
  readonly sprites: readonly SpriteEntry[];
}

/** A square picture with straight alpha: RGBA bytes, `side` x `side`. */
export interface Sprite {
  readonly side: number;
  readonly data: Uint8Array;
}

/** Decoded sprites. Made by `readAtlas`; a size is scaled down when it is first asked for, and kept. */
export interface Atlas {
  sprite(name: string, style: Style, size: Size): Sprite;
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** One sprite of `<style>.bin` as stored. */
export async function readSprite(bin: Uint8Array, entry: SpriteEntry, side: number): Promise<Sprite> {
  const data = await inflate(bin.subarray(entry.offset, entry.offset + entry.length));
  if (data.length !== side * side * 4) throw new Error(`broken sprite: ${entry.name}; make the atlas again`);
  return {side, data};
}

/**
 * Decode the sprites of an atlas.
 * @param bins the bytes of each style's file
 * @param names only these objects; all when left out
 */
export async function readAtlas(
  manifest: AtlasManifest,
  bins: Readonly<Record<Style, Uint8Array>>,
  names?: readonly string[]
): Promise<Atlas> {
  const wanted = manifest.sprites.filter((entry) => !names || names.includes(entry.name));
  const full = new Map<string, Sprite>();
  await Promise.all(
    wanted.map(async (entry) => {
      full.set(`${entry.style}/${entry.name}`, await readSprite(bins[entry.style], entry, manifest.side));
    })
  );
  const scaled = new Map<string, Sprite>();
  return {
    sprite(name, style, size) {
      const key = `${style}/${name}/${size}`;
      const kept = scaled.get(key);
      if (kept) return kept;
      const sprite = full.get(`${style}/${objectNamed(name).name}`);
      if (!sprite) throw new Error(`no ${style} sprite of ${name} in this atlas; read the atlas with that name`);
      const made = downscale(sprite, SIZES[size]);
      scaled.set(key, made);
      return made;
    }
  };
}

/** The average over the area that each new pixel covers, weighted by alpha. */
export function downscale(sprite: Sprite, side: number): Sprite {
  const scale = sprite.side / side;
  const data = new Uint8Array(side * side * 4);
  const spans = Array.from({length: side}, (_, i) => coverage(i * scale, (i + 1) * scale));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let [red, green, blue, alpha, area] = [0, 0, 0, 0, 0];
      for (const [row, tall] of spans[y]) {
        for (const [column, wide] of spans[x]) {
          const from = (row * sprite.side + column) * 4;
          const weight = tall * wide;
          const opaque = weight * sprite.data[from + 3];
          red += opaque * sprite.data[from];
          green += opaque * sprite.data[from + 1];
          blue += opaque * sprite.data[from + 2];
          alpha += opaque;
          area += weight;
        }
      }
      const to = (y * side + x) * 4;
      if (alpha === 0) continue;
      data[to] = Math.round(red / alpha);
      data[to + 1] = Math.round(green / alpha);
      data[to + 2] = Math.round(blue / alpha);
      data[to + 3] = Math.round(alpha / area);
    }
  }
  return {side, data};
}

/** The source pixels under [from, to), each with how much of it is covered. */
function coverage(from: number, to: number): [number, number][] {
  const pixels: [number, number][] = [];
  for (let i = Math.floor(from); i < to; i++) pixels.push([i, Math.min(i + 1, to) - Math.max(i, from)]);
  return pixels;
}
