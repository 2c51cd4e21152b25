import type {ClipState} from "./state.js";

/** The lines that compute the matrix with this site's engine, from scenes or pictures of the reader's own. */
export function engineCode({captions, pictures, temperature}: Readonly<ClipState>): string {
  return `import {createEngine} from "./src/worker/client.js";
import {cosines} from "./src/models/insides.js";
import {contrastiveLoss} from "./src/contrastive.js";

const engine = createEngine();
const texts = await engine.embedTexts(${JSON.stringify(captions, null, 2)
    .replace(/\n/g, "\n  ")
    .replace(/ {2}\]$/, "]")});
const images = await engine.embedImages(pictures);   // [${pictures.length}, 3, 128, 128], from -1 to 1

const matrix = cosines(images, texts);               // [${pictures.length}, ${captions.length}]
const {rows, columns, loss, gradient} = contrastiveLoss(matrix, ${Number(temperature.toPrecision(3))});`;
}

/** The same numbers in Python, with onnxruntime and PyTorch, on the model's own files. Needs scenes: other pictures are opened from files. */
export function pythonCode({captions, pictures, temperature}: Readonly<ClipState>): string {
  const seeds = pictures.map((picture) => picture?.seed ?? null);
  const own = seeds.includes(null) ? "   # put your own picture where there is None" : "";
  return `import subprocess
import numpy as np, onnxruntime as ort, torch
import torch.nn.functional as F
from tokenizers import Tokenizer

captions = ${JSON.stringify(captions)}
scenes = [${seeds.map((seed) => seed ?? "None").join(", ")}]${own}

def scene(seed):   # uint8 [1, 128, 128, 3], the same bytes as in the browser
    subprocess.run(["npx", "tsx", "data/scenes/cli.ts", "--count", "1", "--seed", str(seed), "--out", "/tmp/scene"], check=True)
    return np.load("/tmp/scene/images.npy")

pixels = np.concatenate([scene(seed) for seed in scenes]).astype(np.float32) / 255
pixels = (pixels.transpose(0, 3, 1, 2) - 0.5) / 0.5                                   # [B, 3, 128, 128]
tokenizer = Tokenizer.from_file("data/models/tiny/clip/tokenizer.json")
ids = np.array([tokenizer.encode(text).ids for text in captions], dtype=np.int64)     # [B, 32]

load = lambda tower: ort.InferenceSession(f"data/models/tiny/clip/onnx/{tower}_model.onnx")
images = F.normalize(torch.from_numpy(load("vision").run(["image_embeds"], {"pixel_values": pixels})[0]), dim=-1)
texts = F.normalize(torch.from_numpy(load("text").run(["text_embeds"], {"input_ids": ids})[0]), dim=-1)

cosines = images @ texts.T
logits = cosines / ${Number(temperature.toPrecision(3))}
target = torch.arange(len(logits))
print(cosines, (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2)`;
}

/** How a scene is classified without training, in this site's engine. */
export function zeroShotCode({labels, template, temperature}: Readonly<ClipState>): string {
  return `const labels = ${JSON.stringify(labels)};
const texts = await engine.embedTexts(labels.map((label) => ${JSON.stringify(template)}.replace("{}", label)));
const image = await engine.embedImages(picture);   // [1, 3, 128, 128], from -1 to 1
const shares = softmax([...cosines(image, texts).data].map((cosine) => cosine / ${Number(temperature.toPrecision(3))}));`;
}

/** One cosine by hand, from the two towers. */
export function towerCode({captions, cell}: Readonly<ClipState>): string {
  return `const u = (await engine.embedImages(picture)).data;   // [1, 3, 128, 128] -> [1, 128]
const v = (await engine.embedTexts([${JSON.stringify(captions[cell.column])}])).data;
const dot = u.reduce((sum, value, i) => sum + value * v[i], 0);
const cosine = dot / (Math.hypot(...u) * Math.hypot(...v));`;
}

/** The loss of every recorded checkpoint in Python. */
export const trainingCode = `import json, torch
import torch.nn.functional as F

for line in open("data/models/tiny/history/clip.jsonl"):
    entry = json.loads(line)
    logits = torch.tensor(entry["cosine"]) / entry["temperature"]      # [16 pictures, 16 captions]
    target = torch.arange(len(logits))
    loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
    print(entry["step"], round(loss.item(), 2), entry["retrieval_64"])`;

/** A drawing scored at every step. */
export function watchCode({
  prompt,
  seed,
  film
}: {
  prompt: string;
  seed: number;
  film: {settings: {steps: number; guidance: number}};
}): string {
  const {steps, guidance} = film.settings;
  return `const words = await engine.embedTexts([${JSON.stringify(prompt)}]);
for await (const {x0, xt} of engine.draw({prompt: ${JSON.stringify(prompt)}, seed: ${seed}, steps: ${steps}, guidance: ${guidance}, sampler: "ddim"})) {
  const guess = await engine.embedImages(await engine.decode(x0));
  const noisy = await engine.embedImages(await engine.decode(xt));
  console.log(cosines(guess, words).data[0], cosines(noisy, words).data[0]);
}`;
}

/** Eight seeds and their cosines with the prompt. */
export function rankCode({prompt, seed}: {prompt: string; seed: number}, steps: number, guidance: number): string {
  return `const words = await engine.embedTexts([${JSON.stringify(prompt)}]);
for (let seed = ${seed}; seed < ${seed + 8}; seed++) {
  let last;
  for await (const step of engine.draw({prompt: ${JSON.stringify(prompt)}, seed, steps: ${steps}, guidance: ${guidance}, sampler: "ddim"})) last = step;
  const image = await engine.embedImages(await engine.decode(last.prev));
  console.log(seed, cosines(image, words).data[0]);
}`;
}
