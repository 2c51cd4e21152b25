/**
 * PyTorch's generator on the CPU: mt19937 (Matsumoto and Nishimura 1998) and the ways ATen turns its 32-bit words into
 * numbers (aten/src/ATen/core/DistributionsHelper.h, native/cpu/DistributionTemplates.h). `new Generator(s)` gives what
 * torch.Generator("cpu").manual_seed(s) does: rand and randint to the bit, randn to 1e-6.
 */
import {sizeOf, type Tensor} from "./tensor.js";

const N = 624;
const M = 397;

/** Whole numbers of 64 bits, as torch's int64. */
export interface WideTensor {
  readonly data: BigInt64Array;
  readonly dims: readonly number[];
}

export interface GeneratorState {
  readonly words: Uint32Array;
  readonly index: number;
  /** The second number of a Box-Muller pair, kept for the next call by the path for small sizes. */
  readonly spare: number | null;
}

export class Generator {
  private words = new Uint32Array(N);
  private index = N;
  private spare: number | null = null;

  /**
   * @param seed an integer in 0 ... 2^64 - 1; mt19937 uses its low 32 bits
   * @throws when the seed is not such an integer
   */
  constructor(seed: number | bigint) {
    if (typeof seed === "number" && (!Number.isSafeInteger(seed) || seed < 0)) {
      throw new Error(`seed ${seed} is not a whole number of 0 or more`);
    }
    this.words[0] = Number(BigInt(seed) & 0xffffffffn);
    for (let i = 1; i < N; i++) {
      const previous = this.words[i - 1] ^ (this.words[i - 1] >>> 30);
      this.words[i] = Math.imul(previous, 1812433253) + i;
    }
  }

  getState(): GeneratorState {
    return {words: this.words.slice(), index: this.index, spare: this.spare};
  }

  setState({words, index, spare}: GeneratorState): this {
    this.words = words.slice();
    this.index = index;
    this.spare = spare;
    return this;
  }

  /** A generator that goes on where a saved one stopped. */
  static from(state: GeneratorState): Generator {
    return new Generator(0).setState(state);
  }

  /** The next 32 bits. */
  private random(): number {
    if (this.index === N) this.twist();
    let y = this.words[this.index++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private twist(): void {
    const w = this.words;
    for (let i = 0; i < N; i++) {
      const y = (w[i] & 0x80000000) | (w[(i + 1) % N] & 0x7fffffff);
      w[i] = w[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.index = 0;
  }

  /** 64 bits, the first word on top. */
  private random64(): bigint {
    const high = BigInt(this.random());
    return (high << 32n) | BigInt(this.random());
  }

  /** float32 in [0, 1) with 24 random bits. */
  private uniform(): number {
    return (this.random() & 0xffffff) / 2 ** 24;
  }

  /** float64 in [0, 1) with 53 random bits. */
  private uniform64(): number {
    return Number(this.random64() & 0x1fffffffffffffn) / 2 ** 53;
  }

  /** Uniform in [0, 1), as torch.rand(shape). */
  rand(dims: readonly number[]): Tensor {
    return {data: Float32Array.from({length: sizeOf(dims)}, () => this.uniform()), dims};
  }

  /** Unit normal, as torch.randn(shape): fewer than 16 values take another path than 16 or more. */
  randn(dims: readonly number[]): Tensor {
    const size = sizeOf(dims);
    if (size < 16) return {data: Float32Array.from({length: size}, () => this.normal()), dims};
    const data = Float32Array.from({length: size}, () => this.uniform());
    for (let i = 0; i + 16 <= size; i += 16) boxMuller16(data, i);
    if (size % 16 !== 0) {
      for (let i = size - 16; i < size; i++) data[i] = this.uniform();
      boxMuller16(data, size - 16);
    }
    return {data, dims};
  }

  /**
   * Whole numbers in low ... high - 1, as torch.randint(low, high, shape). Numbers give a tensor, exact up to 2^24 as
   * float32 is; bigints give 64-bit whole numbers.
   * @throws when the range is empty
   */
  randint(low: number, high: number, dims: readonly number[]): Tensor;
  randint(low: bigint, high: bigint, dims: readonly number[]): WideTensor;
  randint(low: number | bigint, high: number | bigint, dims: readonly number[]): Tensor | WideTensor {
    const [from, range] = [BigInt(low), BigInt(high) - BigInt(low)];
    if (range <= 0n) throw new Error(`randint: nothing between ${low} and ${high}; high must be above low`);
    const length = sizeOf(dims);
    if (typeof low === "bigint") return {data: BigInt64Array.from({length}, () => from + this.below(range)), dims};
    return {data: Float32Array.from({length}, () => Number(from + this.below(range))), dims};
  }

  /** 0 ... range - 1. From 2^28 on, one word would favour small values noticeably: ATen takes two. */
  private below(range: bigint): bigint {
    return (range >= 1n << 28n ? this.random64() : BigInt(this.random())) % range;
  }

  /** One normal number in float64, of a Box-Muller pair whose second is kept. */
  private normal(): number {
    if (this.spare !== null) {
      const kept = this.spare;
      this.spare = null;
      return kept;
    }
    const theta = 2 * Math.PI * this.uniform64();
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniform64()));
    this.spare = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }
}

const TWO_PI = Math.fround(2 * Math.PI);

/** Sixteen uniforms to sixteen normals in place: the first eight give radii, the other eight angles. */
function boxMuller16(data: Float32Array, at: number): void {
  for (let j = at; j < at + 8; j++) {
    const radius = Math.fround(Math.sqrt(Math.fround(-2 * Math.fround(Math.log(1 - data[j])))));
    const theta = Math.fround(TWO_PI * data[j + 8]);
    data[j] = radius * Math.fround(Math.cos(theta));
    data[j + 8] = radius * Math.fround(Math.sin(theta));
  }
}
