/** What the learning page knows. */
export interface LearningState {
  /** Timestep of the hidden scene. */
  t: number;
  /** Which scene of the game. */
  round: number;
  /** What the reader guessed; null before. */
  chosen: string | null;
  /** Whether the UNet is told the caption. */
  told: boolean;
  /** Which caption the average is of, and its timestep. */
  caption: number;
  averageT: number;
  /** Timestep of the plane, and the noised point in it. */
  planeT: number;
  x: number;
  y: number;
  /** The seed of the training step that is played, and the step of the drawing, from 0. */
  thrown: number;
  step: number;
  /** The small network: the ready drawing that it learns, or "own"; how it learns; how it is drawn from, and where its arrows are. */
  sketch: string;
  netSeed: number;
  schedule: string;
  predicts: string;
  prompt: string;
  sampler: string;
  guidance: number;
  netT: number;
  /** Counts the answers that have come: a change means that views may show one. */
  answered: number;
  /** Whether the model is there. */
  ready: boolean;
  decoded: number;
}

export const OWN = "own";

export const SCHEDULES = {
  scaled_linear: "scaled linear",
  linear: "linear",
  squaredcos_cap_v2: "cosine"
} as const;
export const TYPES = {epsilon: "the noise ε", v_prediction: "v", sample: "the clean point x0"} as const;
export const NAMES = ["orange", "teal"] as const;
