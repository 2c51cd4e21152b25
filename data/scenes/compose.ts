/** Draws a scene: pure, no DOM, no native module, the same bytes in Node and in the browser. */
import {SIZES, type Atlas, type Sprite} from "./atlas.js";
import {SIDE, type Pixels} from "./canvas.js";
import {drawBackground} from "./places.js";
import {SceneRandom} from "./random.js";
import {drawingSeed, type PlacedObject, type SceneSpec} from "./scene.js";

/** Tight box of an object's visible pixels: [x0, y0, x1, y1], the last two exclusive. */
export type Box = readonly [number, number, number, number];

export interface Scene {
  /** RGB bytes, 128 x 128 x 3. */
  readonly rgb: Pixels;
  /** 128 x 128: 0 where no object is, k where object k (from 1) is opaque by half or more. */
  readonly mask: Uint8Array;
  readonly boxes: readonly Box[];
}

const OPAQUE = 128;

export function drawScene(spec: SceneSpec, atlas: Atlas): Scene {
  const rgb = new Uint8Array(SIDE * SIDE * 3);
  const mask = new Uint8Array(SIDE * SIDE);
  drawBackground(rgb, spec, new SceneRandom(drawingSeed(spec.seed)));
  spec.objects.forEach((object, i) => {
    drawSprite(rgb, mask, atlas.sprite(object.name, object.style, object.size), object, i + 1);
  });
  return {rgb, mask, boxes: spec.objects.map((object, i) => boxOf(mask, object, i + 1))};
}

function drawSprite(rgb: Pixels, mask: Uint8Array, sprite: Sprite, at: PlacedObject, label: number): void {
  const side = sprite.side;
  if (at.x < 0 || at.y < 0 || at.x + side > SIDE || at.y + side > SIDE) {
    throw new Error(`${at.name} at (${at.x}, ${at.y}) leaves the picture; keep 0 ... ${SIDE - side}`);
  }
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + x) * 4;
      const alpha = sprite.data[from + 3];
      if (alpha === 0) continue;
      const to = (at.y + y) * SIDE + at.x + x;
      for (let k = 0; k < 3; k++) {
        const under = rgb[to * 3 + k];
        rgb[to * 3 + k] = Math.round(under + ((sprite.data[from + k] - under) * alpha) / 255);
      }
      if (alpha >= OPAQUE) mask[to] = label;
    }
  }
}

function boxOf(mask: Uint8Array, {x, y, size}: PlacedObject, label: number): Box {
  const side = SIZES[size];
  let [x0, y0, x1, y1] = [x + side, y + side, x, y];
  for (let row = y; row < y + side; row++) {
    for (let column = x; column < x + side; column++) {
      if (mask[row * SIDE + column] !== label) continue;
      [x0, y0] = [Math.min(x0, column), Math.min(y0, row)];
      [x1, y1] = [Math.max(x1, column + 1), Math.max(y1, row + 1)];
    }
  }
  return [x0, y0, x1, y1];
}
