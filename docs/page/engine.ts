import {createEngine, type Engine} from "../src/worker/client.js";

/** The engine of a page, stopped when the page's cell is run anew. Nothing is fetched before it is asked for something. */
export function startEngine(invalidation: Promise<void>): Engine {
  const engine = createEngine();
  void invalidation.then(() => engine.dispose());
  return engine;
}
