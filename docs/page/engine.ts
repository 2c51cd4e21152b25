import {createEngine, type Engine} from "../src/worker/client.js";
import {tellOwnModel} from "./ownModel.js";

/** The engine of a page, stopped when the page's cell is run anew. Nothing is fetched before it is asked for something. */
export function startEngine(invalidation: Promise<void>): Engine {
  void tellOwnModel();
  return stoppedWith(invalidation, createEngine());
}

/** The same on the shipped model, whatever the reader has chosen: for figures that are about it. */
export function startShippedEngine(invalidation: Promise<void>): Engine {
  return stoppedWith(invalidation, createEngine({model: new URL("_file/models/tiny/", document.baseURI).href}));
}

function stoppedWith(invalidation: Promise<void>, engine: Engine): Engine {
  void invalidation.then(() => engine.dispose());
  return engine;
}
