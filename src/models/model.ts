/** A Stable Diffusion model folder, loaded: tokenizer, text encoder, UNet and VAE behind four calls; the rest on request. */
import type {Controls} from "../controls.js";
import type {DiffusionModel} from "../pipeline.js";
import {Generator} from "../random.js";
import type {SchedulerConfig} from "../schedulerConfig.js";
import {combine, type Tensor} from "../tensor.js";
import {attentionLayers, type AttentionLayer} from "../trace/attention.js";
import {readProfile, type Timings} from "../trace/profile.js";
import {controlFeeds} from "./controlFeeds.js";
import {PARTS, readJson, readJsonOr, type Manifest, type ModelFolder, type PartName} from "./folder.js";
import {inputIds, openInsides, type Insides} from "./insides.js";
import {latentDistribution, modeOf} from "./latents.js";
import {openPart, type Feeds, type Part} from "./part.js";
import {openGraph, Queue, type Graph, type OrtRuntime, type SessionOptions, type Work} from "./runtime.js";
import {openSelfTest, type Question, type StoredAnswer} from "./selfTest.js";
import {openTokenizer, type Tokenized} from "./tokenizer.js";
import type {Written} from "./written.js";

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
  /** Whether the folder has the UNet with handles, which `controls` of a drawing need. */
  readonly hasControls: boolean;
}

export interface Model extends DiffusionModel, Insides {
  readonly info: ModelInfo;
  /** Open these graphs now. Every call opens what it needs, each graph once and not before it has passed its self-test. */
  open(parts: readonly PartName[]): Promise<void>;
  tokenize(text: string): Tokenized;
  /** Latents as the UNet sees them [B, 4, h, w] -> pictures [B, 3, H, W] in [-1, 1] (a little beyond at edges). */
  decode(latents: Tensor): Promise<Tensor>;
  /**
   * Pictures [B, 3, H, W] in [-1, 1] -> latents as the UNet sees them [B, 4, h, w]: the mean of the VAE's distribution,
   * scaled. @throws when the folder has no encoder
   */
  encode(pictures: Tensor): Promise<Tensor>;
  /** The UNet's attention layers, whose roles a drawing can trace. @throws when they are fused */
  attentionLayers(): Promise<readonly AttentionLayer[]>;
  /**
   * How long each module of the UNet takes in one call, on the processor: the median of `calls`, in a session of its own.
   * @throws where what onnxruntime writes is not listened to
   */
  timings(request: UnetCall, calls: number): Promise<Timings>;
  /** Free all graphs. The model is of no use after it. */
  release(): Promise<void>;
}

/** Latents [B, 4, h, w], and the text [B, K, E]. */
export interface UnetCall {
  readonly sample: Tensor;
  readonly timestep: number;
  readonly encoderHiddenStates: Tensor;
}

export interface LoadOptions {
  readonly session: SessionOptions;
  /** Wraps the opening and the test of each graph, so that a page can say that it waits. */
  readonly whileOpening?: <T>(part: PartName, open: () => Promise<T>) => Promise<T>;
  /** Hears what onnxruntime is about to do, and null when it has done it: it may take the whole thread. */
  readonly onWork?: (work: Work | null) => void;
  /** Hears what onnxruntime writes: timings need it. */
  readonly written?: Written;
}

interface UnetConfig {
  readonly in_channels?: number;
  readonly sample_size?: number | readonly number[];
}

interface VaeConfig {
  readonly scaling_factor?: number;
  readonly latent_channels?: number;
  readonly block_out_channels?: readonly number[];
  readonly fold?: number;
}

/** Stable Diffusion 1's, where a folder's configs say nothing else: the oldest exports have none. */
const SCALING_FACTOR = 0.18215;
const LATENT_CHANNELS = 4;
const LATENT_SIZE = 64;
const VAE_BLOCKS = 4;

