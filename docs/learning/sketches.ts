import type {Drawing} from "../components/pointDrawing.js";
import type {Generator} from "../src/random.js";
import type {Point} from "../src/world/world.js";

/** Uniform and normal numbers. */
type Thrower = Pick<Generator, "rand" | "randn">;

/** Ready drawings to learn from, each of `count` points in two colours, about as wide as latents are: unit variance. */
export const SKETCHES: Readonly<Record<string, (count: number, generator: Thrower) => Drawing>> = {
  "two moons": (count, generator) =>
    scattered(count, generator, 0.08, (u, label) =>
      label
        ? [0.75 + 1.2 * Math.cos(Math.PI * u), -1.2 * Math.sin(Math.PI * u) + 0.35]
        : [1.2 * Math.cos(Math.PI * u) - 0.75, 1.2 * Math.sin(Math.PI * u) - 0.35]
    ),
  spiral: (count, generator) =>
    scattered(count, generator, 0.05, (u, label) => {
      const [angle, radius] = [3 * Math.PI * Math.sqrt(u) + label * Math.PI, 1.9 * Math.sqrt(u)];
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }),
  face: (count, generator) =>
    scattered(count, generator, 0.07, (u, label) => {
      if (label) return [1.6 * Math.cos(2 * Math.PI * u), 1.6 * Math.sin(2 * Math.PI * u)];
      if (u < 0.2) return [-0.55, 0.5];
      if (u < 0.4) return [0.55, 0.5];
      const angle = Math.PI * (1.15 + 0.7 * ((u - 0.4) / 0.6));
      return [0.95 * Math.cos(angle), 0.95 * Math.sin(angle) + 0.1];
    }),
  blobs: (count, generator) =>
    scattered(count, generator, 0.2, (u, label) => (label ? [1.2, 0.7] : u < 0.6 ? [-1.1, 0.8] : [0.2, -1.2]))
};

/** Points of a curve for each of two labels, with normal noise around it. */
function scattered(
  count: number,
  generator: Thrower,
  deviation: number,
  curve: (u: number, label: number) => Point
): Drawing {
  const along = generator.rand([count]).data;
  const noise = generator.randn([count, 2]).data;
  const labels = Array.from({length: count}, (_, i) => i % 2);
  const points = labels.map((label, i): Point => {
    const [x, y] = curve(along[i], label);
    return [x + deviation * noise[2 * i], y + deviation * noise[2 * i + 1]];
  });
  return {points, labels};
}
