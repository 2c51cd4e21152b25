import {GROUPS} from "./recorded.js";

/** How the error of one batch at one noise level is measured. */
export function errorCode(): string {
  return `import {errorsAt} from "./docs/model/errors.js";

const x0 = await engine.encode(pictures);                              // [B, 4, 16, 16]
const eps = concat(seeds.map((seed) => new Generator(seed).randn([1, 4, 16, 16])));
const states = concat([...seeds.map(() => empty), await engine.encodeText(captions)]);   // [2B, 32, 192]
const {uncond, cond} = await errorsAt(engine, {x0, eps, states}, 500, alphasCumprod[500]);`;
}

/** The same number in Python, on the same files; test/goldens/make_model.py is its long form. */
export function errorPython(): string {
  return `import json, subprocess, numpy as np, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder, t = "data/models/tiny", 500
objects = ",".join(json.load(open("data/training/configs/tiny.json"))["objects"])
subprocess.run(["npx", "tsx", "data/scenes/cli.ts", "--count", "1", "--seed", "${GROUPS.unseen.first + 1}", "--objects", objects, "--out", "/tmp/scene"], check=True)
picture = torch.from_numpy(np.load("/tmp/scene/images.npy")).permute(0, 3, 1, 2).float() / 127.5 - 1
caption = json.loads(open("/tmp/scene/scenes.jsonl").readline())["captions"][0]["text"]

run = lambda part, **feeds: torch.from_numpy(ort.InferenceSession(f"{folder}/{part}/model.onnx").run(None, feeds)[0])
ids = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json").encode(caption).ids
states = run("text_encoder", input_ids=np.array([ids]))
scale = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
x0 = run("vae_encoder", sample=picture.numpy())[:, :4] * scale
eps = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(0))
xt = DDIMScheduler.from_pretrained(f"{folder}/scheduler").add_noise(x0, eps, torch.tensor([t]))
predicted = run("unet", sample=xt.numpy(), timestep=np.array([t], np.float32), encoder_hidden_states=states.numpy())
print((predicted - eps).square().mean())`;
}

/** How the nearest training scenes of a picture are found. */
export function nearestCode(): string {
  return `import {nearestFew} from "./docs/page/nearest.js";

const direction = (await engine.embedImages(picture)).data;   // [1, 3, 128, 128] -> [1, 128]
const neighbours = nearestFew(direction, anchors, 4);         // anchors: training scenes, a row each
const scene = scenes.make(${GROUPS.trained.first} + neighbours[0].index, {objects});`;
}

/** A model folder in the engine, without the page. */
export function ownCode(): string {
  return `import {createEngine, openSource, preflight, inspectDevice} from "./src/index.js";

const source = {kind: "server", address: "https://my-server.example/models/my-model/"};
const folder = await openSource(source, fetch);               // the list of files, no weights
const report = await preflight(folder, await inspectDevice(navigator, crossOriginIsolated));
const engine = createEngine({model: source});                 // from your own site: another's page policy forbids it`;
}
