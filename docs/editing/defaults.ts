import {rectangle, writeMask} from "./mask.js";

/** What a plain visit shows, and what scripts/record/editing.ts records. */
export const DEFAULTS = {
  scene: 57,
  prompt: "a red apple on the beach",
  seed: 7,
  steps: 20,
  strength: 0.6,
  inpaint: "a cat on the beach",
  mask: writeMask(rectangle(7, 4, 14, 11)),
  walk: {prompt: "a horse on the grass", toPrompt: "a castle in the desert", seed: 7, toSeed: 8},
  brush: {prompt: "a horse on the grass", steps: [2, 6, 10, 15], mask: writeMask(rectangle(2, 2, 5, 6)), color: "red"}
};

/** Guidance scales of the way back that are recorded. */
export const LOOSE = [1, 2, 4, 7, 12];
