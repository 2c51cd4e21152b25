/** Which chapters lose something because of what a folder lacks, or how it was exported. */
import type {ListedFolder} from "../sources/listed.js";
import type {OnnxGraph} from "../trace/graph.js";
import {fusedAttention} from "../trace/roles.js";
import type {GraphFacts} from "./graphs.js";

export type Chapter = "text" | "clip" | "autoencoder" | "noise" | "unet" | "attention" | "editing" | "playground";

export interface Loss {
  readonly chapter: Chapter;
  /** What is not there, and why: one sentence. */
  readonly what: string;
}

export function lossesOf(folder: ListedFolder, graphs: readonly GraphFacts[]): Loss[] {
  const headerOf = (part: GraphFacts["part"]) => graphs.find((facts) => facts.part === part)?.header;
  const [unet, text, encoder] = [headerOf("unet"), headerOf("text_encoder"), headerOf("vae_encoder")];
  const hasMaps = (header: typeof unet): boolean =>
    [...(header?.roles.values() ?? [])].some(({part}) => part === "probabilities");
  const losses: (Loss | false | null | undefined)[] = [
    unet && !hasMaps(unet) && {chapter: "attention", what: `No attention maps: ${whyNoMaps(unet.graph)}.`},
    text && !hasMaps(text) && {chapter: "text", what: `No attention between words: ${whyNoMaps(text.graph)}.`},
    unet &&
      !unet.roles.size && {
        chapter: "unet",
        what: "No view into the blocks: the file does not name its nodes after the UNet's modules."
      },
    !folder.has("unet/controls.onnx") && {
      chapter: "attention",
      what: "No frozen maps and no changed weights of words: there is no unet/controls.onnx."
    },
    !folder.has("unet/controls.onnx") && {
      chapter: "unet",
      what: "No switches for skips: there is no unet/controls.onnx."
    },
    !folder.has("vae_encoder/model.onnx") && {chapter: "autoencoder", what: "No encoding: there is no vae_encoder."},
    !folder.has("vae_encoder/model.onnx") && {
      chapter: "noise",
      what: "No pictures of yours under noise: there is no vae_encoder. The recorded scene stays."
    },
    !folder.has("vae_encoder/model.onnx") && {
      chapter: "editing",
      what: "No drawing from a picture: there is no vae_encoder."
    },
    encoder &&
      !encoder.signature.outputs.some(({name}) => name === "latent_parameters") && {
        chapter: "autoencoder",
        what: "No mean and variance: vae_encoder gives latents alone."
      },
    !folder.has("clip/onnx/text_model.onnx") && {
      chapter: "clip",
      what: "No towers to compare words and pictures: there is no clip/ folder."
    },
    !folder.has("clip/onnx/text_model.onnx") && {
      chapter: "text",
      what: "No live neighbours of phrases: whole texts are compared in CLIP's space, and there is no clip/ folder."
    },
    !folder.has("clip/onnx/text_model.onnx") && {
      chapter: "playground",
      what: "No best of 8: choosing needs the model's own clip/ folder."
    }
  ];
  return losses.filter((loss) => Boolean(loss)) as Loss[];
}

function whyNoMaps(graph: OnnxGraph): string {
  const operator = fusedAttention(graph);
  return operator
    ? `the file's attention is fused (${operator}) and keeps no probabilities`
    : "the file does not say which of its nodes are attention";
}
