import {trained, isTrained, type NoiseState} from "./state.js";

type Asked = Pick<NoiseState, "t" | "seed" | "schedule" | "betaStart" | "betaEnd"> & {
  readonly subject: {readonly scene: number | null};
};

/** The lines that noise the picture on screen with this site's engine. */
export function engineCode({t, seed, subject, ...choice}: Asked): string {
  const {schedule, betaStart, betaEnd} = choice;
  return `import {createEngine, Generator, makeSchedule, combine} from "./src/index.js";

const engine = createEngine();
const x0 = await engine.encode(picture);                  // [1, 3, 128, 128] -> [1, 4, 16, 16]; scene ${subject.scene ?? "of your own"}
const eps = new Generator(${seed}).randn(x0.dims);             // as torch.randn after manual_seed(${seed})
const {alphasCumprod} = makeSchedule({beta_schedule: "${schedule}", beta_start: ${betaStart}, beta_end: ${betaEnd}});
const a = alphasCumprod[${t}];
const xt = combine([Math.sqrt(a), x0], [Math.sqrt(1 - a), eps]);
const image = await engine.decode(xt);                    // what the decoder makes of it`;
}

/** The same numbers in Python, from the model folder and diffusers' own add_noise. */
export function pythonCode({t, seed, subject, ...choice}: Asked): string {
  const {schedule, betaStart, betaEnd} = choice;
  const scheduler = isTrained(choice as typeof trained)
    ? `DDPMScheduler.from_pretrained("data/models/tiny/scheduler")`
    : `DDPMScheduler(beta_schedule="${schedule}", beta_start=${betaStart}, beta_end=${betaEnd})`;
  const scene = subject.scene ?? 0;
  return `# first: npm run scenes -- --count 1 --seed ${scene} --out scene
import json, numpy as np, onnxruntime as ort, torch
from diffusers import DDPMScheduler

folder = "data/models/tiny"
picture = np.load("scene/images.npy")[:1].transpose(0, 3, 1, 2).astype("float32") / 127.5 - 1     # [1, 3, 128, 128]
encoder = ort.InferenceSession(f"{folder}/vae_encoder/model.onnx")
parameters = encoder.run(["latent_parameters"], {"sample": picture})[0]                           # mean and log variance
scaling = json.load(open(f"{folder}/vae_decoder/config.json"))["scaling_factor"]
x0 = torch.from_numpy(parameters[:, :4]) * scaling                                                # [1, 4, 16, 16]
eps = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(${seed}))
scheduler = ${scheduler}
xt = scheduler.add_noise(x0, eps, torch.tensor([${t}]))
print(scheduler.alphas_cumprod[${t}].item(), xt.flatten()[:3], xt.std(correction=0))`;
}
