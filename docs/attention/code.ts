import {jsText as js, pyText as py, type Codes} from "../page/codes.js";
import type {RunSettings} from "../components/runSettings.js";
import {cellAt} from "./oneAttention.js";
import type {Look} from "./maps.js";
import type {GridPlace} from "./state.js";

/** What the lines of the figures hold: the run on show, how it is looked at, and the word. */
export interface Written extends Omit<Look, "smooth"> {
  readonly prompt: string;
  readonly settings: Pick<RunSettings, "negative" | "seed" | "steps" | "guidance" | "sampler">;
  readonly step: number;
  /** The word's rows. */
  readonly tokens: readonly number[];
  readonly place: GridPlace;
}

/** The attention that is computed by hand; the layer by diffusers' name, the head from 1. */
export interface Opened {
  readonly layer: string;
  readonly side: number;
  readonly heads: number;
  readonly head: number;
}

/** The lines that the others go on from, and the word's map. */
export const mainCode = (state: Written): Codes => ({
  engine: `import {createEngine} from "./src/worker/client.js";
import {aggregate, tokenShares, wordMap} from "./src/trace/daam.js";
import {attentionMaps} from "./src/trace/attention.js";

const engine = createEngine();
const options = ${optionsOf(state)};
const records = [];
for await (const record of engine.draw({...options, trace: ["attn2"]})) records.push(record);
const mapsOf = ({inside}, item = -1) => attentionMaps(inside, {kind: "cross", item});    // of each layer [heads, cells, K]

const all = aggregate(${engineMaps(state)}${state.head ? `, {heads: [${state.head - 1}]}` : ""});                    // [K, 16, 16]
const word = wordMap(all, [${state.tokens.join(", ")}], "sum");                                      // [16, 16]
const mean = word.data.reduce((sum, share) => sum + share, 0) / word.data.length;
console.log(mean, Math.max(...word.data));                             // of all attention; at most in one cell`,
  python: `import numpy as np, onnx, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
graph = onnx.load(f"{folder}/unet/model.onnx")
maps = [n.output[0] for n in graph.graph.node if n.op_type == "Softmax" and "attn2" in n.name]
graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in maps)
onnx.save(graph, "traced.onnx")                                      # the same weights, with the maps as outputs
unet = ort.InferenceSession("traced.onnx")
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
encoder = ort.InferenceSession(f"{folder}/text_encoder/model.onnx")

def encode(*texts):                                                  # [texts, K, E]
    ids = np.array([tokenizer.encode(text).ids for text in texts], dtype=np.int64)
    return encoder.run(["last_hidden_state"], {"input_ids": ids})[0]

def draw(words, seed, steps, guidance):                              # words without and with the prompt, [2, K, E]
    scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
    scheduler.set_timesteps(steps)
    latents, found = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(seed)), []
    for t in scheduler.timesteps:
        feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.float32([t]), "encoder_hidden_states": words}
        out, *probabilities = unet.run(["out_sample", *maps], feeds)
        layers = [p.reshape(2, -1, *p.shape[-2:]) for p in probabilities]  # [2, heads, cells, K]
        found.append({"t": float(t), "latents": latents, "layers": layers})
        uncond, cond = torch.from_numpy(out).chunk(2)
        latents = scheduler.step(uncond + guidance * (cond - uncond), t, latents).prev_sample
    return latents, found

def shares(layers, half=1, heads=slice(None)):                       # mean of layers and heads, [16, 16, K]
    grids = []
    for p in layers:
        side = int(p.shape[2] ** 0.5)
        grid = p[half, heads].reshape(-1, side, side, p.shape[3])
        grids.append(grid.repeat(16 // side, 1).repeat(16 // side, 2))
    return np.concatenate(grids).mean(0)

words = encode(${py(state.settings.negative)}, ${py(state.prompt)})
latents, found = draw(words, seed=${state.settings.seed}, steps=${state.settings.steps}, guidance=${state.settings.guidance})
share = shares(${pythonMaps(state)}${state.head ? `, heads=[${state.head - 1}]` : ""})
word = share[:, :, [${state.tokens.join(", ")}]].sum(2)                                       # [16, 16]
print(word.round(3), word.mean(), word.max())                        # of all attention; at most in one cell`
});

/** Below all tokens: each row's share. */
export const tokensCode = (): Codes => ({
  engine: `console.log(tokenShares(all));                                         // K shares, which sum to 1`,
  python: `print(share.mean((0, 1)).round(4), share.sum(2).min(), share.sum(2).max())   # K shares; those of a cell sum to 1`
});

