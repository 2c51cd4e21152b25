import {jsText as js, pyText as py, type Codes} from "../page/codes.js";
import type {UnetState} from "./state.js";

export type Written = Pick<UnetState, "film" | "step" | "chosen" | "resnet" | "block" | "told">;

/** The values of the state that the lines hold. */
export const WRITTEN = ["film", "step", "chosen", "resnet", "block", "told"] as const;

const ENGINE = `import {createEngine} from "./src/worker/client.js";
const engine = createEngine();
`;

const PYTHON = `import json, numpy as np, onnx, onnxruntime as ort, torch, diffusers
from tokenizers import Tokenizer

folder = "data/models/tiny"
config = json.load(open(f"{folder}/scheduler/scheduler_config.json"))
ids = np.array([Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json").encode(text).ids for text in ["", PROMPT]])
words = ort.InferenceSession(f"{folder}/text_encoder/model.onnx").run(["last_hidden_state"], {"input_ids": ids})[0]
unet = ort.InferenceSession(f"{folder}/unet/model.onnx")
`;

/** A look inside at the step on show: the chosen layer. */
export const lookCode = (state: Written): Codes => ({
  engine: engineLook(state, [`${state.chosen}.input`, state.chosen]),
  python: pythonLook(state, state.chosen)
});

/** Below the ResNet block: before and after the time is added, and what is added. */
export const resnetCode = (state: Written): Codes => ({
  engine: engineLook(state, [`${state.resnet}.conv1`, `${state.resnet}.norm2.input`, `${state.resnet}.time_emb_proj`]),
  python: pythonLook(state, `${state.resnet}.time_emb_proj`)
});

/** Below a transformer: what goes in and the three terms. */
export const residualCode = (state: Written): Codes => ({
  engine: engineLook(
    state,
    [".input", ".attn1", ".attn2", ".ff", ""].map((part) => state.block + part)
  ),
  python: pythonLook(state, `${state.block}.attn2`)
});

/** Below the time embedding. */
export const featuresCode = (state: Written): Codes => ({
  engine: `import {timeFeatures} from "./src/index.js";
timeFeatures(${toldOf(state)}, 96);                                       // 48 cosines, then 48 sines`,
  python: `import torch, diffusers
print(diffusers.models.embeddings.get_timestep_embedding(torch.tensor([${toldOf(state)}.0]), 96, flip_sin_to_cos=True, downscale_freq_shift=0))`
});

/** Below the wrong time. */
export const timeCode = (state: Written): Codes => ({engine: engineTime(state), python: pythonTime(state)});

/** Below the parts that are switched off. */
export const offCode = (state: Written): Codes => ({engine: engineOff(state), python: pythonOff(state)});

const toldOf = ({told, film, step}: Written): number => told ?? Math.round(film.frames[step]?.timestep ?? 0);

function drawing({film: {asked}}: Written): string {
  const {prompt, seed, sampler, steps, guidance} = asked;
  return `{prompt: ${js(prompt)}, seed: ${seed}, sampler: ${js(sampler)}, steps: ${steps}, guidance: ${guidance}}`;
}

const engineLook = (state: Written, roles: readonly string[]): string => `${ENGINE}
for await (const {index, xt, timestep} of engine.draw(${drawing(state)})) {
  if (index !== ${state.step}) continue;
  const encoderHiddenStates = await engine.encodeText([${js(state.film.asked.prompt)}]);
  const roles = ${JSON.stringify(roles)};
  const inside = await engine.inside({part: "unet", sample: xt, timestep, encoderHiddenStates, roles});
  for (const [role, {data, dims}] of Object.entries(inside))
    console.log(role, dims, Math.sqrt(data.reduce((sum, value) => sum + value ** 2, 0) / data.length));
  break;
}`;

