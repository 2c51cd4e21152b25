import {SAMPLERS} from "../src/samplers/registry.js";

/** How a sampler's line looks in every chart: stochastic ones are dashed, so that colour alone need not tell them apart. */
const TONES: Record<string, string> = {
  ddpm: "var(--tone-1)",
  ddim: "var(--tone-2)",
  pndm: "var(--tone-3)",
  euler: "var(--tone-4)",
  "euler-a": "var(--tone-4)",
  heun: "var(--tone-5)",
  lms: "var(--tone-6)",
  "dpm++2m": "var(--tone-7)",
  "dpm++2m-sde": "var(--tone-7)",
  unipc: "var(--tone-8)"
};

export function lookOf(sampler: string): {tone: string; dash?: string} {
  const stochastic = SAMPLERS.find(({name}) => name === sampler)?.noise === "always";
  return {tone: TONES[sampler] ?? "var(--text)", ...(stochastic && {dash: "6 3"})};
}
