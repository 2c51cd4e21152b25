import {expect, test} from "vitest";
import type {ModelFolder} from "../../src/models/folder.js";
import {inferManifest} from "../../src/models/inferred.js";

function folderOf(scheduler: object, vae?: object): ModelFolder {
  const files: Record<string, object | undefined> = {
    "scheduler/scheduler_config.json": scheduler,
    "vae_decoder/config.json": vae
  };
  return {
    has: (path) => files[path] !== undefined,
    bytes: async (path) => new TextEncoder().encode(JSON.stringify(files[path]))
  };
}

const settings = async (name: string, scheduler: object) =>
  (await inferManifest(folderOf(scheduler), name)).recommended;

test("Stable Diffusion 1 and 2 are guided, with the sampler of their own scheduler", async () => {
  const pndm = {_class_name: "PNDMScheduler", timestep_spacing: "leading"};
  expect(await settings("stable-diffusion-v1-5", pndm)).toEqual({guidance: 7.5, steps: 30, sampler: "pndm"});
  const sde = {_class_name: "DPMSolverMultistepScheduler", algorithm_type: "sde-dpmsolver++"};
  expect((await settings("mine", sde)).sampler).toBe("dpm++2m-sde");
  expect((await settings("mine", {_class_name: "NobodysScheduler"})).sampler).toBe("ddim");
});

test("distilled models take few steps and no guidance", async () => {
  const turbo = {_class_name: "EulerDiscreteScheduler", timestep_spacing: "trailing"};
  expect(await settings("mine", turbo)).toEqual({guidance: 1, steps: 4, sampler: "euler"});
  expect(await settings("mine", {_class_name: "LCMScheduler"})).toEqual({guidance: 1, steps: 4, sampler: "lcm"});
});

test("the preview is Stable Diffusion's where the autoencoder is, and false colours elsewhere, and says so", async () => {
  const {preview} = await inferManifest(folderOf({}, {block_out_channels: [1, 2, 3, 4]}), "mine");
  expect(preview.note).toMatch(/^approximate/);
  const wide = await inferManifest(folderOf({}, {latent_channels: 16, scaling_factor: 1.5}), "mine");
  expect(wide.preview.note).toMatch(/^false colours/);
  expect(wide.preview.factors).toHaveLength(16);
});
