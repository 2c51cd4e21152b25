import {jsText, pyText, type Codes} from "../page/codes.js";
import type {World} from "../src/world/world.js";
import {LEVELS} from "./levelStrip.js";
import {OTHER_SCENES, TIMESTEPS} from "./measure.js";
import {ERROR_SEED} from "./recoverFigure.js";
import {EXTREMES, EXTREME_RUN} from "./extremes.js";
import {engineSchedule, pythonScheduler, scheduleNames} from "./scheduleCode.js";
import type {NoiseState, ScheduleChoice} from "./state.js";

type Asked = Pick<NoiseState, "t" | "seed" | keyof ScheduleChoice> & {
  readonly subject: {readonly scene: number | null};
};

/** What the figures below the first one begin from. */
const BEGUN = `// engine, picture, x0, eps, alphasCumprod, a, xt: as in the first figure's code`;
const PY_BEGUN = `# picture, folder, x0, eps, scheduler, xt: as in the first figure's Python`;

/** The main figure: the lines that noise the picture on screen with this site's engine. */
export function engineCode({t, seed, subject, ...choice}: Asked): string {
  return `import {createEngine, Generator, ${scheduleNames(choice)}, combine} from "./src/index.js";

const engine = createEngine();
const x0 = await engine.encode(picture);                  // [1, 3, 128, 128] -> [1, 4, 16, 16]; scene ${subject.scene ?? "of your own"}
const eps = new Generator(${seed}).randn(x0.dims);             // as torch.randn after manual_seed(${seed})
const {alphasCumprod} = makeSchedule({${engineSchedule(choice)}});
const a = alphasCumprod[${t}];
const xt = combine([Math.sqrt(a), x0], [Math.sqrt(1 - a), eps]);
const image = await engine.decode(xt);                    // what the decoder makes of it
console.log(a, xt.data.slice(0, 3));`;
}

/** The same numbers in Python, from the model folder and diffusers' own add_noise. */
export function pythonCode({t, seed, subject, ...choice}: Asked): string {
  const {scene} = subject;
  const [first, opened] =
    scene === null
      ? [
          `import PIL.Image as Image`,
          `pixels = np.asarray(Image.open("picture.png").convert("RGB").resize((128, 128)))[None]             # your own picture`
        ]
      : [
          `# first: npm run scenes -- --count 1 --seed ${scene} --objects data/models/tiny/vocabulary.json --out scene`,
          `pixels = np.load("scene/images.npy")[:1]`
        ];
  return `${first}
import json, numpy as np, onnxruntime as ort, torch
from diffusers import DDPMScheduler

folder = "data/models/tiny"
${opened}
picture = pixels.transpose(0, 3, 1, 2).astype("float32") / 127.5 - 1                              # [1, 3, 128, 128]
encoder = ort.InferenceSession(f"{folder}/vae_encoder/model.onnx")
parameters = encoder.run(["latent_parameters"], {"sample": picture})[0]                           # mean and log variance
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
x0 = torch.from_numpy(parameters[:, :4]) * scaling                                                # [1, 4, 16, 16]
eps = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(${seed}))
${pythonScheduler(choice)}
xt = scheduler.add_noise(x0, eps, torch.tensor([${t}]))
print(scheduler.alphas_cumprod[${t}].item(), xt.flatten()[:3], xt.std(correction=0))`;
}

export const mainCode = (state: Asked): Codes => ({engine: engineCode(state), python: pythonCode(state)});

/** The same noise at four levels. */
export const levelsCode = (): Codes => ({
  engine: `${BEGUN}
for (const t of [${LEVELS.join(", ")}]) {
  const shares = [Math.sqrt(alphasCumprod[t]), Math.sqrt(1 - alphasCumprod[t])];
  const image = await engine.decode(combine([shares[0], x0], [shares[1], eps]));
  console.log(t, shares);                                 // picture, noise
}`,
  python: `${PY_BEGUN}
for t in [${LEVELS.join(", ")}]:
    a = scheduler.alphas_cumprod[t]
    xt = scheduler.add_noise(x0, eps, torch.tensor([t]))
    print(t, a.sqrt().item(), (1 - a).sqrt().item())              # picture, noise`
});

