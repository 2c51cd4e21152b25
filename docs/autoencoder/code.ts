import {jsText, pyText, type Codes} from "../page/codes.js";
import type {AutoencoderState} from "./state.js";

/** The main figure's lines, by this site's engine and in Python, for the scene on show. */
export const roundTripCode = ({picture}: Pick<AutoencoderState, "picture">): Codes => ({
  engine: engineCode(picture.seed),
  python: pythonCode(picture.seed)
});

/** The round trip with the engine. @param scene a scene's number; without one, the picture is the reader's own */
export function engineCode(scene: number | undefined): string {
  const picture =
    scene === undefined
      ? `const image = imageTensor(pixels);                                // your picture, 128 x 128`
      : `const image = imageTensor(scenePixels(scenes.make(${scene})));    // [1, 3, 128, 128], from -1 to 1`;
  return `import {createEngine, modeOf, psnr, sampleOf, Generator} from "./src/index.js";
import {imageTensor, openScenes, scenePixels} from "./docs/page/scenes.js";

const scenes = await openScenes(manifest, flat, objects);      // data/scenes/atlas, and the model's vocabulary.json
const engine = createEngine();
const {scalingFactor} = await engine.load();
${picture}

const distribution = await engine.encodeDistribution(image);   // {mean, logVariance}: [1, 4, 16, 16] each
const latents = modeOf(distribution, scalingFactor);           // mean * scalingFactor, what the UNet works on
const decoded = await engine.decode(latents);                  // [1, 3, 128, 128]
console.log(psnr(decoded, image));                             // in dB

const noise = new Generator(0).randn(latents.dims);
const sample = sampleOf(distribution, noise, scalingFactor);   // (mean + deviation * noise) * scalingFactor`;
}

/** The same numbers in Python, with onnxruntime, diffusers and the model folder. */
export function pythonCode(scene: number | undefined): string {
  const picture =
    scene === undefined
      ? `from PIL import Image
pixels = np.asarray(Image.open("picture.png").convert("RGB").resize((128, 128)))`
      : `# npm run scenes -- --count 1 --seed ${scene} --out scene \\
#   --objects data/models/tiny/vocabulary.json
pixels = np.load("scene/images.npy")[0]                        # [128, 128, 3], 0 to 255`;
  return `import json, numpy as np, onnxruntime as ort, torch
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution

folder = "data/models/tiny"
encoder, decoder = (ort.InferenceSession(f"{folder}/{part}/model.onnx") for part in ("vae_encoder", "vae_decoder"))
factor = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]

${picture}
image = (pixels / 127.5 - 1).astype(np.float32).transpose(2, 0, 1)[None]       # [1, 3, 128, 128]
parameters = encoder.run(["latent_parameters"], {"sample": image})[0]          # [1, 8, 16, 16]
distribution = DiagonalGaussianDistribution(torch.from_numpy(parameters))
latents = distribution.mode() * factor                                         # what the UNet works on

decoded = decoder.run(None, {"latent_sample": (latents / factor).numpy()})[0]
error = np.square(decoded.clip(-1, 1) - image).mean()
print("PSNR", 10 * np.log10(4 / error), "dB;  KL", distribution.kl().item(), "nats")`;
}

/** What the figures below the first one begin from. */
const BEGUN = "// scenes, image, distribution, latents, decoded, engine, scalingFactor: as in the first figure's code";
const PY_BEGUN = "# folder, image, distribution, latents, factor, decoder, decoded: as in the first figure's Python";

/** The edits on show, a few of them in full. */
export function editCode({edits: {zeroed, values}}: Pick<AutoencoderState, "edits">, most = 6): Codes {
  const cells = [...values].slice(0, most).map(([index, value]) => {
    const [channel, row, column] = [Math.floor(index / 256), Math.floor((index % 256) / 16), index % 16];
    return {channel, row, column, value: Number(value.toFixed(3))};
  });
  const rest = values.size > most ? [`... and ${values.size - most} more`] : [];
  return {
    engine: [
      BEGUN,
      "const edited = latents.data.slice();",
      ...zeroed.map((channel) => `edited.fill(0, ${channel} * 256, ${channel + 1} * 256);`),
      ...cells.map(
        ({channel, row, column, value}) =>
          `edited[(${channel} * 16 + ${row}) * 16 + ${column}] = ${value};   // channel ${channel + 1}, row ${row + 1}, column ${column + 1}`
      ),
      ...rest.map((more) => `// ${more}`),
      `const after = await engine.decode({data: edited, dims: latents.dims});
const touched = (cell) => [0, 1, 2, 3].some((c) => edited[c * 256 + cell] !== latents.data[c * 256 + cell]);
const cellOf = (pixel) => Math.floor(pixel / 1024) * 16 + Math.floor((pixel % 128) / 8);       // 8 x 8 pixels a cell
const change = (pixel) => Math.max(...[0, 1, 2].map((c) => Math.abs(after.data[c * 16384 + pixel] - decoded.data[c * 16384 + pixel])));
const under = Array.from({length: 16384}, (_, pixel) => pixel).filter((pixel) => touched(cellOf(pixel)));
console.log(under.reduce((sum, pixel) => sum + change(pixel), 0) / under.length);              // under the painted cells`
    ].join("\n"),
    python: [
      PY_BEGUN,
      "edited = latents.clone()",
      ...zeroed.map((channel) => `edited[0, ${channel}] = 0`),
      ...cells.map(({channel, row, column, value}) => `edited[0, ${channel}, ${row}, ${column}] = ${value}`),
      ...rest.map((more) => `# ${more}`),
      `after = decoder.run(None, {"latent_sample": (edited / factor).numpy()})[0]
change = np.abs(after - decoded).max(1)[0]                                     # [128, 128], the largest of three colours
touched = (edited != latents).any(1)[0].numpy().repeat(8, 0).repeat(8, 1)      # 8 x 8 pixels a cell
print(change[touched].mean())                                                  # under the painted cells`
    ].join("\n")
  };
}

