import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {AutoencoderState} from "./state.js";

/** The main figure's lines, by this site's engine and in Python, for the scene on show. */
export function codeFolds(store: Store<AutoencoderState>): HTMLElement {
  const [engine, python] = [codeFold("Code", ""), codeFold("as diffusers Python", "")];
  onSelected(store, ["picture"], ({picture}) => {
    engine.update(engineCode(picture.seed));
    python.update(pythonCode(picture.seed));
  });
  return html("div", {class: "codes wide"}, engine, python);
}

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
      ? `pixels = np.asarray(Image.open("picture.png").convert("RGB").resize((128, 128)))`
      : `# npm run scenes -- --count 1 --seed ${scene} --out scene \\
#   --objects "$(jq -r '.objects | keys_unsorted | join(",")' data/models/tiny/vocabulary.json)"
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

/** `image`, `latents` and `engine` of the figures below are those of the main figure's code. */
const BEGUN = "// image, latents, engine: as in the first figure's code";

/** The edits on show, a few of them in full. */
export function editCode({edits: {zeroed, values}}: Pick<AutoencoderState, "edits">, most = 6): string {
  const channels = zeroed.map((channel) => `edited.fill(0, ${channel} * 256, ${channel + 1} * 256);`);
  const cells = [...values].slice(0, most).map(([index, value]) => {
    const [channel, row, column] = [Math.floor(index / 256), Math.floor((index % 256) / 16), index % 16];
    return `edited[(${channel} * 16 + ${row}) * 16 + ${column}] = ${Number(value.toFixed(3))};   // channel ${channel + 1}, row ${row + 1}, column ${column + 1}`;
  });
  const rest = values.size > most ? [`// ... and ${values.size - most} more`] : [];
  return [
    BEGUN,
    "const edited = latents.data.slice();",
    ...[...channels, ...cells, ...rest],
    "const after = await engine.decode({data: edited, dims: latents.dims});",
    "const changed = after.data.map((value, i) => Math.abs(value - decoded.data[i]));"
  ].join("\n");
}

export function noiseCode({snr, noise}: Pick<AutoencoderState, "snr" | "noise">): string {
  return `${BEGUN}
const deviationAt = (signal, decibels) => Math.sqrt(varianceOf(signal) / 10 ** (decibels / 10));
const noised = (signal) =>
  combine([1, signal], [deviationAt(signal, ${snr}), new Generator(${noise}).randn(signal.dims)]);

const onPixels = noised(image);
const onLatents = await engine.decode(noised(latents));
console.log(psnr(onPixels, image), psnr(onLatents, image));`;
}

export function walkCode({share, to}: Pick<AutoencoderState, "share" | "to">): string {
  const second = to.seed === undefined ? "your second picture" : `scene ${to.seed}`;
  const rest = Number((1 - share).toFixed(2));
  return `${BEGUN}; image2, latents2: of ${second}
const inPixels = combine([${rest}, image], [${share}, image2]);
const inLatents = await engine.decode(combine([${rest}, latents], [${share}, latents2]));
console.log(psnr(inLatents, inPixels));

// Between two seeds: a whole run from noise on the arc between theirs.
const options = {prompt: "a horse on the grass", seed: 7, toSeed: 8, share: ${share}, steps: 20};
for await (const step of engine.run("interpolation", options)) last = step.prev;`;
}

export function sampleCode({spread, sample, cell}: Pick<AutoencoderState, "spread" | "sample" | "cell">): string {
  return `// distribution, engine, scalingFactor: as in the first figure's code
const noise = new Generator(${sample}).randn([1, 4, 16, 16]);
const z = sampleOf(distribution, combine([${spread}, noise]), scalingFactor);   // (mean + ${spread} * deviation * noise) * factor
const picture = await engine.decode(z);

const kl = klDivergence(distribution);                          // nats, of each latent
const place = [0, 1, 2, 3].map((channel) => kl.data[(channel * 16 + ${cell.row}) * 16 + ${cell.column}]);`;
}

export function nothingCode({nothing, loudness}: Pick<AutoencoderState, "nothing" | "loudness">): string {
  return `const latents = combine([${loudness}, new Generator(${nothing}).randn([1, 4, 16, 16])]);
const picture = await engine.decode(latents);`;
}

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
