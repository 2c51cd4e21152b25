/** The lines below the experiments: they go on from those of the page's first fold. */
import {jsText as js, pyText as py, type Codes} from "../page/codes.js";
import type {RunSettings} from "../components/runSettings.js";
import {optionsOf} from "./code.js";

type Settings = Pick<RunSettings, "negative" | "seed" | "steps" | "guidance" | "sampler">;

const pythonRun = ({seed, steps, guidance}: Settings): string => `seed=${seed}, steps=${steps}, guidance=${guidance}`;
/** The UNet with a handle on every part, and the values that leave it as it is. */
const CONTROLS = `controlled = ort.InferenceSession(f"{folder}/unet/controls.onnx")   # the same weights, with a gate on every part
rank = {name.name: len(name.shape) for name in controlled.get_inputs()}
adds = lambda name: name.endswith((".probabilities", ".attn1.gate", ".attn2.gate", ".residual"))
neutral = {name: np.full([1] * rank[name], 0 if adds(name) else 1, np.float32) for name in list(rank)[3:]}`;
const list = (tokens: readonly number[]): string => `[${tokens.join(", ")}]`;

/** Two words' maps: how much they overlap at one step, or in the mean of all. */
export function overlapCode(
  prompt: string,
  settings: Settings,
  {first, second, step}: {first: readonly number[]; second: readonly number[]; step: number | "all"}
): Codes {
  const engineMaps = step === "all" ? "own.flatMap((record) => mapsOf(record))" : `mapsOf(own[${step}])`;
  const pythonMaps = step === "all" ? '[p for step in found for p in step["layers"]]' : `found[${step}]["layers"]`;
  return {
    engine: `const own = [];
for await (const record of engine.draw({...${optionsOf({prompt, settings})}, trace: ["attn2"]})) own.push(record);
const maps = aggregate(${engineMaps});
const [first, second] = [${list(first)}, ${list(second)}].map((tokens) => wordMap(maps, tokens, "sum").data);
const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);
console.log(sumOf(first.map((value, i) => Math.min(value / sumOf(first), second[i] / sumOf(second)))));   // their overlap, 0 ... 1`,
    python: `latents, found = draw(encode("", ${py(prompt)}), ${pythonRun(settings)})
share = shares(${pythonMaps})
first, second = (share[:, :, tokens].sum(2) for tokens in (${list(first)}, ${list(second)}))
print(np.minimum(first / first.sum(), second / second.sum()).sum())   # their overlap, 0 ... 1`
  };
}

/** The negative prompt's maps, on the half of guidance that does not see the prompt. */
export function negativeCode(prompt: string, settings: Settings, tokens: readonly number[]): Codes {
  return {
    engine: `const without = [];
for await (const record of engine.draw({...${optionsOf({prompt, settings})}, trace: ["attn2"]})) without.push(record);
const read = aggregate(without.flatMap((record) => mapsOf(record, 0)));   // item 0 of the batch: the unconditional half
console.log(Math.max(...wordMap(read, ${list(tokens)}, "sum").data));
const picture = await engine.decode(without.at(-1).prev);              // [1, 3, H, W]`,
    python: `import json
latents, found = draw(encode(${py(settings.negative)}, ${py(prompt)}), ${pythonRun(settings)})
share = shares([p for step in found for p in step["layers"]], half=0)   # the unconditional half
print(share[:, :, ${list(tokens)}].sum(2).max())
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
vae = ort.InferenceSession(f"{folder}/vae_decoder/model.onnx")
picture = vae.run(None, {"latent_sample": latents.numpy() / scaling})[0]   # [1, 3, H, W]`
  };
}

/** Some rows of the text exchanged for the empty prompt's. */
export function rowsCode(prompt: string, settings: Settings, tokens: readonly number[]): Codes {
  return {
    engine: `const {data, dims} = await engine.encodeText([${js(prompt)}, ""]);       // [2, K, E]
const [, count, width] = dims;
const states = data.slice(0, count * width);
for (const token of ${list(tokens)}) states.set(data.subarray((count + token) * width, (count + token + 1) * width), token * width);
let drawn;
for await (const {prev} of engine.draw({...${optionsOf({prompt, settings})}, promptEmbeds: {data: states, dims: [1, count, width]}})) drawn = prev;
const picture = await engine.decode(drawn);                            // [1, 3, H, W]`,
    python: `empty, replaced = encode("", ${py(prompt)})
replaced[${list(tokens)}] = empty[${list(tokens)}]
latents, _ = draw(np.stack([${settings.negative ? `encode(${py(settings.negative)})[0]` : "empty"}, replaced]), ${pythonRun(settings)})
print(latents.std(), latents[0, :, 8, 8])`
  };
}

