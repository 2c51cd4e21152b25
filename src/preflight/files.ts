/** Which of a folder's files a model is made of, and what each is for. */
import type {ListedFile, ListedFolder} from "../sources/listed.js";
import {weightsOf, type GraphFacts} from "./graphs.js";

export type Use = "settings" | "drawing" | "starting from a picture" | "CLIP" | "controls";

export interface PlannedFile extends ListedFile {
  readonly use: Use;
  /** Whether this browser keeps it already. */
  readonly kept: boolean;
}

const SETTINGS =
  /^(model_index|vocabulary|self_test)\.json$|^(scheduler|tokenizer|text_encoder|unet|vae_decoder|vae_encoder)\/[\w.-]+\.(json|txt)$/;
const USES: Readonly<Record<GraphFacts["part"], Use>> = {
  text_encoder: "drawing",
  unet: "drawing",
  unet_controls: "controls",
  vae_decoder: "drawing",
  vae_encoder: "starting from a picture",
  clip_text: "CLIP",
  clip_vision: "CLIP"
};

/** @param isKept whether the browser has a file already */
export async function filesOfModel(
  folder: ListedFolder,
  graphs: readonly GraphFacts[],
  isKept: (file: ListedFile) => Promise<boolean>
): Promise<PlannedFile[]> {
  const uses = new Map<string, Use>();
  for (const graph of graphs.toReversed())
    // what drawing shares with others is drawing's
    for (const path of [graph.path, ...weightsOf(graph, folder)]) uses.set(path, USES[graph.part]);
  const useOf = (path: string): Use | undefined =>
    uses.get(path) ?? (SETTINGS.test(path) ? "settings" : /^clip\/[\w.-]+\.json$/.test(path) ? "CLIP" : undefined);
  const planned = folder.files.map(async (file) => {
    const use = useOf(file.path);
    return use && {...file, use, kept: await isKept(file)};
  });
  return (await Promise.all(planned)).filter((file) => file !== undefined);
}

/** The files of weights that graphs name and the folder lacks. */
export function missingWeights(folder: ListedFolder, graphs: readonly GraphFacts[]): string[] {
  return graphs.flatMap((graph) => weightsOf(graph, folder)).filter((path) => !folder.has(path));
}
