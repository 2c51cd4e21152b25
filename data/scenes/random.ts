/** A small seeded source of numbers, the same on every machine: sfc32 (Chris Doty-Humphrey, PractRand), integers only. */
export class SceneRandom {
  private state: [number, number, number, number];

  /** @param seed a non-negative integer below 2^53 */
  constructor(seed: number) {
    this.state = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 0x9e3779b9, 1];
    for (let i = 0; i < 15; i++) this.next();
  }

  /** A uniform integer in 0 ... 2^32 - 1. */
  next(): number {
    const [a, b, c, counter] = this.state;
    const result = (((a + b) | 0) + counter) | 0;
    this.state = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + result) | 0, (counter + 1) | 0];
    return result >>> 0;
  }

  /** A uniform number in [0, 1). */
  uniform(low = 0, high = 1): number {
    return low + (this.next() / 2 ** 32) * (high - low);
  }

  /** A uniform integer in low ... high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.uniform() * items.length)];
  }

  /** One of the keys, in proportion to its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const keys = Object.keys(weights) as K[];
    let rest = this.uniform() * keys.reduce((sum, key) => sum + weights[key], 0);
    return keys.find((key) => (rest -= weights[key]) < 0) ?? keys[keys.length - 1];
  }

  /** `count` different items, in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    const pool = [...items];
    return Array.from({length: count}, () => pool.splice(Math.floor(this.uniform() * pool.length), 1)[0]);
  }
}
