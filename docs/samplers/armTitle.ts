import {samplerNamed} from "../src/samplers/registry.js";
import type {ArmRun} from "./state.js";

/** "Arm B: DDIM, eta 0.5 tried" */
export function titleOf(name: string, {settings: {sampler, eta}}: ArmRun, triedEta: number | null): string {
  const tried = sampler === "ddim" && triedEta !== null && triedEta !== eta;
  const shown = tried ? triedEta : eta;
  return `Arm ${name}: ${samplerNamed(sampler).title}${shown > 0 || tried ? `, eta ${shown}${tried ? " tried" : ""}` : ""}`;
}