/** A walk in small steps, and one jump. */
export const walkCode = ({t, seed, ...choice}: Asked): Codes => ({
  engine: `// x0: as in the first figure's code
import {combinedNoise, noised, smallStep} from "./src/index.js";

const schedule = makeSchedule({${engineSchedule(choice)}});
const generator = new Generator(${seed});
const zs = Array.from({length: ${t + 1}}, () => generator.randn(x0.dims));
const walked = zs.reduce((x, z, s) => smallStep(x, z, schedule.betas[s]), x0);    // ${(t + 1).toLocaleString("en")} steps
const jump = noised(x0, combinedNoise(schedule, zs), schedule.alphasCumprod[${t}]);
console.log(Math.max(...jump.data.map((value, i) => Math.abs(value - walked.data[i]))));`,
  python: `${PY_BEGUN}
generator = torch.Generator("cpu").manual_seed(${seed})
zs = [torch.randn(x0.shape, generator=generator) for _ in range(${t + 1})]
walked = x0
for z, beta in zip(zs, scheduler.betas):
    walked = (1 - beta).sqrt() * walked + beta.sqrt() * z
left = scheduler.alphas_cumprod.double()
weights = (scheduler.betas.double() * left[${t}] / left / (1 - left[${t}])).sqrt()
combined = sum(w * z for w, z in zip(weights, zs))
jump = scheduler.add_noise(x0, combined.float(), torch.tensor([${t}]))
print((jump - walked).abs().max().item(), combined.mean().item(), combined.std(correction=0).item())`
});

/** How near the values are to a bell. */
export const bellCode = (): Codes => ({
  engine: `// xt: as in the first figure's code
import {normalCumulative} from "./src/index.js";

const values = [...xt.data].sort((a, b) => a - b);
const n = values.length;
const mean = values.reduce((sum, value) => sum + value, 0) / n;
const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
const gaps = values.map(normalCumulative).map((below, i) => Math.max(Math.abs(below - i / n), Math.abs(below - (i + 1) / n)));
console.log(mean, deviation, Math.max(...gaps), 1.358 / Math.sqrt(n));    // Kolmogorov and Smirnov's distance, and by chance`,
  python: `${PY_BEGUN}
values = xt.flatten().double().sort().values
below = torch.distributions.Normal(0, 1).cdf(values)
counted = torch.arange(len(values) + 1) / len(values)
gap = torch.maximum((below - counted[:-1]).abs(), (below - counted[1:]).abs()).max()
print(values.mean().item(), values.std(correction=0).item(), gap.item())    # Kolmogorov and Smirnov's distance`
});

/** The same recipe on pixels. */
export const pixelsCode = ({t, seed}: Asked): Codes => ({
  engine: `// picture, alphasCumprod: as in the first figure's code
import {noised} from "./src/index.js";

const noise = new Generator(${seed}).randn(picture.dims);      // [1, 3, 128, 128]
console.log(noised(picture, noise, alphasCumprod[${t}]).data.slice(0, 3));`,
  python: `${PY_BEGUN}
pixels = torch.from_numpy(picture)
noise = torch.randn(pixels.shape, generator=torch.Generator("cpu").manual_seed(${seed}))
print(scheduler.add_noise(pixels, noise, torch.tensor([${t}])).flatten()[:3])`
});

