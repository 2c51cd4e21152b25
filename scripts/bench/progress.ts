/** What the bench is at, and an end to what does not end. */

const beginning = performance.now();

/** A line on the error stream: the table alone goes to the other one. */
export function tell(text: string): void {
  console.error(`${((performance.now() - beginning) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

/**
 * One part of the bench: its name and how long it took are told, and it may not stand still.
 * @param seconds that it may stay at one place @param task is given a function to say where it stands
 */
export async function stage<T>(
  name: string,
  seconds: number,
  task: (standing: (where: string) => void) => Promise<T>
): Promise<T> {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let stop: (error: Error) => void;
  const stuck = new Promise<never>((_, reject) => (stop = reject));
  const standing = (where: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stop(new Error(`${name}: nothing came of ${where} within ${seconds} s`)), 1000 * seconds);
  };
  tell(name);
  standing("its beginning");
  try {
    const result = await Promise.race([task(standing), stuck]);
    tell(`${name}: done in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