/** The loop of a drawing in Python, DDIM as the page draws at first, up to the step on show. */
const loop = ({film: {asked}, step}: Written): string => `${PYTHON.replace("PROMPT", py(asked.prompt))}
scheduler = diffusers.DDIMScheduler.from_config(config)
scheduler.set_timesteps(${asked.steps})
latents = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${asked.seed}))
for t in scheduler.timesteps[:${step}]:
    feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.float32([t]), "encoder_hidden_states": words}
    uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
    latents = scheduler.step(uncond + ${asked.guidance} * (cond - uncond), t, latents).prev_sample
t = scheduler.timesteps[${step}]
feeds = {"sample": latents.numpy(), "timestep": np.float32([t]), "encoder_hidden_states": words[1:]}
`;

const pythonLook = (state: Written, role: string): string => `${loop(state)}
model = onnx.load(f"{folder}/unet/model.onnx")                                    # with its weights beside it
own = [n for n in model.graph.node if n.name.startswith(${py(`${role}/`)}) or n.name.startswith(${py(`${role}.`)})]
output = own[-1].output[0]                                                        # what the layer gives
model.graph.output.append(onnx.ValueInfoProto(name=output))
values = ort.InferenceSession(model.SerializeToString()).run([output], feeds)[0]
print(values.shape, values.mean(), values.std(), np.sqrt(np.square(values).mean()))

# In diffusers itself: a hook on the module, pipe.unet.get_submodule(${py(role)}).register_forward_hook(...)`;

const engineTime = (state: Written): string => `${ENGINE}
const told = ${toldOf(state)};
for await (const {index, xt, timestep} of engine.draw(${drawing(state)})) {
  if (index !== ${state.step}) continue;
  const states = await engine.encodeText([${js(state.film.asked.prompt)}]);
  const [right, wrong] = [await engine.predict(xt, timestep, states), await engine.predict(xt, told, states)];
  const apart = right.output.data.map((value, i) => value - wrong.output.data[i]);
  console.log(Math.sqrt(apart.reduce((sum, value) => sum + value ** 2, 0) / apart.length));
  break;
}`;

const pythonTime = (state: Written): string => `${loop(state)}
told = ${toldOf(state)}
right, wrong = (unet.run(None, {**feeds, "timestep": np.float32([time])})[0] for time in (t, told))
print(np.sqrt(np.square(right - wrong).mean()), np.sqrt(np.square(wrong).mean()))   # how far apart, and the size of the answer`;

const engineOff = (state: Written): string => `${ENGINE}
const controls = {skips: {"up_blocks.0.skips.0": 0}};         // or {crossAttention: 0}, or {timeEmbedding: 0}
let last;
for await (const {prevXt} of engine.draw({...${drawing(state)}, controls})) last = prevXt;
const picture = await engine.decode(last);                    // [1, 3, H, W]`;

const pythonOff = (state: Written): string => `${PYTHON.replace("PROMPT", py(state.film.asked.prompt))}
unet = ort.InferenceSession(f"{folder}/unet/controls.onnx")   # the same weights, with a gate on every part
rank = {name.name: len(name.shape) for name in unet.get_inputs()}
adds = lambda name: name.endswith((".probabilities", ".attn1.gate", ".attn2.gate", ".residual"))
neutral = {name: np.full([1] * rank[name], 0 if adds(name) else 1, np.float32) for name in list(rank)[3:]}
gates = {**neutral, "up_blocks.0.skips.0.gate": np.float32([0])}   # or "cross_attention.gate", or "time_embedding.gate"

scheduler = diffusers.DDIMScheduler.from_config(config)
scheduler.set_timesteps(${state.film.asked.steps})
latents = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${state.film.asked.seed}))
for t in scheduler.timesteps:
    feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.float32([t]), "encoder_hidden_states": words}
    uncond, cond = torch.from_numpy(unet.run(None, {**feeds, **gates})[0]).chunk(2)
    latents = scheduler.step(uncond + ${state.film.asked.guidance} * (cond - uncond), t, latents).prev_sample
vae = json.load(open(f"{folder}/vae_decoder/config.json"))
image = ort.InferenceSession(f"{folder}/vae_decoder/model.onnx").run(None, {"latent_sample": latents.numpy() / vae["scaling_factor"]})[0]`;
