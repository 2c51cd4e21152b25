/** The insides of a model's parts, by role: what a page shows of the text encoder, the VAE and CLIP's two towers. */
import type {Tensor} from "../tensor.js";
import type {Role} from "../trace/roles.js";
import type {ModuleWeight} from "../trace/weights.js";
import {remembered} from "../remembered.js";
import {readJson, type ModelFolder, type PartName} from "./folder.js";
import {latentDistribution, type LatentDistribution} from "./latents.js";
import type {Feeds, Part, Tensors} from "./part.js";
import type {Int64Tensor} from "./runtime.js";
import {openTokenizer, type Tokenized, type Tokenizer} from "./tokenizer.js";

/** What to run, on what, and which roles to bring back (names, patterns or groups: see trace/roles). */
export type InsideRequest =
  | {
      readonly part: "unet";
      /** [B, 4, h, w], [B, K, E] */
      readonly sample: Tensor;
      readonly timestep: number;
      readonly encoderHiddenStates: Tensor;
      readonly roles: readonly string[];
    }
  | {
      readonly part: "text_encoder" | "clip_text";
      readonly texts: readonly string[];
      readonly roles: readonly string[];
    }
  | {
      readonly part: "vae_encoder" | "clip_vision";
      /** [B, 3, H, W] in [-1, 1] */
      readonly images: Tensor;
      readonly roles: readonly string[];
    }
  | {
      readonly part: "vae_decoder";
      /** As the UNet sees them [B, 4, h, w]. */
      readonly latents: Tensor;
      readonly roles: readonly string[];
    };

/** How the text encoder reads a text: every stage from ids to what the UNet looks at. */
export interface TextReading extends Tokenized {
  /** [K, E]: what each token means by itself, and what its place adds. */
  readonly tokenEmbeddings: Tensor;
  readonly positionEmbeddings: Tensor;
  /** [K, E] each: what the first layer gets (the sum of the two above), then what every layer gives. */
  readonly hiddenStates: readonly Tensor[];
  /** [heads, K, K] of each layer: how each token (row) looks at itself and those before it; null where it is fused. */
  readonly attentions: readonly Tensor[] | null;
  /** [K, E]: the last layer's, normalised. */
  readonly lastHiddenState: Tensor;
}

export interface ClipInfo {
  /** Of the pictures it looks at: squares, in pixels. */
  readonly imageSize: number;
  /** What cosines are multiplied with before the softmax. */
  readonly logitScale: number;
}

export interface Insides {
  /** Every role of a part, in the order it runs. @throws when the folder lacks the part */
  roles(part: PartName): Promise<readonly Role[]>;
  /** The learned arrays of a part, each with the module that uses it. */
  weights(part: PartName): Promise<readonly ModuleWeight[]>;
  inside(request: InsideRequest): Promise<Tensors>;
  readText(text: string): Promise<TextReading>;
  /** Pictures [B, 3, H, W] in [-1, 1] -> the distribution of their latents. */
  encodeDistribution(images: Tensor): Promise<LatentDistribution>;
  clipInfo(): Promise<ClipInfo>;
  /** Texts -> CLIP's text projections [B, D], of any length: see cosines. */
  embedTexts(texts: readonly string[]): Promise<Tensor>;
  /** Pictures [B, 3, imageSize, imageSize] in [-1, 1] -> CLIP's image projections [B, D]. */
  embedImages(images: Tensor): Promise<Tensor>;
}

export interface InsideParts {
  readonly folder: ModelFolder;
  readonly tokenizer: Tokenizer;
  /** Opened on first use. @throws when the folder lacks it */
  part(name: PartName): Part;
  unetFeeds(sample: Tensor, timestep: number, encoderHiddenStates: Tensor): Feeds;
  decoderFeeds(latents: Tensor): Feeds;
}

interface ClipConfig {
  readonly logit_scale_init_value?: number;
  readonly vision_config: {readonly image_size: number};
}

interface Preprocessor {
  readonly image_mean: readonly number[];
  readonly image_std: readonly number[];
}

/** ln(1 / 0.07), CLIP's own start. */
const LOGIT_SCALE = 2.6592;

