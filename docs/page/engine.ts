import {createEngine, type Engine} from "../src/worker/client.js";
import {tellOwnModel} from "./ownModel.js";

/** The engine of a page, stopped when the page's cell is run anew. Nothing is fetched before it is asked for something. */
export function startEngine(invalidation: Promise<void>): Engine {
  void tellOwnModel();
  return stoppedWith(invalidation, createEngine());
}

/**
 * The same on the shipped model, whatever the reader has chosen: for figures that are about it.
 * @param because why, for readers who have chosen another one: a whole sentence; without, nothing is said
 */
export function startShippedEngine(invalidation: Promise<void>, because?: string): Engine {
  if (because) void tellOwnModel(because);
  return stoppedWith(invalidation, createEngine({model: new URL("_file/models/tiny/", document.baseURI).href}));
}

function stoppedWith(invalidation: Promise<void>, engine: Engine): Engine {
  void invalidation.then(() => engine.dispose());
  return engine;
}
