import {jsText, pyText, type Codes} from "../page/codes.js";
import type {ClipState} from "./state.js";

/** What the figures below the first one begin from. */
const BEGUN = "// engine, texts, images: as in the first figure's code";
const PY_BEGUN = "# load, tokenizer, images, texts, cosines: as in the first figure's Python";

/** The lines that compute the matrix with this site's engine, from scenes or pictures of the reader's own. */
export function engineCode({captions, pictures, temperature}: Readonly<ClipState>): string {
  return `import {contrastiveLoss, cosines, createEngine} from "./src/index.js";

const engine = createEngine();
const texts = await engine.embedTexts(${JSON.stringify(captions, null, 2)
    .replace(/\n/g, "\n  ")
    .replace(/ {2}\]$/, "]")});
const images = await engine.embedImages(pictures);   // [${pictures.length}, 3, 128, 128], from -1 to 1

const matrix = cosines(images, texts);               // [${pictures.length}, ${captions.length}]
const {rows, columns, loss, gradient} = contrastiveLoss(matrix, ${Number(temperature.toPrecision(3))});
console.log(matrix.data, loss);`;
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

export const matrixCode = (state: Readonly<ClipState>): Codes => ({
  engine: engineCode(state),
  python: pythonCode(state)
});

/** One cosine by hand, from the two towers. */
export const towerCode = ({cell: {row, column}}: Readonly<ClipState>): Codes => ({
  engine: `${BEGUN}
const width = images.dims[1];                        // 128
const u = images.data.subarray(${row} * width, ${row + 1} * width);    // picture ${row + 1}
const v = texts.data.subarray(${column} * width, ${column + 1} * width);     // caption ${column + 1}
const dot = u.reduce((sum, value, i) => sum + value * v[i], 0);
console.log(dot / (Math.hypot(...u) * Math.hypot(...v)));`,
  python: `${PY_BEGUN}
u, v = images[${row}], texts[${column}]                                 # [128] each, of length 1
print(u[:3], v[:3], (u * v).sum().item())             # their cosine`
});

/** The cosine of two arrows in the plane. */
export const arrowsCode = (arrows: readonly {angle: number; length: number}[]): Codes => {
  const [u, v] = arrows.map(({angle, length}) => {
    const turn = (angle * Math.PI) / 180;
    return [length * Math.cos(turn), length * Math.sin(turn)].map((value) => Number(value.toFixed(4))).join(", ");
  });
  return {
    engine: `import {cosines} from "./src/index.js";

const [u, v] = [[${u}], [${v}]].map((data) => ({data: Float32Array.from(data), dims: [1, 2]}));
console.log(cosines(u, v).data[0]);`,
    python: `import torch
import torch.nn.functional as F

u, v = torch.tensor([${u}]), torch.tensor([${v}])
print((u @ v).item(), F.cosine_similarity(u, v, dim=0).item())    # the dot product, and over both lengths`
  };
};

/** How a scene is classified without training. */
export const zeroShotCode = ({labels, template, temperature, subject}: Readonly<ClipState>): Codes => ({
  engine: `${BEGUN}
const labels = ${JSON.stringify(labels)};
const sentences = await engine.embedTexts(labels.map((label) => ${jsText(template)}.replace("{}", label)));
const row = cosines(images, sentences).data.slice(${subject} * labels.length, ${subject + 1} * labels.length);    // picture ${subject + 1}
const powers = row.map((cosine) => Math.exp(cosine / ${tau(temperature)}));
console.log(row, powers.map((power) => power / powers.reduce((sum, value) => sum + value)));`,
  python: `${PY_BEGUN}
labels = [${labels.map(pyText).join(", ")}]
sentences = np.array([tokenizer.encode(${pyText(template)}.replace("{}", label)).ids for label in labels], dtype=np.int64)
sentences = F.normalize(torch.from_numpy(load("text").run(["text_embeds"], {"input_ids": sentences})[0]), dim=-1)
row = sentences @ images[${subject}]                                  # picture ${subject + 1}
print(row, torch.softmax(row / ${tau(temperature)}, dim=0))`
});

/** The loss of every recorded checkpoint. */
export const trainingCode = (): Codes => ({
  engine: `import {contrastiveLoss} from "./src/index.js";

// history: the lines of data/models/tiny/history/clip.jsonl, each as JSON.parse reads it
for (const {step, cosine, temperature, retrieval_64} of history) {
  const matrix = {data: Float32Array.from(cosine.flat()), dims: [16, 16]};       // 16 pictures, 16 captions
  console.log(step, contrastiveLoss(matrix, temperature).loss, retrieval_64);
}`,
  python: `import json, torch
import torch.nn.functional as F

for line in open("data/models/tiny/history/clip.jsonl"):
    entry = json.loads(line)
    logits = torch.tensor(entry["cosine"]) / entry["temperature"]      # [16 pictures, 16 captions]
    target = torch.arange(len(logits))
    loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
    print(entry["step"], round(loss.item(), 2), entry["retrieval_64"])`
});

/** What the decoder gives beyond black and white is cut off, as on a screen. */
const ON_SCREEN = `const onScreen = ({data, dims}) => ({data: data.map((value) => Math.min(1, Math.max(-1, value))), dims});`;

/** What drawings and their scores in Python begin with. */
const drawing = (
  prompt: string,
  texts: readonly string[],
  steps: number,
  guidance: number
): string => `import json, numpy as np, onnxruntime as ort, torch
import torch.nn.functional as F
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}.onnx")
ids = lambda part, texts: {"input_ids": np.array([Tokenizer.from_file(f"{folder}/{part}/tokenizer.json").encode(text).ids for text in texts])}
unet, decoder, vision = load("unet/model"), load("vae_decoder/model"), load("clip/onnx/vision_model")
states = load("text_encoder/model").run(["last_hidden_state"], ids("tokenizer", ["", ${pyText(prompt)}]))[0]
words = torch.from_numpy(load("clip/onnx/text_model").run(["text_embeds"], ids("clip", [${texts.map(pyText).join(", ")}]))[0])
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")

def score(latents):                                                       # cosines of the decoded latents
    image = decoder.run(None, {"latent_sample": (latents / scaling).numpy()})[0].clip(-1, 1)
    return F.cosine_similarity(torch.from_numpy(vision.run(["image_embeds"], {"pixel_values": image})[0]), words).tolist()

def draw(seed):
    scheduler.set_timesteps(${steps})
    x = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(seed))
    for t in scheduler.timesteps:
        feeds = {"sample": x.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([t], np.float32), "encoder_hidden_states": states}
        uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        step = scheduler.step(uncond + ${guidance} * (cond - uncond), t, x)
        yield x, step.pred_original_sample, step.prev_sample
        x = step.prev_sample
`;

/** A drawing scored at every step. */
export function watchCode({
  prompt,
  seed,
  other,
  film
}: {
  prompt: string;
  seed: number;
  other: string;
  film: {settings: {steps: number; guidance: number}};
}): Codes {
  const {steps, guidance} = film.settings;
  return {
    engine: `import {cosines, createEngine} from "./src/index.js";

const engine = createEngine();
const words = await engine.embedTexts([${jsText(prompt)}, ${jsText(other)}]);
${ON_SCREEN}
const options = {prompt: ${jsText(prompt)}, seed: ${seed}, steps: ${steps}, guidance: ${guidance}, sampler: "ddim"};
for await (const {x0, xt} of engine.draw(options)) {
  const guess = await engine.embedImages(onScreen(await engine.decode(x0)));
  const noisy = await engine.embedImages(onScreen(await engine.decode(xt)));
  console.log(cosines(guess, words).data, cosines(noisy, words).data);
}`,
    python: `${drawing(prompt, [prompt, other], steps, guidance)}
for xt, x0, _ in draw(${seed}):
    print(score(x0), score(xt))                                          # with the prompt, with the other caption`
  };
}

/** Eight seeds and their cosines with the prompt. */
export const rankCode = ({prompt, seed}: {prompt: string; seed: number}, steps: number, guidance: number): Codes => ({
  engine: `import {cosines, createEngine} from "./src/index.js";

const engine = createEngine();
const words = await engine.embedTexts([${jsText(prompt)}]);
${ON_SCREEN}
for (let seed = ${seed}; seed < ${seed + 8}; seed++) {
  let last;
  for await (const step of engine.draw({prompt: ${jsText(prompt)}, seed, steps: ${steps}, guidance: ${guidance}, sampler: "ddim"})) last = step;
  const image = await engine.embedImages(onScreen(await engine.decode(last.prev)));
  console.log(seed, cosines(image, words).data[0]);
}`,
  python: `${drawing(prompt, [prompt], steps, guidance)}
for seed in range(${seed}, ${seed + 8}):
    *_, (_, _, last) = draw(seed)
    print(seed, score(last))`
});

const tau = (temperature: number): number => Number(temperature.toPrecision(3));
