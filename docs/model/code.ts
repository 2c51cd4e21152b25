import type {Codes} from "../page/codes.js";
import {GROUPS} from "./recorded.js";

/** Where the recorded training lies, and how it is read. */
export function trainingCode(): Codes {
  return {
    engine: `import {readLines} from "./docs/page/lines.js";

const folder = new URL("_file/models/tiny/history/", document.baseURI);
const text = await (await fetch(new URL("unet-metrics.jsonl", folder))).text();
const curve = readLines<{step: number; mse: number}>(text).map(({step, mse}) => [step, mse]);`,
    python: `import json
from PIL import Image

history = "data/models/tiny/history"
metrics = [json.loads(line) for line in open(f"{history}/unet-metrics.jsonl")]
print([(metric["step"], metric["mse"]) for metric in metrics][::100])
Image.open(f"{history}/unet/007200.webp").show()   # the eight prompts, drawn at this step`
  };
}

/** How a scene is made from its number. */
export function scenesCode(): Codes {
  return {
    engine: `import {openScenes} from "./docs/page/scenes.js";

const studio = await openScenes(manifest, flat, objects);   // data/scenes/atlas; the things that the UNet learned
const {spec, captions, rgb, mask, boxes} = studio.make(${GROUPS.trained.first});
console.log(spec.place, spec.objects, captions.map(({text}) => text));
console.log(rgb.length, mask.length, boxes);   // 128 x 128 x 3, 128 x 128, a box a thing`,
    python: `import json, subprocess, numpy as np

objects = ",".join(json.load(open("data/training/configs/tiny.json"))["objects"])
subprocess.run(["npx", "tsx", "data/scenes/cli.ts", "--count", "12", "--seed", "${GROUPS.trained.first}", "--objects", objects, "--out", "/tmp/scenes"], check=True)
pictures, masks = np.load("/tmp/scenes/images.npy"), np.load("/tmp/scenes/masks.npy")   # [12, 128, 128, 3], [12, 128, 128]
print(json.loads(open("/tmp/scenes/scenes.jsonl").readline())["captions"])`
  };
}

/** How the error of one scene at one noise level is measured; test/goldens/make_model.py is the long form of the Python. */
export function errorCode(): Codes {
  return {
    engine: `import {combine, concat, createEngine, Generator, makeSchedule} from "./src/index.js";

const engine = createEngine();
const {schedulerConfig} = await engine.load();
const {alphasCumprod} = makeSchedule(schedulerConfig);

const t = 500;
const x0 = await engine.encode(picture);                              // [1, 3, 128, 128] -> [1, 4, 16, 16]
const eps = new Generator(0).randn(x0.dims);
const xt = combine([Math.sqrt(alphasCumprod[t]), x0], [Math.sqrt(1 - alphasCumprod[t]), eps]);
const states = await engine.encodeText(["", "cherries, mountains"]);  // without and with the caption
const {output} = await engine.predict(concat([xt, xt]), t, states);   // [2, 4, 16, 16]

const size = eps.data.length;
const [uncond, cond] = [0, 1].map((row) =>
  eps.data.reduce((sum, value, i) => sum + (output.data[row * size + i] - value) ** 2, 0) / size
);`,
    python: `import json, subprocess, numpy as np, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder, t = "data/models/tiny", 500
objects = ",".join(json.load(open("data/training/configs/tiny.json"))["objects"])
subprocess.run(["npx", "tsx", "data/scenes/cli.ts", "--count", "1", "--seed", "${GROUPS.unseen.first + 1}", "--objects", objects, "--out", "/tmp/scene"], check=True)
picture = torch.from_numpy(np.load("/tmp/scene/images.npy")).permute(0, 3, 1, 2).float() / 127.5 - 1
caption = json.loads(open("/tmp/scene/scenes.jsonl").readline())["captions"][0]["text"]

run = lambda part, **feeds: torch.from_numpy(ort.InferenceSession(f"{folder}/{part}/model.onnx").run(None, feeds)[0])
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
states = run("text_encoder", input_ids=np.array([tokenizer.encode(text).ids for text in ("", caption)]))
scale = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
x0 = run("vae_encoder", sample=picture.numpy())[:, :4] * scale
eps = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(0))
xt = DDIMScheduler.from_pretrained(f"{folder}/scheduler").add_noise(x0, eps, torch.tensor([t])).expand(2, -1, -1, -1)
predicted = run("unet", sample=xt.numpy(), timestep=np.array([t], np.float32), encoder_hidden_states=states.numpy())
print((predicted - eps).square().flatten(1).mean(1))   # without and with the caption`
  };
}

/** How the nearest training scenes of a picture are found. */
export function nearestCode(): Codes {
  return {
    engine: `import {concat, cosines, createEngine} from "./src/index.js";
import {imageTensor, scenePixels} from "./docs/page/scenes.js";

const engine = createEngine();
const made = Array.from({length: 64}, (_, i) => scenes.make(${GROUPS.trained.first} + i));   // training scenes
const anchors = await engine.embedImages(concat(made.map((scene) => imageTensor(scenePixels(scene)))));
const direction = await engine.embedImages(picture);                  // [1, 3, 128, 128] -> [1, 128]
const near = cosines(direction, anchors);                             // [1, 64]
const nearest = made[near.data.indexOf(Math.max(...near.data))];`
  };
}

/** A model folder in the engine, without the page. */
export function ownCode(): Codes {
  return {
    engine: `import {createEngine, inspectDevice, openSource, preflight} from "./src/index.js";

const source = {kind: "server", address: "https://my-server.example/models/my-model/"} as const;
const folder = await openSource(source, fetch);                       // the list of files, no weights
const report = await preflight(folder, await inspectDevice({}, crossOriginIsolated));
const engine = createEngine({model: source});                         // in a page whose policy lets it ask that server
for await (const step of engine.draw({prompt: "a horse", ...report.recommended})) console.log(step.timestep);`,
    python: `import onnxruntime as ort, torch
from diffusers import DDIMScheduler
from transformers import CLIPTokenizer

folder = "my-model"   # the same folder, on this disk
tokenizer = CLIPTokenizer.from_pretrained(f"{folder}/tokenizer")
scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
run = lambda part, **feeds: torch.from_numpy(ort.InferenceSession(f"{folder}/{part}/model.onnx").run(None, feeds)[0])
ids = tokenizer(["", "a horse"], padding="max_length", truncation=True, return_tensors="np").input_ids
states = run("text_encoder", input_ids=ids)`
  };
}
