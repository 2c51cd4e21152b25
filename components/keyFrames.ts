/** The steps that stand for a whole run of `numSteps`: at most `count` of them, the first and the last among them, evenly spaced. */
export function keyFrames(numSteps: number, count = 8): number[] {
  const n = Math.min(count, numSteps);
  if (n < 2) return numSteps > 0 ? [0] : [];
  return Array.from({length: n}, (_, i) => Math.round((i * (numSteps - 1)) / (n - 1)));
}
