/** The rank of each by its score, from 0; null where there is no score yet. */
export function ranksOf(list: readonly {score: number | null}[]): (number | null)[] {
  const scores = list.map(({score}) => score).filter((score) => score !== null);
  return list.map(({score}) => (score === null ? null : scores.filter((other) => other > score).length));
}
