/** CLIP's loss over a batch of pictures and captions, from their cosines alone. */
import type {Tensor} from "./tensor.js";

/** What a batch's cosines mean at a temperature. Pictures are rows i, captions columns j; the pair (i, i) belongs together. */
export interface ContrastiveLoss {
  /** [B, B]: how each picture shares itself out among the captions; every row sums to 1. */
  readonly rows: Tensor;
  /** [B, B]: how each caption shares itself out among the pictures; every column sums to 1. */
  readonly columns: Tensor;
  /** -ln of the right pair's share: of each picture, of each caption. */
  readonly pictureLosses: readonly number[];
  readonly captionLosses: readonly number[];
  /** Their means, and the mean of the two. */
  readonly pictureLoss: number;
  readonly captionLoss: number;
  readonly loss: number;
  /** [B, B]: by how much the loss changes with each cosine. Learning goes against it: a negative one pulls a pair together. */
  readonly gradient: Tensor;
}

/**
 * The symmetric cross-entropy of Radford et al. 2021, arXiv:2103.00020, figure 3: logits = cosine / temperature, the right
 * answer is the diagonal, once along rows and once along columns.
 * @param cosines [B, B]
 * @throws when the matrix is no square
 */
export function contrastiveLoss({data, dims}: Tensor, temperature: number): ContrastiveLoss {
  const [size, columnCount] = dims;
  if (size !== columnCount)
    throw new Error(`a batch of ${size} pictures and ${columnCount} captions: make them as many`);
  const all = Array.from({length: size}, (_, i) => i);
  const at = (values: ArrayLike<number>, i: number, j: number): number => values[i * size + j];
  const byRow = all.map((i) => softmax(all.map((j) => at(data, i, j) / temperature)));
  const byColumn = all.map((j) => softmax(all.map((i) => at(data, i, j) / temperature)));
  const matrix = (value: (i: number, j: number) => number): Tensor => ({
    data: Float32Array.from({length: size * size}, (_, k) => value(Math.floor(k / size), k % size)),
    dims
  });
  const pictureLosses = all.map((i) => -Math.log(byRow[i][i]));
  const captionLosses = all.map((j) => -Math.log(byColumn[j][j]));
  const [pictureLoss, captionLoss] = [mean(pictureLosses), mean(captionLosses)];
  return {
    rows: matrix((i, j) => byRow[i][j]),
    columns: matrix((i, j) => byColumn[j][i]),
    ...{pictureLosses, captionLosses, pictureLoss, captionLoss},
    loss: (pictureLoss + captionLoss) / 2,
    gradient: matrix((i, j) => (byRow[i][j] + byColumn[j][i] - 2 * Number(i === j)) / (2 * size * temperature))
  };
}

/** exp of each logit over the sum of all. */
export function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** The cosine of the angle between two vectors of one length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    ofA += a[i] * a[i];
    ofB += b[i] * b[i];
  }
  return dot / Math.sqrt(ofA * ofB);
}

/** Means of the cosines [B, B] of pairs that belong together (the diagonal), and of all others. */
export function meanCosines({data, dims: [size]}: Tensor): {matched: number; unmatched: number} {
  const [matched, unmatched]: [number[], number[]] = [[], []];
  data.forEach((value, k) => (k % (size + 1) === 0 ? matched : unmatched).push(value));
  return {matched: mean(matched), unmatched: mean(unmatched)};
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
