/** A point of the film while it unrolls, relative to the film's fixed point: the top of the loop, later the middle of the strip. */
export interface UnrollPoint {
  x: number;
  y: number;
}

/** The closed loop's radius and the open strip's length, in pixels. */
export interface UnrollShape {
  radius: number;
  length: number;
}

/**
 * Where a point of the film lies when a share `u` of the loop's curvature is gone. `s` runs along the film from 0 to 1; a closed loop
 * (u = 0) starts and ends at the bottom and turns clockwise; an open strip (u = 1) runs from left to right. In between the film is an arc
 * of curvature angle / length: a real unrolling, no morph.
 */
export function unrollPoint(s: number, u: number, {radius, length}: UnrollShape): UnrollPoint {
  const span = 2 * Math.PI * (1 - u);
  const arcLength = (1 - u) * 2 * Math.PI * radius + u * length;
  const along = s - 0.5;
  if (span < 1e-4) return {x: arcLength * along, y: 0};
  const theta = span * along;
  return {x: (arcLength / span) * Math.sin(theta), y: (arcLength / span) * (1 - Math.cos(theta))};
}

/** The whole film as an SVG path, around its fixed point (x, y). */
export function unrollPath(u: number, shape: UnrollShape, {x = 0, y = 0} = {}, points = 64): string {
  return Array.from({length: points + 1}, (_, i) => {
    const point = unrollPoint(i / points, u, shape);
    return `${i ? "L" : "M"}${(x + point.x).toFixed(1)},${(y + point.y).toFixed(1)}`;
  }).join("");
}

/** Slow, fast, slow. */
export function easeInOut(u: number): number {
  return u < 0.5 ? 4 * u ** 3 : 1 - (2 - 2 * u) ** 3 / 2;
}