/** Read what a model folder says of itself. Its graphs wait until they are needed. */
export async function loadModel(
  ort: OrtRuntime,
  folder: ModelFolder,
  manifest: Manifest,
  {session, whileOpening = (_, open) => open(), onWork, written}: LoadOptions
): Promise<Model> {
  const queue = new Queue(onWork);
  const parts = new Map<PartName, Part>();

  function part(name: PartName): Part {
    const path = PARTS[name];
    if (!folder.has(path))
      throw new Error(`this model folder has no ${path}: take one that has, such as the shipped model`);
    const open = (exposed: readonly string[]): Promise<Graph> => whileOpening(name, () => tested(name, exposed));
    const known = parts.get(name) ?? openPart(open, () => folder.bytes(path));
    parts.set(name, known);
    return known;
  }

  async function tested(name: PartName, exposed: readonly string[]): Promise<Graph> {
    const graph = await openGraph(ort, folder, PARTS[name], session, queue, exposed);
    try {
      await selfTest.check(name, graph);
      return graph;
    } catch (error) {
      await graph.release().catch(() => {}); // what is told is what went wrong first
      throw error;
    }
  }

  const [tokenizer, schedulerConfig, unetConfig, vaeConfig, vocabulary] = await Promise.all([
    openTokenizer(folder),
    readJson<SchedulerConfig>(folder, "scheduler/scheduler_config.json"),
    readJsonOr<UnetConfig>(folder, "unet/config.json", {}),
    readJsonOr<VaeConfig>(folder, "vae_decoder/config.json", {}),
    readJsonOr<Vocabulary | null>(folder, "vocabulary.json", null)
  ]);
  const scalingFactor = vaeConfig.scaling_factor ?? SCALING_FACTOR;
  const channels = vaeConfig.latent_channels ?? LATENT_CHANNELS;
  const [height, width = height] = [unetConfig.sample_size ?? LATENT_SIZE].flat();
  const latentShape = [channels, height, width];
  const pixels = (vaeConfig.fold ?? 1) * 2 ** ((vaeConfig.block_out_channels?.length ?? VAE_BLOCKS) - 1);

  const unetFeeds = (sample: Tensor, timestep: number, encoderHiddenStates: Tensor): Feeds => ({
    sample,
    timestep: {data: Float32Array.of(timestep), dims: [1]},
    encoder_hidden_states: encoderHiddenStates
  });
  const decoderFeeds = (latents: Tensor): Feeds => ({latent_sample: combine([1 / scalingFactor, latents])});
  const selfTest = openSelfTest(folder, tokenizer, questionFor);

  async function encodeText(texts: readonly string[]): Promise<Tensor> {
    const {outputs} = await part("text_encoder").run({input_ids: inputIds(tokenizer, texts)}, ["last_hidden_state"]);
    return outputs.last_hidden_state;
  }

  /** All that the UNet with handles needs, neutral where nothing is controlled. */
  async function withControls(feeds: Feeds, controls: readonly (Controls | null)[]): Promise<Feeds> {
    const {inputs} = (await part("unet_controls").structure()).graph;
    const handles = inputs.filter((name) => !(name in feeds));
    return {...feeds, ...controlFeeds(handles, controls)};
  }

  /** Its weights are the plain UNet's file, but are then held twice. */
  async function runControlled(
    plain: Feeds,
    controls: readonly (Controls | null)[],
    roles?: readonly string[]
  ): ReturnType<Part["run"]> {
    const feeds = await withControls(plain, controls);
    try {
      return await part("unet_controls").run(feeds, ["out_sample"], roles);
    } catch (error) {
      if (!/broadcast/i.test(String(error))) throw error; // the graph lets sizes be free, and finds out when it runs
      throw new Error("these controls do not fit this model: feed it maps that it made itself", {cause: error});
    }
  }

  async function questionFor(name: PartName, stored: StoredAnswer): Promise<Question | null> {
    const noise = new Generator(stored.seed).randn([1, ...latentShape]);
    switch (name) {
      case "text_encoder": {
        const feeds = {input_ids: inputIds(tokenizer, [stored.prompt])};
        return {feeds, output: "last_hidden_state", answer: stored.hidden_states};
      }
      case "unet":
      case "unet_controls": {
        const plain = unetFeeds(noise, stored.timestep, await encodeText([stored.prompt]));
        const feeds = name === "unet" ? plain : await withControls(plain, [null]);
        return {feeds, output: "out_sample", answer: stored.out_sample};
      }
      case "vae_decoder":
        return {feeds: decoderFeeds(noise), output: "sample", answer: stored.image};
      default:
        return null;
    }
  }

  return {
    ...openInsides({folder, tokenizer, part, unetFeeds, decoderFeeds}),
    schedulerConfig,
    latentShape,
    inChannels: unetConfig.in_channels ?? channels,
    info: {
      name: manifest.name,
      width: width * pixels,
      height: height * pixels,
      latentShape,
      scalingFactor,
      schedulerConfig,
      maxTokens: tokenizer.maxTokens,
      recommended: manifest.recommended,
      preview: manifest.preview,
      vocabulary,
      hasControls: folder.has(PARTS.unet_controls)
    },
    async open(names) {
      await Promise.all(names.map((name) => part(name).open()));
    },
    tokenize: (text) => tokenizer.encode(text),
    encodeText,
    async predict(sample, timestep, encoderHiddenStates, roles, controls) {
      const feeds = unetFeeds(sample, timestep, encoderHiddenStates);
      const {outputs, inside} = controls?.some((item) => item)
        ? await runControlled(feeds, controls, roles)
        : await part("unet").run(feeds, ["out_sample"], roles);
      return {output: outputs.out_sample, inside};
    },
    async decode(latents) {
      return (await part("vae_decoder").run(decoderFeeds(latents), ["sample"])).outputs.sample;
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
      const {graph, roles} = await part("unet").structure();
      return attentionLayers(graph, roles);
    },
    async timings({sample, timestep, encoderHiddenStates}, calls) {
      if (!written) throw new Error("nobody listens to what onnxruntime writes: load the model with `written`");
      const options = {...session, executionProviders: ["wasm"], enableProfiling: true};
      const graph = await openGraph(ort, folder, PARTS.unet, options, queue);
      try {
        const feeds = unetFeeds(sample, timestep, encoderHiddenStates);
        for (let call = 0; call <= calls; call++) await graph.run(feeds, ["out_sample"]);
        return readProfile(written(() => graph.endProfiling()));
      } finally {
        await graph.release();
      }
    },
    async release() {
      await Promise.all([...parts.values()].map((opened) => opened.release()));
    }
  };
}
