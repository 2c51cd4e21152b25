import type {Controls} from "../src/controls.js";
import type {Shape} from "../src/unet/facts.js";
import type {UnetPlan} from "../src/unet/plan.js";

/** Something that can be switched off in every step of a drawing. */
export interface Part {
  /** A skip's role, or the name of the gate. */
  readonly key: string;
  readonly name: string;
  readonly controls: Controls;
}

/** All that this model's UNet can do without: its skips from the top down, the text, the time. */
export function partsOf(plan: UnetPlan, shapeOf: (role: string) => Shape): Part[] {
  const skips = plan.rungs.map(({skip}, i): Part => {
    const [channels, height, width] = shapeOf(skip.from);
    const name = `skip ${i + 1} (${channels} × ${height} × ${width})`;
    return {key: skip.role, name, controls: {skips: {[skip.role]: 0}}};
  });
  return [
    ...skips,
    {
      key: "skips",
      name: "all skips",
      controls: {skips: Object.fromEntries(plan.rungs.map(({skip}) => [skip.role, 0]))}
    },
    {key: "cross_attention", name: "cross-attention", controls: {crossAttention: 0}},
    {key: "time_embedding", name: "time embedding", controls: {timeEmbedding: 0}}
  ];
}
