import {createEngine, type Engine as WholeEngine} from "../src/worker/client.js";

/** What the page needs of the engine; tests bring their own. */
export type Engine = Pick<WholeEngine, "status" | "onStatus" | "load" | "draw" | "decode" | "tokenize">;

/** The engine of this page, stopped when the page's cell is run anew. */
export function startEngine(invalidation: Promise<void>): Engine {
  const engine = createEngine();
  void invalidation.then(() => engine.dispose());
  return engine;
}
