/** A Stable Diffusion model folder, loaded: tokenizer, text encoder, UNet and VAE behind four calls; the rest on request. */
import type {DiffusionModel} from "../pipeline.js";
import {Generator} from "../random.js";
import type {SchedulerConfig} from "../schedulerConfig.js";
import {combine, type Tensor} from "../tensor.js";
import {attentionLayers, type AttentionLayer} from "../trace/attention.js";
import {readJson, type Manifest, type ModelFolder} from "./folder.js";
import {inputIds, openInsides, PARTS, type Insides, type PartName} from "./insides.js";
import {latentDistribution, modeOf} from "./latents.js";
import {openPart, type Feeds, type Part} from "./part.js";
import {openGraph, Queue, type OrtRuntime, type SessionOptions} from "./runtime.js";
import {openTokenizer, type Tokenized} from "./tokenizer.js";

/** What the model learned to draw: objects and places with the phrases that mean them, the usual one first. */
export interface Vocabulary {
  readonly objects: Readonly<Record<string, readonly string[]>>;
  readonly places: Readonly<Record<string, readonly string[]>>;
  readonly colors: readonly string[];
  readonly words: readonly string[];
}

export interface ModelInfo {
  readonly name: string;
  /** Of a picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** [4, h, w] */
  readonly latentShape: readonly number[];
  readonly scalingFactor: number;
  readonly schedulerConfig: SchedulerConfig;
  /** K */
  readonly maxTokens: number;
  readonly recommended: Manifest["recommended"];
  readonly preview: Manifest["preview"];
  readonly vocabulary: Vocabulary | null;
}

export interface Model extends DiffusionModel, Insides {
  readonly info: ModelInfo;
  tokenize(text: string): Tokenized;
  /** Latents as the UNet sees them [B, 4, h, w] -> pictures [B, 3, H, W] in [-1, 1] (a little beyond at edges). */
  decode(latents: Tensor): Promise<Tensor>;
  /**
   * Pictures [B, 3, H, W] in [-1, 1] -> latents as the UNet sees them [B, 4, h, w]: the mean of the VAE's distribution,
   * scaled. The encoder is opened at the first call. @throws when the folder has none
   */
  encode(pictures: Tensor): Promise<Tensor>;
  /** The UNet's attention layers, whose roles a drawing can trace. @throws when they are fused */
  attentionLayers(): Promise<readonly AttentionLayer[]>;
  release(): Promise<void>;
}

interface UnetConfig {
  readonly in_channels: number;
  readonly sample_size: number;
}

interface VaeConfig {
  readonly scaling_factor?: number;
  readonly latent_channels?: number;
  readonly block_out_channels: readonly number[];
  readonly fold?: number;
}

/** diffusers' defaults where a VAE's config names none. */
const SCALING_FACTOR = 0.18215;
const LATENT_CHANNELS = 4;

