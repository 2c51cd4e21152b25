/** Every graph that is opened must first give a stored answer: some backends compute wrong numbers without a word. */
import {remembered} from "../remembered.js";
import {RuntimeFault} from "./fault.js";
import {PARTS, readJson, type ModelFolder, type PartName} from "./folder.js";
import type {Feeds} from "./part.js";
import type {Graph} from "./runtime.js";
import type {Tokenizer} from "./tokenizer.js";

/** The folder's `self_test.json`: for one prompt, seed and timestep the first values of each graph's output. */
export interface StoredAnswer {
  readonly prompt: string;
  readonly input_ids: readonly number[];
  readonly seed: number;
  readonly timestep: number;
  /** Share of the largest value. */
  readonly tolerance: number;
  readonly hidden_states: readonly number[];
  readonly out_sample: readonly number[];
  readonly image: readonly number[];
}

/** What to feed a part, which output to look at, and what its first values must be. */
export interface Question {
  readonly feeds: Feeds;
  readonly output: string;
  readonly answer: readonly number[];
}

export interface SelfTest {
  /** @throws a RuntimeFault that names the part and how far it is off */
  check(part: PartName, graph: Graph): Promise<void>;
}

/** @param ask null: there is no stored answer for this part */
export function openSelfTest(
  folder: ModelFolder,
  tokenizer: Tokenizer,
  ask: (part: PartName, stored: StoredAnswer) => Promise<Question | null>
): SelfTest {
  const stored = remembered(async () => {
    if (!folder.has("self_test.json")) return null;
    const answer = await readJson<StoredAnswer>(folder, "self_test.json");
    compare("the tokenizer", tokenizer.encode(answer.prompt).ids, answer.input_ids, 0);
    return answer;
  });
  return {
    async check(part, graph) {
      const known = await stored.get();
      const question = known && (await ask(part, known));
      if (!question) return;
      const {[question.output]: output} = await graph.run(question.feeds, [question.output]);
      compare(PARTS[part], output.data, question.answer, known.tolerance);
    }
  };
}

function compare(what: string, actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  const largest = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  if (error <= tolerance * largest) return; // a NaN is no such error
  const far = `${error.toPrecision(2)} where values reach ${largest.toPrecision(2)}`;
  throw new RuntimeFault(`self-test failed: ${what} is off by ${far}`, {replaceable: true, passing: false});
}
