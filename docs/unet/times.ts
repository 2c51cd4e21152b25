import {TIME} from "../components/unetDiagram.js";
import type {Timings} from "../src/trace/profile.js";
import type {UnetPlan} from "../src/unet/plan.js";

/** How a call's time is shared among the layers, as onnxruntime measured it. */
export interface LayerTimes {
  readonly source: "live" | "recorded";
  readonly calls: number;
  /** Of one call. */
  readonly seconds: number;
  /** By role, the time embedding's too; what is left to 1 belongs to no layer. */
  readonly shares: ReadonlyMap<string, number>;
}

/** Times of modules -> of the plan's layers. The norm before the last convolution is told with it. */
export function layerTimes({calls, seconds, modules}: Timings, plan: UnetPlan): LayerTimes {
  const times = Object.entries(modules);
  const all = times.reduce((sum, [, time]) => sum + time, 0) || 1;
  const shareOf = (role: string): number =>
    times.reduce((sum, [module, time]) => (isIn(module, role) ? sum + time : sum), 0) / all;
  const roles = [...plan.layers.map(({role}) => role), TIME];
  return {source: "live", calls, seconds, shares: new Map(roles.map((role) => [role, shareOf(role)]))};
}

const isIn = (module: string, role: string): boolean =>
  module === role || module.startsWith(`${role}.`) || (role === "conv_out" && module.startsWith("conv_norm_out"));
