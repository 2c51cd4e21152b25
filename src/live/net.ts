/** A small network that learns in the page: three layers, Adam, on jax-js, which is passed in. */
import type {Array as JaxArray, numpy} from "@jax-js/jax";
import type {Generator} from "../random.js";

/** The part of jax-js that is used. */
export type Jax = Pick<typeof import("@jax-js/jax"), "numpy" | "jit" | "valueAndGrad" | "nn" | "tree">;

type Params = [JaxArray, JaxArray, JaxArray, JaxArray, JaxArray, JaxArray];

/**
 * Adam's state: the weights, the running means of gradient and squared gradient, and how many steps were taken. Beside it the running
 * mean of the weights, which is what answers: as in the big model's training, it is steadier than the weights of any one step.
 */
type Training = {params: Params; average: Params; mean: Params; square: Params; count: JaxArray};

export interface NetOptions {
  /** Numbers a particle comes with, and numbers that are predicted of it. */
  readonly inputs: number;
  readonly outputs: number;
  /** Hidden numbers of each of the two inner layers. */
  readonly width?: number;
  readonly learningRate?: number;
}

/** A network in training. Matrices are row-major, [rows, inputs] and [rows, outputs]. */
export interface Net {
  /** One step of Adam on the mean squared error of a batch of fixed size; returns that error before the step. */
  train(inputs: Float32Array, targets: Float32Array): Promise<number>;
  predict(inputs: Float32Array): Promise<Float32Array>;
  readonly weights: number;
  dispose(): void;
}

// Kingma & Ba 2015, arXiv:1412.6980, algorithm 1, with its own constants.
const [BETA_1, BETA_2, TINY] = [0.9, 0.999, 1e-8];
/** How much of the average stays at each step, once there have been some. */
const KEEP = 0.995;

/** A network whose weights begin as the generator says (normal, variance 1 / inputs of each layer; biases 0). */
export function createNet(
  {numpy: np, jit, valueAndGrad, nn, tree}: Jax,
  generator: Generator,
  {inputs, outputs, width = 128, learningRate = 2e-3}: NetOptions
): Net {
  const layer = (from: number, to: number): [JaxArray, JaxArray] => {
    const values = generator.randn([from, to]).data.map((value) => value / Math.sqrt(from));
    return [np.array(values).reshape([from, to]), np.zeros([to])];
  };
  const params: Params = [...layer(inputs, width), ...layer(width, width), ...layer(width, outputs)];
  const zeros = (): Params => params.map(({shape}) => np.zeros(shape)) as Params;
  let training: Training = {
    ...{params, average: params.map((weight) => weight.ref) as Params},
    ...{mean: zeros(), square: zeros(), count: np.zeros([])}
  };

  function forward([w1, b1, w2, b2, w3, b3]: Params, rows: numpy.Array): JaxArray {
    const first = nn.silu(np.matmul(rows, w1).add(b1));
    const second = nn.silu(np.matmul(first, w2).add(b2));
    return np.matmul(second, w3).add(b3);
  }

  const loss = (weights: Params, rows: JaxArray, targets: JaxArray): JaxArray =>
    np.square(forward(weights, rows).sub(targets)).mean();

  const step = jit((before: Training, rows: JaxArray, targets: JaxArray): [JaxArray, Training] => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(before.params), rows, targets) as [JaxArray, Params];
    const count = before.count.add(1);
    const correct = (beta: number): JaxArray => np.subtract(1, np.exp(count.ref.mul(Math.log(beta))));
    const [first, second] = [correct(BETA_1), correct(BETA_2)];
    const mean = before.mean.map((m, i) => m.mul(BETA_1).add(gradients[i].ref.mul(1 - BETA_1))) as Params;
    const square = before.square.map((v, i) => v.mul(BETA_2).add(np.square(gradients[i]).mul(1 - BETA_2))) as Params;
    const next = before.params.map((weight, i) => {
      const scale = np.sqrt(square[i].ref.div(second.ref)).add(TINY);
      return weight.sub(mean[i].ref.div(first.ref).mul(learningRate).div(scale));
    }) as Params;
    first.dispose();
    second.dispose();
    const keep = np.minimum(KEEP, count.ref.add(1).div(count.ref.add(10)));
    const average = before.average.map((old, i) => next[i].ref.add(old.sub(next[i].ref).mul(keep.ref))) as Params;
    keep.dispose();
    return [value, {params: next, average, mean, square, count}];
  });
  const run = jit(forward);
  const matrix = (values: Float32Array, columns: number): JaxArray =>
    np.array(values).reshape([values.length / columns, columns]);

  return {
    weights: params.reduce((sum, {size}) => sum + size, 0),
    async train(rows, targets) {
      const [value, after] = step(training, matrix(rows, inputs), matrix(targets, outputs));
      training = after;
      return (await value.data())[0];
    },
    async predict(rows) {
      return (await run(tree.ref(training.average), matrix(rows, inputs)).data()) as Float32Array;
    },
    dispose() {
      tree.dispose(training);
      step.dispose();
      run.dispose();
    }
  };
}
