/** A value that is made once, however many ask for it at a time; a failed try is forgotten, and the next to ask tries again. */
export interface Remembered<T> {
  get(): Promise<T>;
  /** What was made or is being made, without making it. */
  made(): Promise<T> | null;
}

export function remembered<T>(make: () => Promise<T>): Remembered<T> {
  let value: Promise<T> | null = null;
  return {
    made: () => value,
    get() {
      const made = (value ??= make());
      made.catch(() => {
        if (value === made) value = null;
      });
      return made;
    }
  };
}