/** Noise of one signal-to-noise ratio on pixels and on latents. */
export const noiseCode = ({snr, noise}: Pick<AutoencoderState, "snr" | "noise">): Codes => ({
  engine: `${BEGUN}
import {combine} from "./src/index.js";

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values) => mean(values.map((value) => value ** 2)) - mean(values) ** 2;
const noised = (signal) => {
  const deviation = Math.sqrt(variance([...signal.data]) / 10 ** (${snr} / 10));                 // ${snr} dB
  return combine([1, signal], [deviation, new Generator(${noise}).randn(signal.dims)]);
};
const [onPixels, onLatents] = [noised(image), await engine.decode(noised(latents))];
console.log(psnr(onPixels, image), psnr(onLatents, image));`,
  python: `${PY_BEGUN}
def noised(signal):
    noise = torch.randn(signal.shape, generator=torch.Generator("cpu").manual_seed(${noise}))
    return signal + (signal.var(correction=0) / 10 ** (${snr} / 10)).sqrt() * noise             # ${snr} dB

psnr = lambda picture: 10 * np.log10(4 / np.square(picture.clip(-1, 1) - image).mean())
on_pixels = noised(torch.from_numpy(image)).numpy()
on_latents = decoder.run(None, {"latent_sample": (noised(latents) / factor).numpy()})[0]
print(psnr(on_pixels), psnr(on_latents))`
});

/** A mix of two pictures, and of two seeds. */
export function walkCode({
  share,
  to,
  prompt,
  seed,
  toSeed
}: Pick<AutoencoderState, "share" | "to" | "prompt" | "seed" | "toSeed">): Codes {
  const rest = Number((1 - share).toFixed(3));
  const second =
    to.seed === undefined
      ? [
          "imageTensor(pixels2);                                      // your second picture",
          `np.asarray(Image.open("second.png").convert("RGB").resize((128, 128)))`
        ]
      : [
          `imageTensor(scenePixels(scenes.make(${to.seed})));`,
          `np.load("second/images.npy")[0]                      # the same, of --seed ${to.seed} --out second`
        ];
  return {
    engine: `${BEGUN}
import {combine} from "./src/index.js";

const image2 = ${second[0]}
const latents2 = await engine.encode(image2);
const inPixels = combine([${rest}, image], [${share}, image2]);
const inLatents = await engine.decode(combine([${rest}, latents], [${share}, latents2]));
console.log(psnr(inLatents, inPixels));

// Between two seeds: a whole run from noise on the arc between theirs.
let last;
const options = {prompt: ${jsText(prompt)}, seed: ${seed}, toSeed: ${toSeed}, share: ${share}, sampler: "ddim", steps: 20, guidance: 4};
for await (const step of engine.run("interpolation", options)) last = step.prev;
const between = await engine.decode(last);
console.log(last.data.slice(0, 3));`,
    python: `${PY_BEGUN}, encoder
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

pixels2 = ${second[1]}
image2 = (pixels2 / 127.5 - 1).astype(np.float32).transpose(2, 0, 1)[None]
latents2 = torch.from_numpy(encoder.run(["latent_parameters"], {"sample": image2})[0][:, :4]) * factor
in_pixels = ${rest} * image + ${share} * image2
in_latents = decoder.run(None, {"latent_sample": ((${rest} * latents + ${share} * latents2) / factor).numpy()})[0]
print(10 * np.log10(4 / np.square(in_latents.clip(-1, 1) - in_pixels).mean()))

# Between two seeds: a whole run from noise on the arc between theirs.
text_encoder, unet = (ort.InferenceSession(f"{folder}/{part}/model.onnx") for part in ("text_encoder", "unet"))
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = np.array([tokenizer.encode(text).ids for text in ["", ${pyText(prompt)}]])
words = text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0]
a, b = (torch.randn(1, 4, 16, 16, generator=torch.Generator("cpu").manual_seed(seed)) for seed in (${seed}, ${toSeed}))
angle = torch.arccos((a * b).sum() / (a.norm() * b.norm()))
x = (torch.sin(${rest} * angle) * a + torch.sin(${share} * angle) * b) / torch.sin(angle)
scheduler = DDIMScheduler.from_pretrained(f"{folder}/scheduler")
scheduler.set_timesteps(20)
for t in scheduler.timesteps:
    feeds = {"sample": x.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([t], np.float32), "encoder_hidden_states": words}
    uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
    x = scheduler.step(uncond + 4 * (cond - uncond), t, x).prev_sample
between = decoder.run(None, {"latent_sample": (x / factor).numpy()})[0]
print(x.flatten()[:3])`
  };
}

