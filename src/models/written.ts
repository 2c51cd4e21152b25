/** What is written while `act` runs, in place of writing it. */
export type Written = (act: () => void) => string;

type Write = (...words: never[]) => unknown;

/**
 * Puts a function in the place of `write` that can be listened to. onnxruntime's wasm has no other way to tell a session's profile, and
 * keeps what it finds in that place when it starts: so this comes first.
 * @param lineOf what the words of one call say
 */
export function listenTo(
  write: Write,
  replace: (write: Write) => void,
  lineOf: (words: readonly unknown[]) => string = (words) => words.join(" ")
): Written {
  let lines: string[] | null = null;
  replace((...words) => (lines ? lines.push(lineOf(words)) : write(...words)));
  return (act) => {
    const heard: string[] = (lines = []);
    try {
      act();
    } finally {
      lines = null;
    }
    return heard.join("\n");
  };
}

/** The same of a console's `log`, where onnxruntime writes in a browser. */
export const listenToLog = (console: Pick<Console, "log">): Written =>
  listenTo(console.log.bind(console), (log) => Object.assign(console, {log}));