/** Another prompt drawn where the first one's attention looked. */
export function frozenCode(source: string, prompt: string, settings: Settings): Codes {
  return {
    engine: `const swap = {...${optionsOf({prompt, settings})}, source: ${js(source)}};
const arms = {seed: [0, 0], cross: [0.8, 0], crossAndSelf: [0.8, 0.4]};   // shares of the steps
for (const [name, [crossShare, selfShare]] of Object.entries(arms)) {
  let drawn;
  for await (const {prev} of engine.run("promptToPrompt", {...swap, crossShare, selfShare})) drawn = prev;
  console.log(name, await engine.decode(drawn));                       // [1, 3, H, W]
}`,
    python: `graph = onnx.load(f"{folder}/unet/model.onnx")
layers = {n.name.rsplit("/", 1)[0]: n.output[0] for n in graph.graph.node if n.op_type == "Softmax" and ".attn" in n.name}
graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in layers.values())
source = ort.InferenceSession(graph.SerializeToString())             # with self-attention too
${CONTROLS}
def step(session, latents, t, words, gates={}):                      # one step; and what the other outputs hold
    feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.float32([t]), "encoder_hidden_states": words}
    out, *others = session.run(None, {**feeds, **gates})
    uncond, cond = torch.from_numpy(out).chunk(2)
    return scheduler.step(uncond + ${settings.guidance} * (cond - uncond), t, latents).prev_sample, others

scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(${settings.steps})
first = second = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${settings.seed}))
of_first, of_second = (encode(${py(settings.negative)}, text) for text in (${py(source)}, ${py(prompt)}))
for i, t in enumerate(scheduler.timesteps):
    first, looked = step(source, first, t, of_first)
    gates = dict(neutral)
    for layer, p in zip(layers, looked):                             # words of both prompts one for one: column for column
        if i < ${settings.steps} * (0.8 if "attn2" in layer else 0.4):
            gates[f"{layer}.probabilities"] = p.reshape(2, -1, *p.shape[-2:])
            gates[f"{layer}.gate"] = np.float32([0, 1]).reshape(2, 1, 1, 1)   # the half with the prompt alone
    second, _ = step(controlled, second, t, of_second, gates)
print(second.std(), second[0, :, 8, 8])`
  };
}

/** What every cross-attention layer gives of a word's rows, multiplied. */
export function weightCode(
  prompt: string,
  settings: Settings,
  {tokens, weight}: {tokens: readonly number[]; weight: number}
): Codes {
  return {
    engine: `const {tokens: spelled} = await engine.tokenize(${js(prompt)});
const tokenWeights = spelled.map((_, row) => (${list(tokens)}.includes(row) ? ${weight} : 1));
let weighted;
for await (const {prev} of engine.draw({...${optionsOf({prompt, settings})}, controls: {tokenWeights}})) weighted = prev;
const picture = await engine.decode(weighted);                         // [1, 3, H, W]`,
    python: `${CONTROLS}
words, weights = encode(${py(settings.negative)}, ${py(prompt)}), np.ones((2, 32), np.float32)
weights[1, ${list(tokens)}] = ${weight}                                            # on the half with the prompt
scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(${settings.steps})
latents = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${settings.seed}))
for t in scheduler.timesteps:
    feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.float32([t]), "encoder_hidden_states": words}
    uncond, cond = torch.from_numpy(controlled.run(None, {**feeds, **neutral, "token_weights": weights})[0]).chunk(2)
    latents = scheduler.step(uncond + ${settings.guidance} * (cond - uncond), t, latents).prev_sample
print(latents.std(), latents[0, :, 8, 8])`
  };
}
