/** Scenes of the game: a group of the memory, one of its scenes by number, and what else to choose from. */
export const ROUNDS: readonly {readonly group: number; readonly scene: number; readonly others: readonly string[]}[] = [
  {group: 0, scene: 0, others: ["cow", "dog", "camel"]},
  {group: 3, scene: 193, others: ["tomato", "red heart", "balloon"]},
  {group: 5, scene: 322, others: ["house", "church", "volcano"]},
  {group: 2, scene: 130, others: ["teddy bear", "snowman", "ghost"]},
  {group: 4, scene: 258, others: ["horse", "giraffe", "kangaroo"]},
  {group: 1, scene: 67, others: ["fox", "dog", "rabbit"]}
];
