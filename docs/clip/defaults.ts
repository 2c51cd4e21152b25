/** Numbers of scenes that CLIP was not trained on start here (data/training/scenes.py). */
export const UNSEEN = 500_000_000;

/** The batch that the page opens with: two horses, two meadows. */
export const SCENES = [75, 91, 28, 275, 157].map((number) => UNSEEN + number);

/** One for each scene, in its order. The second fits the first scene, too: a mistake that is worth a push. */
export const CAPTIONS = [
  "a horse on the grass",
  "a horse",
  "a panda on the grass at dusk",
  "a penguin in space",
  "a big red apple on the beach"
];

/** What the page's classifier chooses from. */
export const LABELS = ["horse", "panda", "penguin", "apple", "rocket", "cat"];

/** The model of the recorded numbers. */
export const RECORDED = "tiny";

/** How a label becomes a sentence at first. */
export const TEMPLATE = "a {}";

/** The two arrows at first. */
export const ARROWS = [
  {angle: 20, length: 1.6},
  {angle: 70, length: 1.2}
] as const;

/** The caption that the watched drawing is scored against beside its own. */
export const OTHER = "a penguin in space";
