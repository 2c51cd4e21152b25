/** Which model the reader chose: written by the model page, read by every other page's engine. */
import {isWhole, type KeptModel} from "../sources/kept.js";
import type {ModelFiles} from "./modelFiles.js";
import {openRuns} from "./runs.js";

const DATABASE = "diffusion-unrolled-model";
const ID = "chosen";

export async function chooseModel(indexedDB: IDBFactory, model: KeptModel): Promise<void> {
  await (await opened(indexedDB)).save(ID, model);
}

/** Back to the shipped model. What is kept stays kept: see emptyCache. */
export async function forgetModel(indexedDB: IDBFactory): Promise<void> {
  await (await opened(indexedDB)).remove(ID);
}

/** Null where none was chosen, or where the browser has thrown away some of its files. */
export async function chosenModel(indexedDB: IDBFactory, store: ModelFiles): Promise<KeptModel | null> {
  const chosen = await (await opened(indexedDB)).get(ID);
  return chosen && (await isWhole(chosen.value, store)) ? chosen.value : null;
}

const opened = (indexedDB: IDBFactory) => openRuns<KeptModel>(indexedDB, {database: DATABASE, keep: 1});