/** PSNR and cosines at each level. @param captions the picture's own, then those of other scenes */
export const lostCode = (captions: readonly string[]): Codes => ({
  engine: `${BEGUN}
import {cosines, noised, psnr} from "./src/index.js";

const captions = [
${captions.map((text) => `  ${jsText(text)}`).join(",\n")}
];                                                        // the picture's own, then those of scenes ${OTHER_SCENES.join(", ")}
const words = await engine.embedTexts(captions);
const onScreen = ({data, dims}) => ({data: data.map((value) => Math.min(1, Math.max(-1, value))), dims});
const clean = onScreen(await engine.decode(x0));
const means = [0, 1, 2].map((c) => clean.data.slice(c * 16384, (c + 1) * 16384).reduce((sum, value) => sum + value, 0) / 16384);
console.log(psnr({data: clean.data.map((_, i) => means[Math.floor(i / 16384)]), dims: clean.dims}, clean));    // a plain colour
for (const t of [${TIMESTEPS.join(", ")}]) {
  const image = onScreen(await engine.decode(noised(x0, eps, alphasCumprod[t])));
  console.log(t, psnr(image, clean), cosines(await engine.embedImages(image), words).data);
}`,
  python: `${PY_BEGUN}
import torch.nn.functional as F
from tokenizers import Tokenizer

captions = [
${captions.map((text) => `    ${pyText(text)}`).join(",\n")}
]                                                                 # the picture's own, then those of other scenes
tokenizer = Tokenizer.from_file(f"{folder}/clip/tokenizer.json")
text, vision = (ort.InferenceSession(f"{folder}/clip/onnx/{tower}_model.onnx") for tower in ("text", "vision"))
decoder = ort.InferenceSession(f"{folder}/vae_decoder/model.onnx")
words = text.run(["text_embeds"], {"input_ids": np.array([tokenizer.encode(caption).ids for caption in captions])})[0]
decode = lambda latents: decoder.run(None, {"latent_sample": (latents / scaling).numpy()})[0].clip(-1, 1)
clean = decode(x0)
print(10 * np.log10(4 / np.square(clean.mean((2, 3), keepdims=True) - clean).mean()))                      # a plain colour
for t in [${TIMESTEPS.join(", ")}]:
    image = decode(scheduler.add_noise(x0, eps, torch.tensor([t])))
    seen = vision.run(["image_embeds"], {"pixel_values": image})[0]
    psnr = 10 * np.log10(4 / np.square(image - clean).mean())
    print(t, psnr, F.cosine_similarity(torch.from_numpy(seen), torch.from_numpy(words)))`
});

/** The way back with a partly wrong noise. */
export const recoverCode = ({t, wrong}: Pick<NoiseState, "t" | "wrong">): Codes => ({
  engine: `${BEGUN}
import {denoised} from "./src/index.js";

const other = new Generator(${ERROR_SEED}).randn(x0.dims);
const taken = combine([${root(1 - wrong ** 2)}, eps], [${wrong}, other]);    // still of variance 1
const back = denoised(xt, taken, a);                      // (xt - sqrt(1 - a) * taken) / sqrt(a)
const error = (p, q) => Math.sqrt(p.data.reduce((sum, value, i) => sum + (value - q.data[i]) ** 2, 0) / p.data.length);
console.log(error(taken, eps), error(back, x0), Math.sqrt((1 - a) / a));
const decoded = await engine.decode(back);`,
  python: `${PY_BEGUN}
other = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(${ERROR_SEED}))
taken = ${root(1 - wrong ** 2)} * eps + ${wrong} * other                         # still of variance 1
a = scheduler.alphas_cumprod[${t}]
scheduler.register_to_config(clip_sample=False)
back = scheduler.step(taken, ${t}, xt).pred_original_sample             # (xt - sqrt(1 - a) * taken) / sqrt(a)
error = lambda p, q: (p - q).square().mean().sqrt().item()
print(error(taken, eps), error(back, x0), ((1 - a) / a).sqrt().item())`
});

/** The cloud of points under noise, and how sure one can be of the blob that a point came from. */
export const cloudCode = ({t, seed, ...choice}: Asked, world: World, points: number): Codes => ({
  engine: `import {Generator, ${scheduleNames(choice)}, noised, noisedWorld, pointAt, sampleWorld} from "./src/index.js";

const world = [
${world.map(({mean: [x, y], ...blob}) => `  {mean: [${short(x)}, ${short(y)}], deviation: ${blob.deviation}, weight: ${blob.weight}, label: ${jsText(blob.label)}}`).join(",\n")}
];
const a = makeSchedule({${engineSchedule(choice)}}).alphasCumprod[${t}];
const generator = new Generator(${seed});
const points = sampleWorld(world, ${points}, generator);                        // [1, 2, ${points}, 1]: all x, then all y
const xt = noised(points, generator.randn(points.dims), a);
const {weights} = noisedWorld(world, a);                                     // p(blob | xt)
const sure = Array.from({length: ${points}}, (_, i) => Math.max(...weights(pointAt(xt, i))));
console.log(sure.reduce((sum, share) => sum + share) / ${points});`,
  python: `import torch
from diffusers import DDPMScheduler

means, deviations, weights = torch.tensor(${pairs(world)}), torch.tensor([${world.map(({deviation}) => deviation).join(", ")}]), torch.tensor([${world.map(({weight}) => Number(weight).toFixed(2)).join(", ")}])
${pythonScheduler(choice)}
a = scheduler.alphas_cumprod[${t}]
generator = torch.Generator("cpu").manual_seed(${seed})
chosen = torch.searchsorted(weights.cumsum(0), torch.rand(${points}, generator=generator) * weights.sum(), right=True)
points = means[chosen].T + deviations[chosen] * torch.randn(2, ${points}, generator=generator)    # [2, ${points}]
xt = scheduler.add_noise(points, torch.randn(2, ${points}, generator=generator), torch.tensor([${t}]))
variance = a * deviations**2 + 1 - a                                                         # of each blob under noise
distance = (xt.T[:, None] - a.sqrt() * means).square().sum(-1)                               # [${points}, blobs]
shares = torch.softmax(weights.log() - variance.log() - distance / (2 * variance), dim=1)    # p(blob | xt)
print(shares.max(dim=1).values.mean().item())`
});