/** Below the strip: the word's share at every step. */
export const stripCode = ({tokens, layer, head}: Written): Codes => ({
  engine: `for (const [i, record] of records.entries()) {
  const shares = tokenShares(aggregate(mapsOf(record)${engineLayers(layer)}${head ? `, {heads: [${head - 1}]}` : ""}));
  console.log(i + 1, [${tokens.join(", ")}].reduce((sum, token) => sum + shares[token], 0));
}`,
  python: `for i, step in enumerate(found):
    print(i + 1, shares(${pythonLayers('step["layers"]', layer)}${head ? `, heads=[${head - 1}]` : ""})[:, :, [${tokens.join(", ")}]].sum(2).mean().round(4))`
});

/** Below the place that asks: what it takes from each row. */
export const placeCode = ({place: {row, column}}: Written): Codes => ({
  engine: `const [count, height, width] = all.dims;
const cell = Math.floor((${row} + 0.5) * height / 16) * width + Math.floor((${column} + 0.5) * width / 16);
console.log(Array.from({length: count}, (_, token) => all.data[token * height * width + cell]));   // K shares, which sum to 1`,
  python: `print(share[${row}, ${column}].round(4))                                          # row ${row + 1}, column ${column + 1}: K shares, which sum to 1`
});

/** Below one attention by hand: the same lines for the marked place, step, layer and head. */
export const handCode = ({step, place}: Written, {layer, side, heads, head}: Opened): Codes => ({
  engine: `const {xt, timestep} = records[${step}];
const encoderHiddenStates = await engine.encodeText([options.prompt]);
const roles = ["to_q", "to_k", "to_v"].map((part) => "${layer}." + part);
const inside = await engine.inside({part: "unet", sample: xt, timestep, encoderHiddenStates, roles});
const [q, k, v] = roles.map((role) => inside[role]);                   // [1, cells or K, heads · d]
const d = q.dims[2] / ${heads};
const rowOf = ({data, dims}, row) => data.slice(row * dims[2] + ${head - 1} * d, row * dims[2] + ${head} * d);
const query = rowOf(q, ${cellAt(place, side)});
const scores = Array.from({length: k.dims[1]}, (_, row) => rowOf(k, row).reduce((sum, key, i) => sum + key * query[i], 0) / Math.sqrt(d));
const powers = scores.map(Math.exp);
const shares = powers.map((power) => power / powers.reduce((a, b) => a + b, 0));
const result = Array.from({length: d}, (_, i) => shares.reduce((sum, share, row) => sum + share * rowOf(v, row)[i], 0));
console.log(scores, shares, result);`,
  python: `graph = onnx.load(f"{folder}/unet/model.onnx")
names = [next(n.output[0] for n in graph.graph.node if n.name.startswith(f"${layer}.{part}/")) for part in ("to_q", "to_k", "to_v")]
graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
feeds = {"sample": found[${step}]["latents"].numpy(), "timestep": np.float32([found[${step}]["t"]]), "encoder_hidden_states": words[1:]}
inside = ort.InferenceSession(graph.SerializeToString()).run(names, feeds)
q, k, v = (x[0].reshape(x.shape[1], ${heads}, -1)[:, ${head - 1}] for x in inside)   # [cells or K, d]
scores = k @ q[${cellAt(place, side)}] / np.sqrt(q.shape[1])
powers = np.exp(scores - scores.max())
print(scores.round(2), (powers / powers.sum()).round(4), (powers / powers.sum()) @ v)`
});

/** A run's options, as the engine takes them. */
export function optionsOf({prompt, settings}: Pick<Written, "prompt" | "settings">): string {
  const {seed, sampler, steps, guidance, negative} = settings;
  const without = negative ? `, negative: ${js(negative)}` : "";
  return `{prompt: ${js(prompt)}, seed: ${seed}, sampler: ${js(sampler)}, steps: ${steps}, guidance: ${guidance}${without}}`;
}

function engineMaps({layer, step, steps}: Written): string {
  const chosen = engineLayers(layer);
  return steps === "all" ? `records.flatMap((record) => mapsOf(record)${chosen})` : `mapsOf(records[${step}])${chosen}`;
}

/** A choice of layers: all, those with so many cells, or one. */
function engineLayers(layer: string): string {
  if (layer === "all") return "";
  const [, number] = /^layer (\d+)$/.exec(layer) ?? [];
  if (number) return `.slice(${Number(number) - 1}, ${number})`;
  return `.filter(({probabilities}) => probabilities.dims[1] === ${Number(layer) ** 2})`;
}

const pythonMaps = ({layer, step, steps}: Written): string =>
  steps === "all"
    ? `[p for step in found for p in ${pythonLayers('step["layers"]', layer)}]`
    : pythonLayers(`found[${step}]["layers"]`, layer);

function pythonLayers(layers: string, layer: string): string {
  if (layer === "all") return layers;
  const [, number] = /^layer (\d+)$/.exec(layer) ?? [];
  if (number) return `${layers}[${Number(number) - 1}:${number}]`;
  return `[p for p in ${layers} if p.shape[2] == ${Number(layer) ** 2}]`;
}