/** A sample of the encoder's distribution, and its KL. */
export const sampleCode = ({spread, sample, cell}: Pick<AutoencoderState, "spread" | "sample" | "cell">): Codes => ({
  engine: `${BEGUN}
import {combine, klDivergence} from "./src/index.js";

const thrown = new Generator(${sample}).randn([1, 4, 16, 16]);
const z = sampleOf(distribution, combine([${spread}, thrown]), scalingFactor);   // (mean + ${spread} * deviation * noise) * factor
const onScreen = (picture) => ({...picture, data: picture.data.map((value) => Math.min(1, Math.max(-1, value)))});
console.log(psnr(await engine.decode(z), onScreen(decoded)));

const kl = klDivergence(distribution);                          // nats, of each latent
const at = [0, 1, 2, 3].map((channel) => (channel * 16 + ${cell.row}) * 16 + ${cell.column});   // row ${cell.row + 1}, column ${cell.column + 1}
const {mean, logVariance} = distribution;
console.log(at.map((i) => [mean.data[i], Math.exp(logVariance.data[i] / 2), thrown.data[i], kl.data[i]]));
console.log(kl.data.reduce((sum, value) => sum + value, 0));`,
  python: `${PY_BEGUN}
thrown = torch.randn(1, 4, 16, 16, generator=torch.Generator("cpu").manual_seed(${sample}))
z = (distribution.mean + ${spread} * distribution.std * thrown) * factor
picture = decoder.run(None, {"latent_sample": (z / factor).numpy()})[0]
print(10 * np.log10(4 / np.square(picture.clip(-1, 1) - decoded.clip(-1, 1)).mean()))

kl = 0.5 * (distribution.mean**2 + distribution.var - 1 - distribution.logvar)      # nats, of each latent
for values in (distribution.mean, distribution.std, thrown, kl):
    print(values[0, :, ${cell.row}, ${cell.column}])                                                # row ${cell.row + 1}, column ${cell.column + 1}
print(kl.sum(), distribution.kl())                                                  # of the picture, by hand and by diffusers`
});

/** What the scaling factor does to the spread. */
export const scalingCode = (): Codes => ({
  engine: `${BEGUN}
const deviation = ({data}) => {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
};
console.log(deviation(distribution.mean), deviation(latents), scalingFactor);`,
  python: `${PY_BEGUN}
print(distribution.mean.std(correction=0), latents.std(correction=0), factor)
print(1 / factor**2, 1 / 0.18215**2)          # how many times the signal-to-noise ratio would be: here, in Stable Diffusion 1.5`
});

/** Noise alone, decoded. */
export const nothingCode = ({nothing, loudness}: Pick<AutoencoderState, "nothing" | "loudness">): Codes => ({
  engine: `${BEGUN}
import {combine} from "./src/index.js";

const alone = combine([${loudness}, new Generator(${nothing}).randn([1, 4, 16, 16])]);
const picture = await engine.decode(alone);
console.log(picture.data.slice(0, 3));`,
  python: `${PY_BEGUN}
noise = ${loudness} * torch.randn(1, 4, 16, 16, generator=torch.Generator("cpu").manual_seed(${nothing}))
picture = decoder.run(None, {"latent_sample": (noise / factor).numpy()})[0]
print(picture.flatten()[:3])`
});

export const COST_CODE = `import {SD15_UNET, totalOf, unetCost} from "./src/index.js";

const latents = unetCost(SD15_UNET, {side: 64, tokens: 77});
const pixels = unetCost({...SD15_UNET, in_channels: 3, out_channels: 3}, {side: 512, tokens: 77});
console.log(totalOf(latents), totalOf(pixels), totalOf(pixels) / totalOf(latents));`;

export const COST_PYTHON = `import torch
from diffusers import UNet2DConditionModel
from torch.utils.flop_counter import FlopCounterMode

def multiply_adds(channels, side):
    with torch.device("meta"):                                   # shapes alone: nothing is computed
        unet = UNet2DConditionModel(in_channels=channels, out_channels=channels, cross_attention_dim=768)
        inputs = torch.zeros(1, channels, side, side), torch.zeros(1), torch.zeros(1, 77, 768)
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            unet(*inputs)
    return counter.get_total_flops() // 2                        # it counts multiplying and adding apart

print(multiply_adds(4, 64), multiply_adds(3, 512))`;