export function openInsides({folder, tokenizer, part, unetFeeds, decoderFeeds}: InsideParts): Insides {
  /** What CLIP's folder says beside its graphs; read when first needed. */
  const {get: openClip} = remembered(async () => {
    if (!folder.has("clip/config.json"))
      throw new Error("this model folder has no clip/: take one that has, such as the shipped model");
    const [clipTokenizer, config, preprocessor] = await Promise.all([
      openTokenizer(folder, "clip"),
      readJson<ClipConfig>(folder, "clip/config.json"),
      readJson<Preprocessor>(folder, "clip/preprocessor_config.json")
    ]);
    return {tokenizer: clipTokenizer, config, preprocessor};
  });

  async function pixels(images: Tensor): Promise<Feeds> {
    const {config, preprocessor} = await openClip();
    const size = config.vision_config.image_size;
    const [, , height, width] = images.dims;
    if (height !== size || width !== size)
      throw new Error(
        `CLIP looks at pictures of ${size} x ${size}: bring this one of ${width} x ${height} to that size`
      );
    return {pixel_values: standardized(images, preprocessor)};
  }

  async function feedsOf(request: InsideRequest): Promise<Feeds> {
    switch (request.part) {
      case "unet":
        return unetFeeds(request.sample, request.timestep, request.encoderHiddenStates);
      case "text_encoder":
        return {input_ids: inputIds(tokenizer, request.texts)};
      case "clip_text":
        return {input_ids: inputIds((await openClip()).tokenizer, request.texts)};
      case "clip_vision":
        return pixels(request.images);
      case "vae_encoder":
        return {sample: request.images};
      case "vae_decoder":
        return decoderFeeds(request.latents);
    }
  }

  async function output(name: PartName, feeds: Feeds, output: string): Promise<Tensor> {
    return (await part(name).run(feeds, [output])).outputs[output];
  }

  return {
    async roles(name) {
      return [...(await part(name).structure()).roles.values()];
    },
    async weights(name) {
      return (await part(name).structure()).weights();
    },
    async inside(request) {
      const {run} = part(request.part);
      return (await run(await feedsOf(request), [], request.roles)).inside;
    },
    async readText(text) {
      const encoder = part("text_encoder");
      const {roles} = await encoder.structure();
      const layers = [...roles.keys()].filter((role) => /^encoder\.layers\.\d+$/.test(role));
      const maps = layers.map((layer) => `${layer}.self_attn.probabilities`).filter((role) => roles.has(role));
      const asked = ["embeddings.token_embedding", "embeddings", ...layers, ...maps];
      const feeds = {input_ids: inputIds(tokenizer, [text])};
      const {outputs, inside} = await encoder.run(feeds, ["last_hidden_state"], asked);
      const [tokenEmbeddings, ...hiddenStates] = asked.slice(0, layers.length + 2).map((role) => only(inside[role]));
      return {
        ...tokenizer.encode(text),
        tokenEmbeddings,
        positionEmbeddings: difference(hiddenStates[0], tokenEmbeddings), // a constant of the graph, which has no name of its own
        hiddenStates,
        attentions: maps.length ? maps.map((role) => only(inside[role])) : null,
        lastHiddenState: only(outputs.last_hidden_state)
      };
    },
    async encodeDistribution(images) {
      const {outputs} = (await part("vae_encoder").structure()).graph;
      if (!outputs.includes("latent_parameters"))
        throw new Error(
          `this VAE encoder gives ${outputs.join(", ")} and no latent_parameters: it hides mean and variance`
        );
      return latentDistribution(await output("vae_encoder", {sample: images}, "latent_parameters"));
    },
    async clipInfo() {
      const {config} = await openClip();
      const logitScale = Math.exp(config.logit_scale_init_value ?? LOGIT_SCALE);
      return {imageSize: config.vision_config.image_size, logitScale};
    },
    async embedTexts(texts) {
      const {tokenizer: ofClip} = await openClip();
      return output("clip_text", {input_ids: inputIds(ofClip, texts)}, "text_embeds");
    },
    async embedImages(images) {
      return output("clip_vision", await pixels(images), "image_embeds");
    }
  };
}

/** Texts -> ids [B, K]. */
export function inputIds(tokenizer: Tokenizer, texts: readonly string[]): Int64Tensor {
  const ids = texts.flatMap((text) => tokenizer.encode(text).ids.map(BigInt));
  return {data: BigInt64Array.from(ids), dims: [texts.length, tokenizer.maxTokens]};
}

/** Cosines between the rows of two matrices [A, D] and [B, D] -> [A, B]. */
export function cosines(a: Tensor, b: Tensor): Tensor {
  const [rows, columns] = [unitRows(a), unitRows(b)];
  const data = rows.flatMap((row) =>
    columns.map((column) => row.reduce((sum, value, i) => sum + value * column[i], 0))
  );
  return {data: Float32Array.from(data), dims: [rows.length, columns.length]};
}

function unitRows({data, dims: [rows, width]}: Tensor): Float32Array[] {
  return Array.from({length: rows}, (_, row) => {
    const values = data.subarray(row * width, (row + 1) * width);
    const length = Math.hypot(...values);
    return values.map((value) => value / length);
  });
}

/** A batch of one without its first dimension. */
const only = ({data, dims}: Tensor): Tensor => ({data, dims: dims.slice(1)});

const difference = (a: Tensor, b: Tensor): Tensor => ({
  data: a.data.map((value, i) => value - b.data[i]),
  dims: a.dims
});

/** Colours in [-1, 1] -> as CLIP was trained on them: those in [0, 1] less their mean, over their deviation. */
function standardized({data, dims}: Tensor, {image_mean: mean, image_std: deviation}: Preprocessor): Tensor {
  const plane = dims[2] * dims[3];
  const channel = (i: number): number => Math.floor(i / plane) % dims[1];
  return {data: data.map((value, i) => ((value + 1) / 2 - mean[channel(i)]) / deviation[channel(i)]), dims};
}
