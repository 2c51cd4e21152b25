/** What the learning page knows. */
export interface LearningState {
  /** Timestep of the hidden scene, and of the average and the memoriser. */
  t: number;
  /** Which scene of the game. */
  round: number;
  /** What the reader guessed; null before. */
  chosen: string | null;
  /** Whether the UNet is told the caption. */
  told: boolean;
  /** Counts the answers that have come: a change means that views may show one. */
  answered: number;
  /** Whether the model is there. */
  ready: boolean;
  decoded: number;
}