/** Black and white, from noise alone and with the trace of a plain background. */
export const extremesCode = (): Codes => ({
  engine: `// scenes: await openScenes(manifest, flat) of "./docs/page/scenes.js", over data/scenes/atlas
import {createEngine, rgbBytes} from "./src/index.js";
import {imageTensor, scenePixels} from "./docs/page/scenes.js";
import {sceneOf} from "./data/scenes/scene.js";

const engine = createEngine();
const brightness = (image) => rgbBytes(image).reduce((sum, value) => sum + value, 0) / image.data.length;
for (const color of ["black", "white"]) {
  const scene = imageTensor(scenePixels(scenes.draw(sceneOf("rocket", color))));
  const corner = scene.data.map((_, i, values) => values[i - (i % 16384)]);           // the background alone
  const options = {prompt: \`a rocket on a \${color} background\`, sampler: "${EXTREME_RUN.sampler}", steps: ${EXTREME_RUN.steps}, guidance: ${EXTREME_RUN.guidance}};
  console.log(color, brightness(scene));
  for (const seed of [1, 2, 3, 4]) {                                                  // as recorded; live: your seed alone
    let alone, traced;
    for await (const step of engine.draw({...options, seed})) alone = step.prev;
    const image = {data: corner, dims: scene.dims};
    for await (const step of engine.run("imageToImage", {...options, seed, image, strength: 1})) traced = step.prev;
    console.log(brightness(await engine.decode(alone)), brightness(await engine.decode(traced)));
  }
}`,
  python: `import json, numpy as np, onnxruntime as ort, torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

folder = "data/models/tiny"
load = lambda part: ort.InferenceSession(f"{folder}/{part}/model.onnx")
text_encoder, unet, encoder, decoder = load("text_encoder"), load("unet"), load("vae_encoder"), load("vae_decoder")
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")

def draw(prompt, seed, trace):
    words = text_encoder.run(["last_hidden_state"], {"input_ids": np.array([tokenizer.encode(prompt).ids])})[0]
    scheduler.set_timesteps(${EXTREME_RUN.steps})
    latents = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(seed))
    if trace is not None:
        latents = scheduler.add_noise(trace, latents, scheduler.timesteps[:1])
    for t in scheduler.timesteps:
        feeds = {"sample": latents.numpy(), "timestep": np.array([t], np.float32), "encoder_hidden_states": words}
        latents = scheduler.step(torch.from_numpy(unet.run(None, feeds)[0]), t, latents).prev_sample
    image = decoder.run(None, {"latent_sample": (latents / scaling).numpy()})[0]
    return ((image.clip(-1, 1) + 1) * 127.5).round().mean()

for color, rgb in [${EXTREMES.map(({color}) => `("${color}", ${PLAIN[color]})`).join(", ")}]:
    plain = np.float32(rgb).reshape(1, 3, 1, 1).repeat(128, 2).repeat(128, 3) / 127.5 - 1        # the background alone
    trace = torch.from_numpy(encoder.run(["latent_parameters"], {"sample": plain})[0][:, :4]) * scaling
    for seed in [1, 2, 3, 4]:                                                   # as recorded; live: your seed alone
        print(color, [draw(f"a rocket on a {color} background", seed, start) for start in (None, trace)])`
});

/** The upper left corner of these scenes: what the trace is made of. */
const PLAIN = {black: "[50, 50, 54]", white: "[249, 249, 247]"};

const root = (value: number): string => String(Number(Math.sqrt(value).toPrecision(6)));
const short = (value: number): number => Number(value.toFixed(4));
const pairs = (world: World): string => `[${world.map(({mean: [x, y]}) => `[${short(x)}, ${short(y)}]`).join(", ")}]`;
