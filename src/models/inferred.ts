/** What a folder without a manifest recommends: read from its configurations, as far as they tell. */
import {samplerNamed} from "../samplers/registry.js";
import type {SchedulerConfig} from "../schedulerConfig.js";
import {readJson, readJsonOr, type Manifest, type ModelFolder, type Preview} from "./folder.js";

interface VaeConfig {
  readonly scaling_factor?: number;
  readonly latent_channels?: number;
  readonly block_out_channels?: readonly number[];
}

/** Settings by kind of model: distilled ones take few steps, and no guidance. */
const USUAL = {guidance: 7.5, steps: 30};
const DISTILLED = {guidance: 1, steps: 4};

/**
 * Colours of Stable Diffusion 1 and 2's latents: a fit that its users published
 * (https://discuss.huggingface.co/t/decoding-latents-to-rgb-without-upscaling/23204).
 */
const STABLE_DIFFUSION: Preview = {
  factors: [
    [0.298, 0.207, 0.208],
    [0.187, 0.286, 0.173],
    [-0.158, 0.189, 0.264],
    [-0.184, -0.271, -0.473]
  ],
  bias: [0, 0, 0],
  note: "approximate: the linear map that fits Stable Diffusion's own autoencoder"
};

/** Latents of another kind: their first channels as red, green and blue, one standard deviation to 0.5. */
const CHANNELS: Preview = {
  factors: [
    [0.5, 0, 0],
    [0, 0.5, 0],
    [0, 0, 0.5]
  ],
  bias: [0, 0, 0],
  note: "false colours: the first three channels of the latents as red, green and blue"
};

/** @param name what to call a model that gives itself no name */
export async function inferManifest(folder: ModelFolder, name: string): Promise<Manifest> {
  const [scheduler, vae] = await Promise.all([
    readJson<SchedulerConfig>(folder, "scheduler/scheduler_config.json"),
    readJsonOr<VaeConfig>(folder, "vae_decoder/config.json", {})
  ]);
  return {
    name,
    version: 1,
    recommended: {...(isDistilled(name, scheduler) ? DISTILLED : USUAL), sampler: samplerOf(scheduler)},
    preview: previewOf(vae),
    files: []
  };
}

/** SD-Turbo and its like are scheduled by Euler with trailing timesteps; LCMs by their own class; others say it in their name. */
function isDistilled(name: string, {_class_name, timestep_spacing}: SchedulerConfig): boolean {
  if (_class_name === "LCMScheduler" || /turbo|lcm|lightning|hyper-?sd/i.test(name)) return true;
  return /^Euler/.test(_class_name ?? "") && timestep_spacing === "trailing";
}

/** The folder's own sampler; DDIM, which reads any schedule, where it is none of ours. */
function samplerOf(config: SchedulerConfig): string {
  try {
    return samplerNamed(config._class_name ?? "", config).name;
  } catch {
    return "ddim";
  }
}

/** Autoencoders of four levels, four channels and this scaling factor are Stable Diffusion's, or were tuned from it. */
function previewOf({scaling_factor = 0.18215, latent_channels = 4, block_out_channels}: VaeConfig): Preview {
  const levels = block_out_channels?.length ?? 4;
  const isUsual = scaling_factor === 0.18215 && latent_channels === 4 && levels === 4;
  if (isUsual) return STABLE_DIFFUSION;
  const none = Array.from({length: Math.max(0, latent_channels - 3)}, () => [0, 0, 0]);
  return {...CHANNELS, factors: [...CHANNELS.factors, ...none]};
}
