/** What keeps a model from running on a device, and what to do about it. */
import type {SchedulerConfig} from "../schedulerConfig.js";
import {samplerNamed} from "../samplers/registry.js";
import type {ListedFolder} from "../sources/listed.js";
import type {TensorInfo} from "../trace/signature.js";
import type {Device} from "./device.js";
import {missingWeights, type PlannedFile} from "./files.js";
import type {GraphFacts} from "./graphs.js";

/** One sentence that says what is the matter, and one that says what to do. */
export interface Finding {
  readonly what: string;
  readonly remedy: string;
}

type Backend = "webgpu" | "wasm";

/** Where a graph stands in the loop: what it must be given and must give. */
const CONTRACT: Readonly<Partial<Record<GraphFacts["part"], {inputs: readonly string[]; outputs: readonly string[]}>>> =
  {
    text_encoder: {inputs: ["input_ids"], outputs: ["last_hidden_state"]},
    unet: {inputs: ["sample", "timestep", "encoder_hidden_states"], outputs: ["out_sample"]},
    vae_decoder: {inputs: ["latent_sample"], outputs: ["sample"]},
    vae_encoder: {inputs: ["sample"], outputs: []}
  };

/** Inputs that other architectures' UNets ask for. */
const OTHERS: Readonly<Record<string, string>> = {
  text_embeds: "Stable Diffusion XL",
  time_ids: "Stable Diffusion XL",
  timestep_cond: "a latent consistency model that takes the guidance scale as an input",
  image_embeds: "a model that takes a picture's embedding",
  down_block_additional_residuals: "a ControlNet's UNet"
};

const READABLE = new Set(["float32", "float16", "float64", "int32", "int64"]);
const REQUIRED = [
  "text_encoder/model.onnx",
  "unet/model.onnx",
  "vae_decoder/model.onnx",
  "scheduler/scheduler_config.json"
];
const DRAWING = new Set(["text_encoder", "unet", "vae_decoder"]);

/** A browser cannot read a longer file into memory. */
const LONGEST_FILE = 2 ** 31 - 1;
/** All that wasm can address, less what a run itself needs. */
const WASM_MEMORY = 3.5e9;
/** With more weights than these, a step without a graphics card takes a minute or so. */
const SLOW_WEIGHTS = 200e6;

const EXPORT = "optimum-cli export onnx --model FOLDER --task text-to-image OUT";
const SHIPPED = "take Stable Diffusion 1.5, 2.1 or SD-Turbo";

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** What is wrong with the folder itself, wherever it is to run. */
export function folderProblems(folder: ListedFolder, graphs: readonly GraphFacts[]): Finding[] {
  if (folder.has("transformer/model.onnx"))
    return [
      {
        what: "This model has a transformer in place of a UNet (Stable Diffusion 3, Flux).",
        remedy: `The chapters are about UNets: ${SHIPPED}.`
      }
    ];
  const missing = REQUIRED.filter((path) => !folder.has(path));
  const torch = folder.files.some(({path}) => /\.(safetensors|bin|ckpt)$/.test(path));
  if (missing.length && torch)
    return [{what: `These are PyTorch's weights: ${missing[0]} is missing.`, remedy: `Export them to ONNX: ${EXPORT}`}];
  const tokenizer = ["tokenizer/tokenizer.json", "tokenizer/vocab.json"].some((path) => folder.has(path));
  const absent = [...missing, ...(tokenizer ? [] : ["tokenizer/tokenizer.json"]), ...missingWeights(folder, graphs)];
  return [
    ...absent.map((path) => ({
      what: `${path} is missing.`,
      remedy: "Fetch or export the model again: the folder is not whole."
    })),
    ...graphs.flatMap(signatureProblems)
  ];
}

function signatureProblems({part, path, header}: GraphFacts): Finding[] {
  const contract = CONTRACT[part];
  if (!header || !contract) return [];
  const {inputs, outputs} = header.signature;
  const names = (list: readonly TensorInfo[]): string[] => list.map(({name}) => name);
  const extra = names(inputs).filter((name) => !contract.inputs.includes(name));
  const known = extra.find((name) => name in OTHERS);
  if (known)
    return [
      {what: `${path} asks for ${known}: this is ${OTHERS[known]}.`, remedy: `The engine does not feed it: ${SHIPPED}.`}
    ];
  const lacking = [
    ...contract.inputs.filter((name) => !names(inputs).includes(name)),
    ...contract.outputs.filter((name) => !names(outputs).includes(name))
  ];
  const unreadable = inputs.find(({type}) => type && !READABLE.has(type));
  return [
    ...(extra.length || lacking.length
      ? [
          {
            what: `${path} takes ${names(inputs).join(", ")} and gives ${names(outputs).join(", ")}.`,
            remedy: `The engine needs ${contract.inputs.join(", ")} and ${contract.outputs.join(", ")}: export it as Optimum does (${EXPORT}).`
          }
        ]
      : []),
    ...(unreadable
      ? [{what: `${path} takes ${unreadable.name} as ${unreadable.type}.`, remedy: "Export it in float32 or float16."}]
      : [])
  ];
}

