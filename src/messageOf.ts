/** What was thrown, in words for a reader. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
