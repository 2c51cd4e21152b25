import {describe, expect, test} from "vitest";
import {inspectDevice, type Device} from "../../src/preflight/device.js";
import {preflight} from "../../src/preflight/preflight.js";
import type {ListedFolder} from "../../src/sources/listed.js";
import {onnxFile, type OnnxFile} from "./onnx.js";

const GPU = {description: "a card", shaderF16: true, maxBufferSize: 4e9, maxStorageBufferBindingSize: 2e9};
const CARD: Device = {gpu: GPU, threads: 4, memoryGB: 8, storage: 50e9};
const PROCESSOR: Device = {...CARD, gpu: null};

/** An attention of a UNet, plain or fused. */
const attention = (operator: string) => [
  {
    name: "/down_blocks.0/attentions.0/transformer_blocks.0/attn2/to_q/MatMul",
    operator: "MatMul",
    inputs: ["sample", "w"],
    outputs: ["q"]
  },
  {
    name: `/down_blocks.0/attentions.0/transformer_blocks.0/attn2/${operator}`,
    operator,
    inputs: ["q"],
    outputs: ["out_sample"]
  }
];

interface Parts {
  type?: string;
  operator?: string;
  unetInputs?: OnnxFile["inputs"];
  /** Values of the UNet's one large weight, which lies in model.onnx_data. */
  weights?: number;
}

function parts({type = "float32", operator = "Softmax", unetInputs = [], weights = 1e6}: Parts = {}) {
  const latents = {name: "sample", type, dims: ["batch", 4, "height", "width"]};
  const unet = onnxFile({
    inputs: [
      latents,
      {name: "timestep", type: "int64", dims: []},
      {name: "encoder_hidden_states", type},
      ...unetInputs
    ],
    outputs: [{name: "out_sample", type}],
    nodes: attention(operator),
    weights: [{name: "w", type, dims: [weights], location: "model.onnx_data"}]
  });
  const size = weights * (type === "float16" ? 2 : 4);
  const files: Record<string, Uint8Array | string | number> = {
    "model_index.json": "{}",
    "scheduler/scheduler_config.json": '{"_class_name": "PNDMScheduler"}',
    "tokenizer/vocab.json": "{}",
    "text_encoder/model.onnx": onnxFile({
      inputs: [{name: "input_ids", type: "int64"}],
      outputs: [{name: "last_hidden_state", type}]
    }),
    "unet/model.onnx": unet,
    "unet/model.onnx_data": size,
    "vae_decoder/model.onnx": onnxFile({inputs: [{name: "latent_sample", type}], outputs: [{name: "sample", type}]}),
    "vae_encoder/model.onnx": onnxFile({inputs: [{name: "sample", type}], outputs: [{name: "latent_sample", type}]}),
    "safety_checker/model.onnx": 1e9,
    "README.md": "# Model"
  };
  return files;
}

/** A folder whose files are bytes, text, or only a size: those must not be read. */
function folderOf(files: Record<string, Uint8Array | string | number>): ListedFolder & {read: string[]} {
  const read: string[] = [];
  const contentOf = (path: string): Uint8Array => {
    const content = files[path];
    if (typeof content === "number") throw new Error(`${path} was read`);
    read.push(path);
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  };
  const sizeOf = (content: Uint8Array | string | number) => (typeof content === "number" ? content : content.length);
  return {
    ...{read, name: "mine", base: "https://host.test/mine/"},
    files: Object.entries(files).map(([path, content]) => ({path, size: sizeOf(content)})),
    has: (path) => path in files,
    bytes: async (path) => contentOf(path),
    slice: async (path, begin, end) => contentOf(path).subarray(begin, end),
    stream: () => Promise.reject(new Error("not streamed"))
  };
}

const without = <T extends object>(files: T, path: string): T =>
  Object.fromEntries(Object.entries(files).filter(([name]) => name !== path)) as T;

const flight = (files: Record<string, Uint8Array | string | number>, device = CARD) =>
  preflight(folderOf(files), device);
const whats = (list: readonly {what: string}[]) => list.map(({what}) => what).join(" ");

