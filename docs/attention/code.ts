import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import {onSelected} from "../page/selected.js";
import {shownItem, type AttentionState, type Parts} from "./state.js";

type Asked = Pick<AttentionState, "prompt" | "settings"> & {readonly tokens: readonly number[]};

/** A word's map and share with this site's engine. */
export function engineCode({prompt, settings: {seed, sampler, steps, guidance, negative}, tokens}: Asked): string {
  const extra = negative ? `, negative: ${JSON.stringify(negative)}` : "";
  return `import {createEngine} from "./src/worker/client.js";
import {aggregate, tokenShares, wordMap} from "./src/trace/daam.js";
import {attentionMaps} from "./src/trace/attention.js";

const engine = createEngine();
const options = {prompt: ${JSON.stringify(prompt)}, seed: ${seed}, sampler: "${sampler}", steps: ${steps}, guidance: ${guidance}${extra}, trace: ["attn2"]};
const maps = [];                                                  // of every step and layer: [heads, cells, K]
for await (const step of engine.draw(options)) maps.push(...attentionMaps(step.inside, {kind: "cross"}));
const all = aggregate(maps);                                      // [K, 16, 16]
const word = wordMap(all, [${tokens.join(", ")}], "sum");                          // [16, 16]
const shares = tokenShares(all);                                  // K shares, which sum to 1`;
}

/** The same in Python, on the same ONNX file. */
export function pythonCode({prompt, settings: {seed, steps, guidance, negative}, tokens}: Asked): string {
  const text = (value: string): string => JSON.stringify(value);
  return `import numpy as np, onnx, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
graph = onnx.load(f"{folder}/unet/model.onnx")
maps = [n.output[0] for n in graph.graph.node if n.op_type == "Softmax" and "attn2" in n.name]
graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in maps)
onnx.save(graph, "traced.onnx")                                                     # the same weights, with the maps as outputs
unet = ort.InferenceSession("traced.onnx")
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = np.array([tokenizer.encode(t).ids for t in [${text(negative)}, ${text(prompt)}]], dtype=np.int64)
words = ort.InferenceSession(f"{folder}/text_encoder/model.onnx").run(["last_hidden_state"], {"input_ids": ids})[0]

scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(${steps})
latents, total, heads = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(${seed})), 0, 0
for t in scheduler.timesteps:
    feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
    out, *probabilities = unet.run(["out_sample", *maps], feeds)
    for p in (p.reshape(2, -1, *p.shape[-2:]) for p in probabilities):              # [2, heads, cells, K]
        side = int(p.shape[2] ** 0.5)
        grid = p[1].reshape(-1, side, side, p.shape[3]).sum(0)
        total, heads = total + grid.repeat(16 // side, 0).repeat(16 // side, 1), heads + p.shape[1]
    uncond, cond = torch.from_numpy(out).chunk(2)
    latents = scheduler.step(uncond + ${guidance} * (cond - uncond), t, latents).prev_sample

share = total / heads                                                               # [16, 16, K]
print(share[:, :, [${tokens.join(", ")}]].sum(2).round(3))                                       # the word's map
print(share.mean((0, 1)).round(4))                                                  # each row's share of all attention`;
}

/** Two folds that follow the run and its word. */
export function codeFolds({store}: Parts): HTMLElement {
  const [engine, python] = [codeFold("Code", ""), codeFold("as diffusers Python", "")];
  onSelected(store, ["run", "chosen", "hovered"], (state) => {
    const {prompt, settings, items} = state.run;
    const asked = {prompt, settings, tokens: items.cond[shownItem(state)]?.tokens ?? []};
    engine.update(engineCode(asked));
    python.update(pythonCode(asked));
  });
  return html("div", {class: "codes wide"}, engine, python);
}
