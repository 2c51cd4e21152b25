/** A Stable Diffusion model folder, loaded: tokenizer, text encoder, UNet and VAE decoder behind three calls. */
import type {DiffusionModel} from "../pipeline.js";
import {Generator} from "../random.js";
import type {SchedulerConfig} from "../schedulerConfig.js";
import {combine, type Tensor} from "../tensor.js";
import {attentionLayers, type AttentionLayer} from "../trace/attention.js";
import {readNodes} from "../trace/graph.js";
import {readJson, type Manifest, type ModelFolder} from "./folder.js";
import {openGraph, Queue, type Graph, type OrtRuntime, type SessionOptions} from "./runtime.js";
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

export interface Model extends DiffusionModel {
  readonly info: ModelInfo;
  tokenize(text: string): Tokenized;
  /** Latents as the UNet sees them [B, 4, h, w] -> pictures [B, 3, H, W] in [-1, 1] (a little beyond at edges). */
  decode(latents: Tensor): Promise<Tensor>;
  /**
   * Pictures [B, 3, H, W] in [-1, 1] -> latents as the UNet sees them [B, 4, h, w]: the mean of the VAE's distribution,
   * scaled. The encoder is opened at the first call. @throws when the folder has none
   */
  encode(pictures: Tensor): Promise<Tensor>;
  /** The UNet's attention layers, whose tensors a drawing can be asked for. @throws when they are fused */
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

const UNET = "unet/model.onnx";
const VAE_ENCODER = "vae_encoder/model.onnx";

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
  const open = (path: string, exposed?: readonly string[]): Promise<Graph> =>
    openGraph(ort, folder, path, options, queue, exposed);
  const [tokenizer, schedulerConfig, unetConfig, vaeConfig, vocabulary] = await Promise.all([
    openTokenizer(folder),
    readJson<SchedulerConfig>(folder, "scheduler/scheduler_config.json"),
    readJson<UnetConfig>(folder, "unet/config.json"),
    readJson<VaeConfig>(folder, "vae_decoder/config.json"),
    folder.has("vocabulary.json") ? readJson<Vocabulary>(folder, "vocabulary.json") : null
  ]);
  const [textEncoder, unet, vaeDecoder] = await Promise.all(
    ["text_encoder/model.onnx", UNET, "vae_decoder/model.onnx"].map((path) => open(path))
  );
  const scalingFactor = vaeConfig.scaling_factor ?? SCALING_FACTOR;
  const side = unetConfig.sample_size;
  const latentShape = [vaeConfig.latent_channels ?? LATENT_CHANNELS, side, side];
  const pixels = side * (vaeConfig.fold ?? 1) * 2 ** (vaeConfig.block_out_channels.length - 1);
  const timestepType = unet.inputType("timestep");
  let encoder: Promise<Graph> | null = null;
  let tracing: {readonly key: string; readonly graph: Promise<Graph>} | null = null;

  /** The UNet with inner tensors exposed. The last such graph is kept: a drawing asks for the same ones at every step. */
  async function tracingUnet(tensors: readonly string[]): Promise<Graph> {
    const key = tensors.join("\n");
    if (tracing?.key !== key) {
      const old = tracing;
      tracing = {key, graph: open(UNET, tensors)};
      await old?.graph.then((graph) => graph.release()).catch(() => {});
    }
    return tracing.graph;
  }

  return {
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
      const ids = texts.flatMap((text) => tokenizer.encode(text).ids.map(BigInt));
      const feeds = {input_ids: {data: BigInt64Array.from(ids), dims: [texts.length, tokenizer.maxTokens]}};
      return (await textEncoder.run(feeds, ["last_hidden_state"])).last_hidden_state;
    },
    async predict(sample, timestep, encoderHiddenStates, tensors = []) {
      const time =
        timestepType === "int64"
          ? {data: BigInt64Array.of(BigInt(Math.trunc(timestep))), dims: [1]}
          : {data: Float32Array.of(timestep), dims: [1]};
      const feeds = {sample, timestep: time, encoder_hidden_states: encoderHiddenStates};
      const graph = tensors.length ? await tracingUnet(tensors) : unet;
      const {out_sample: output, ...inside} = await graph.run(feeds, ["out_sample", ...tensors]);
      return {output, inside};
    },
    async decode(latents) {
      const feeds = {latent_sample: combine([1 / scalingFactor, latents])};
      return (await vaeDecoder.run(feeds, ["sample"])).sample;
    },
    async encode(pictures) {
      encoder ??= open(VAE_ENCODER).catch((error: unknown) => {
        encoder = null;
        throw error;
      });
      const graph = await encoder;
      const name = ["latent_parameters", "latent_sample"].find((output) => graph.outputNames.includes(output));
      if (!name) throw new Error(`${VAE_ENCODER} gives neither latent_parameters nor latent_sample; export it again`);
      const {[name]: latents} = await graph.run({sample: pictures}, [name]);
      return combine([scalingFactor, name === "latent_parameters" ? firstHalf(latents) : latents]);
    },
    async attentionLayers() {
      return attentionLayers(readNodes(await folder.bytes(UNET)));
    },
    async release() {
      const opened = [textEncoder, unet, vaeDecoder, ...(encoder ? [await encoder] : [])];
      if (tracing) opened.push(await tracing.graph);
      await Promise.all(opened.map((graph) => graph.release()));
    }
  };
}

/** The mean of a diagonal normal distribution, told as mean and log-variance: [B, 2C, h, w] -> [B, C, h, w]. */
function firstHalf({data, dims: [batch, channels, ...rest]}: Tensor): Tensor {
  const row = data.length / batch;
  return {data: data.filter((_, i) => i % row < row / 2), dims: [batch, channels / 2, ...rest]};
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