export async function loadModel(
  ort: OrtRuntime,
  folder: ModelFolder,
  manifest: Manifest,
  options: SessionOptions
): Promise<Model> {
  const queue = new Queue();
  const parts = new Map<PartName, Part>();

  function part(name: PartName): Part {
    const path = PARTS[name];
    if (!folder.has(path))
      throw new Error(`this model folder has no ${path}: take one that has, such as the shipped model`);
    const bytes = (): Promise<Uint8Array> => folder.bytes(path);
    const known =
      parts.get(name) ?? openPart((exposed) => openGraph(ort, folder, path, options, queue, exposed), bytes);
    parts.set(name, known);
    return known;
  }

  const [tokenizer, schedulerConfig, unetConfig, vaeConfig, vocabulary] = await Promise.all([
    openTokenizer(folder),
    readJson<SchedulerConfig>(folder, "scheduler/scheduler_config.json"),
    readJson<UnetConfig>(folder, "unet/config.json"),
    readJson<VaeConfig>(folder, "vae_decoder/config.json"),
    folder.has("vocabulary.json") ? readJson<Vocabulary>(folder, "vocabulary.json") : null
  ]);
  const [textEncoder, unet, vaeDecoder] = [part("text_encoder"), part("unet"), part("vae_decoder")];
  const [, {inputType}] = await Promise.all([textEncoder.open(), unet.open(), vaeDecoder.open()]);
  const scalingFactor = vaeConfig.scaling_factor ?? SCALING_FACTOR;
  const side = unetConfig.sample_size;
  const latentShape = [vaeConfig.latent_channels ?? LATENT_CHANNELS, side, side];
  const pixels = side * (vaeConfig.fold ?? 1) * 2 ** (vaeConfig.block_out_channels.length - 1);
  const timestepType = inputType("timestep");

  const unetFeeds = (sample: Tensor, timestep: number, encoderHiddenStates: Tensor): Feeds => ({
    sample,
    timestep:
      timestepType === "int64"
        ? {data: BigInt64Array.of(BigInt(Math.trunc(timestep))), dims: [1]}
        : {data: Float32Array.of(timestep), dims: [1]},
    encoder_hidden_states: encoderHiddenStates
  });
  const decoderFeeds = (latents: Tensor): Feeds => ({latent_sample: combine([1 / scalingFactor, latents])});

  return {
    ...openInsides({folder, tokenizer, part, unetFeeds, decoderFeeds}),
    schedulerConfig,
    latentShape,
    inChannels: unetConfig.in_channels,
    info: {
      name: manifest.name,
      width: pixels,
      height: pixels,
      latentShape,
      scalingFactor,
      schedulerConfig,
      maxTokens: tokenizer.maxTokens,
      recommended: manifest.recommended,
      preview: manifest.preview,
      vocabulary
    },
    tokenize: (text) => tokenizer.encode(text),
    async encodeText(texts) {
      const {outputs} = await textEncoder.run({input_ids: inputIds(tokenizer, texts)}, ["last_hidden_state"]);
      return outputs.last_hidden_state;
    },
    async predict(sample, timestep, encoderHiddenStates, roles) {
      const feeds = unetFeeds(sample, timestep, encoderHiddenStates);
      const {outputs, inside} = await unet.run(feeds, ["out_sample"], roles);
      return {output: outputs.out_sample, inside};
    },
    async decode(latents) {
      return (await vaeDecoder.run(decoderFeeds(latents), ["sample"])).outputs.sample;
    },
    async encode(pictures) {
      const encoder = part("vae_encoder");
      const {outputNames} = await encoder.open();
      const name = ["latent_parameters", "latent_sample"].find((output) => outputNames.includes(output));
      if (!name)
        throw new Error(`${PARTS.vae_encoder} gives neither latent_parameters nor latent_sample; export it again`);
      const {[name]: latents} = (await encoder.run({sample: pictures}, [name])).outputs;
      if (name === "latent_sample") return combine([scalingFactor, latents]);
      return modeOf(latentDistribution(latents), scalingFactor);
    },
    async attentionLayers() {
      const {graph, roles} = await unet.structure();
      return attentionLayers(graph, roles);
    },
    async release() {
      await Promise.all([...parts.values()].map((opened) => opened.release()));
    }
  };
}

/** A stored answer: the first values of each graph's output for one prompt, seed and timestep. */
interface StoredAnswer {
  readonly prompt: string;
  readonly input_ids: readonly number[];
  readonly seed: number;
  readonly timestep: number;
  readonly tolerance: number;
  readonly hidden_states: readonly number[];
  readonly out_sample: readonly number[];
  readonly image: readonly number[];
}

/**
 * Compare the loaded model with the folder's `self_test.json`: some backends compute wrong numbers without a word.
 * @throws one sentence that names the part that differs
 */
export async function selfTest(model: Model, folder: ModelFolder): Promise<void> {
  if (!folder.has("self_test.json")) return;
  const answer = await readJson<StoredAnswer>(folder, "self_test.json");
  const {ids} = model.tokenize(answer.prompt);
  compare("the tokenizer", Float32Array.from(ids), answer.input_ids, 0);
  const noise = new Generator(answer.seed).randn([1, ...model.latentShape]);
  const states = await model.encodeText([answer.prompt]);
  compare("the text encoder", states.data, answer.hidden_states, answer.tolerance);
  compare(
    "the UNet",
    (await model.predict(noise, answer.timestep, states)).output.data,
    answer.out_sample,
    answer.tolerance
  );
  compare("the VAE decoder", (await model.decode(noise)).data, answer.image, answer.tolerance);
}

function compare(part: string, actual: Float32Array, expected: readonly number[], tolerance: number): void {
  const largest = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  if (!(error <= tolerance * largest)) {
    throw new Error(
      `self-test failed: ${part} is off by ${error.toPrecision(2)} (largest value ${largest.toPrecision(2)})`
    );
  }
}