/** Where the model will run: on the graphics card if that can take its numbers and its largest weight. */
export function backendFor(graphs: readonly GraphFacts[], {gpu}: Device): {backend: Backend; because: string} {
  if (!gpu) return {backend: "wasm", because: "this browser offers no WebGPU"};
  if (isHalf(graphs) && !gpu.shaderF16)
    return {
      backend: "wasm",
      because: "the model computes in float16, and this graphics card (or its driver) lacks shader-f16"
    };
  const most = Math.min(gpu.maxBufferSize, gpu.maxStorageBufferBindingSize);
  const largest = Math.max(0, ...drawingWeights(graphs).map(({bytes}) => bytes));
  if (largest > most)
    return {
      backend: "wasm",
      because: `its largest weight has ${gigabytes(largest)}, and this graphics card takes ${gigabytes(most)} at once`
    };
  return {backend: "webgpu", because: "this browser offers WebGPU"};
}

/** What keeps it from running here. */
export function deviceProblems(
  graphs: readonly GraphFacts[],
  files: readonly PlannedFile[],
  device: Device
): Finding[] {
  const {backend, because} = backendFor(graphs, device);
  const toFetch = files.filter(({kept}) => !kept).reduce((sum, {size}) => sum + size, 0);
  const wasm = wasmBytes(graphs);
  return [
    ...files
      .filter(({size}) => size > LONGEST_FILE)
      .map(({path, size}) => ({
        what: `${path} has ${gigabytes(size)}, and a browser reads files of up to 2.1 GB.`,
        remedy: "Export it in float16: that halves it."
      })),
    ...(backend === "wasm" && wasm > WASM_MEMORY
      ? [
          {
            what: `The model runs on the processor, because ${because}; there it needs ${gigabytes(wasm)} of memory, and WebAssembly has 4.`,
            remedy:
              device.gpu && isHalf(graphs) && !device.gpu.shaderF16
                ? "Take an export in float32, or a graphics card with shader-f16."
                : "Open the page in a browser with WebGPU, on a machine with a graphics card; or take a smaller model."
          }
        ]
      : []),
    ...(device.storage !== null && toFetch > device.storage
      ? [
          {
            what: `${gigabytes(toFetch)} are to be kept, and the browser gives this site ${gigabytes(device.storage)}.`,
            remedy: "Free disk space, or empty the model cache."
          }
        ]
      : [])
  ];
}

/** What the reader should know, though it runs. */
export function warnings(graphs: readonly GraphFacts[], device: Device, scheduler: SchedulerConfig): Finding[] {
  const {backend, because} = backendFor(graphs, device);
  const unet = graphs.find(({part}) => part === "unet")?.header?.signature;
  const weights = unet?.weights.reduce((sum, {dims}) => sum + dims.reduce((product, dim) => product * dim, 1), 0) ?? 0;
  const unread = graphs.filter(({header}) => !header).map(({path}) => path);
  const channels = unet?.inputs.find(({name}) => name === "sample")?.dims?.[1];
  return [
    ...(backend === "wasm" && weights > SLOW_WEIGHTS
      ? [
          {
            what: `The UNet has ${Math.round(weights / 1e6)} million weights and runs on the processor, because ${because}.`,
            remedy: "Expect a minute or more a step."
          }
        ]
      : []),
    ...(unread.length
      ? [
          {
            what: `${unread.join(", ")} could not be looked into: the server hands out whole files only.`,
            remedy: "What is said here of the model is incomplete; loading it tells the rest."
          }
        ]
      : []),
    ...(channels === 9
      ? [
          {
            what: "This UNet reads nine channels: it was made for inpainting.",
            remedy: "It draws with a mask only (chapter Editing)."
          }
        ]
      : []),
    ...(isKnown(scheduler)
      ? []
      : [
          {
            what: `The engine has no ${scheduler._class_name ?? "scheduler of this name"}.`,
            remedy: "DDIM stands in: it reads the same schedule."
          }
        ])
  ];
}

function isKnown(scheduler: SchedulerConfig): boolean {
  try {
    return Boolean(samplerNamed(scheduler._class_name ?? "", scheduler));
  } catch {
    return false;
  }
}

const drawingWeights = (graphs: readonly GraphFacts[]) =>
  graphs.filter(({part}) => DRAWING.has(part)).flatMap(({header}) => header?.signature.weights ?? []);

/** Whether a graph takes or computes in float16: weights alone may be that, and cast before use. */
const isHalf = (graphs: readonly GraphFacts[]): boolean =>
  graphs.some(
    ({part, header}) =>
      DRAWING.has(part) &&
      [...(header?.signature.inputs ?? []), ...(header?.signature.outputs ?? [])].some(({type}) => type === "float16")
  );

/** Weights in wasm's memory: float16 ones stand there twice, as they are and as the float32 that the processor computes with. */
const wasmBytes = (graphs: readonly GraphFacts[]): number =>
  drawingWeights(graphs).reduce((sum, {type, bytes}) => sum + (type === "float16" ? 3 : 1) * bytes, 0);
