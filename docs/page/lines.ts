/** The values of a file with a JSON object a line. */
export function readLines<T>(text: string): T[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