describe("the pre-flight", () => {
  test("lists what would be loaded and what is kept, without a byte of weights", async () => {
    const folder = folderOf(parts());
    const report = await preflight(folder, CARD, async ({path}) => path === "unet/model.onnx_data");
    expect(report.files.map(({path, use}) => [path, use])).toEqual([
      ["model_index.json", "settings"],
      ["scheduler/scheduler_config.json", "settings"],
      ["tokenizer/vocab.json", "settings"],
      ["text_encoder/model.onnx", "drawing"],
      ["unet/model.onnx", "drawing"],
      ["unet/model.onnx_data", "drawing"],
      ["vae_decoder/model.onnx", "drawing"],
      ["vae_encoder/model.onnx", "starting from a picture"]
    ]);
    expect(report.keptBytes).toBe(4e6);
    expect(report.totalBytes).toBeGreaterThan(4e6);
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({name: "mine", backend: "webgpu", recommended: {sampler: "pndm"}});
    expect(report.bytesRead).toBeLessThan(5000);
  });

  test("names other architectures by what their UNets ask for", async () => {
    const xl = [{name: "text_embeds"}, {name: "time_ids"}];
    const {problems, losses} = await flight(parts({unetInputs: xl}));
    expect(whats(problems)).toBe("unet/model.onnx asks for text_embeds: this is Stable Diffusion XL.");
    expect(losses).toEqual([]);
    const flux = await flight({...parts(), "transformer/model.onnx": 1e9});
    expect(whats(flux.problems)).toContain("a transformer in place of a UNet");
  });

  test("tells PyTorch's weights from an export, and what an export lacks", async () => {
    const torch = await flight({"model_index.json": "{}", "unet/diffusion_pytorch_model.safetensors": 3e9});
    expect(torch.problems[0].remedy).toContain("optimum-cli export onnx");
    const cut = without(parts(), "unet/model.onnx_data");
    expect(whats((await flight(cut)).problems)).toBe("unet/model.onnx_data is missing.");
    const other = await flight(parts({unetInputs: [{name: "mask", type: "bool"}]}));
    expect(whats(other.problems)).toContain("unet/model.onnx takes mask as bool.");
  });

  test("knows that no browser reads a file of 3.4 GB, and what to do", async () => {
    const {problems} = await flight(parts({weights: 860e6}));
    expect(problems[0]).toEqual({
      what: "unet/model.onnx_data has 3.4 GB, and a browser reads files of up to 2.1 GB.",
      remedy: "Export it in float16: that halves it."
    });
    expect((await flight(parts({weights: 860e6, type: "float16"}))).problems).toEqual([]);
  });

  test("runs float16 on the processor where the card lacks shader-f16, if there is memory for it", async () => {
    const old = {...CARD, gpu: {...GPU, shaderF16: false}};
    const small = await flight(parts({type: "float16"}), old);
    expect([small.backend, small.problems]).toEqual(["wasm", []]);
    expect(small.because).toContain("shader-f16");
    const large = await flight(parts({type: "float16", weights: 860e6}), old);
    expect(large.problems[0].what).toContain("there it needs 5.2 GB of memory");
    expect(large.problems[0].remedy).toContain("float32");
    expect((await flight(parts(), old)).backend).toBe("webgpu");
  });

  test("passes a card over whose buffers are too small", async () => {
    const narrow = {...CARD, gpu: {...GPU, maxStorageBufferBindingSize: 128e6}};
    expect((await flight(parts({weights: 40e6}), narrow)).because).toContain("its largest weight has 0.2 GB");
  });

  test("says that it is slow without a card, and that the disk is too full", async () => {
    const {warnings, problems} = await flight(parts({weights: 300e6}), {...PROCESSOR, storage: 1e9});
    expect(warnings[0].remedy).toBe("Expect a minute or more a step.");
    expect(whats(problems)).toBe("1.2 GB are to be kept, and the browser gives this site 1.0 GB.");
  });

  test("tells each chapter what it loses", async () => {
    const fused = without(parts({operator: "MultiHeadAttention"}), "vae_encoder/model.onnx");
    const losses = (await flight(fused)).losses.map(({chapter, what}) => `${chapter}: ${what}`);
    expect(losses).toContain(
      "attention: No attention maps: the file's attention is fused (MultiHeadAttention) and keeps no probabilities."
    );
    expect(losses).toContain("editing: No drawing from a picture: there is no vae_encoder.");
    expect(losses.filter((line) => line.startsWith("clip"))).toHaveLength(1);
    const plain = (await flight(parts())).losses.map(({chapter, what}) => `${chapter}: ${what}`);
    expect(plain.some((line) => line.includes("No attention maps"))).toBe(false);
    expect(plain).toContain("autoencoder: No mean and variance: vae_encoder gives latents alone.");
  });
});

test("a device is asked what it offers, and an emulated card is none", async () => {
  const adapter = {features: new Set(["shader-f16"]), limits: {maxBufferSize: 5, maxStorageBufferBindingSize: 4}};
  const storage = {estimate: async () => ({quota: 10, usage: 4})};
  const gpu = (info: object) => ({requestAdapter: async () => ({...adapter, info})});
  expect(await inspectDevice({gpu: gpu({vendor: "acme"}), storage, hardwareConcurrency: 16}, true)).toEqual({
    gpu: {description: "acme", shaderF16: true, maxBufferSize: 5, maxStorageBufferBindingSize: 4},
    ...{threads: 4, memoryGB: null, storage: 6}
  });
  const emulated = await inspectDevice({gpu: gpu({isFallbackAdapter: true}), deviceMemory: 8}, false);
  expect(emulated).toEqual({gpu: null, threads: 1, memoryGB: 8, storage: null});
});
