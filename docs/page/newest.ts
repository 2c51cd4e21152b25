/** What a stream of wishes needs: the slow work, whether it can begin, and whom to tell. */
export interface NewestOptions<I, O> {
  work(input: I): Promise<O>;
  /** Whether work may begin: the model is there. */
  ready(): boolean;
  onDone(output: O, input: I): void;
  /** The answer takes longer than `patience` ms: the time for a preview. Never called after the answer to a later wish. */
  onWait?(input: I): void;
  patience?: number;
}

/** Wishes of which the newest counts. */
export interface Newest<I> {
  /** @param quiet without a preview: what is on show will do until the answer comes */
  want(input: I, options?: {quiet?: boolean}): void;
  /** Looks for work: to be called when `ready` may have become true. */
  wake(): void;
}

/**
 * For a control that moves faster than the model answers: one piece of work at a time, then the newest wish; what was
 * overtaken meanwhile is not shown. Work that fails shows nothing: the engine's status says what is wrong.
 */
export function newest<I, O>({work, ready, onDone, onWait, patience = 150}: NewestOptions<I, O>): Newest<I> {
  let wish: {input: I} | null = null;
  let running = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function next(): Promise<void> {
    if (running || !wish || !ready()) return;
    const mine = wish;
    running = true;
    try {
      const output = await work(mine.input);
      if (wish !== mine) return;
      clearTimeout(timer);
      wish = null;
      onDone(output, mine.input);
    } catch {
      if (wish === mine) wish = null;
    } finally {
      running = false;
      void next();
    }
  }

  return {
    want(input, {quiet = false} = {}) {
      const mine = {input};
      wish = mine;
      clearTimeout(timer);
      if (!quiet) timer = setTimeout(() => wish === mine && onWait?.(input), running ? 0 : patience);
      void next();
    },
    wake: () => void next()
  };
}
