/** A UNet that is not here, from diffusers' config alone: the layers, shapes and sizes of UNet2DConditionModel. */
import type {UnetConfig} from "../cost.js";
import type {ModuleWeight} from "../trace/weights.js";
import {unetFacts, type KnownUnet, type Shape, type UnetFacts} from "./facts.js";
import {planOf, type Skip, type UnetPlan} from "./plan.js";

/** @param side of the square of latents @param tokens K */
export function configuredUnet(
  config: UnetConfig,
  {side, tokens}: {side: number; tokens: number}
): KnownUnet & {readonly plan: UnetPlan; readonly facts: UnetFacts} {
  const {block_out_channels: widths, layers_per_block: layers, cross_attention_dim: textWidth} = config;
  const last = widths.length - 1;
  const shapes = new Map<string, Shape>();
  const weights: ModuleWeight[] = [];
  const skips: Skip[] = [];
  const open: {from: string; channels: number}[] = [];
  let [width, at] = [widths[0], side];

  const give = (role: string, channels: number): void => {
    shapes.set(role, [channels, at, at]);
    width = channels;
  };
  const learn = (role: string, parts: Readonly<Record<string, readonly (readonly number[])[]>>): void => {
    for (const [part, arrays] of Object.entries(parts))
      for (const dims of arrays) weights.push({module: part ? `${role}.${part}` : role, dims});
  };
  const convolution = (role: string, input: number, output: number): void => {
    learn(role, {"": [[output, input, 3, 3], [output]]});
    give(role, output);
  };
  const resnet = (role: string, input: number, output: number): void => {
    learn(role, {
      ...{norm1: norm(input), conv1: [[output, input, 3, 3], [output]]},
      ...{time_emb_proj: [[output, 4 * widths[0]], [output]], norm2: norm(output)},
      conv2: [[output, output, 3, 3], [output]],
      ...(input === output ? {} : {conv_shortcut: [[output, input, 1, 1], [output]]})
    });
    give(role, output);
  };
  const transformer = (role: string): void => {
    learn(role, {norm: norm(width), proj_in: square(width), proj_out: square(width)});
    learn(`${role}.transformer_blocks.0`, transformerParts(width, textWidth));
    give(role, width);
  };
  const keep = (from: string): void => void open.push({from, channels: width});

  learn("time_embedding", {linear_1: linear(widths[0], 4 * widths[0]), linear_2: linear(4 * widths[0], 4 * widths[0])});
  convolution("conv_in", config.in_channels, widths[0]);
  keep("conv_in");
  for (const [level, output] of widths.entries()) {
    const block = `down_blocks.${level}`;
    for (let i = 0; i < layers; i++) {
      const looks = looksAtText(config.down_block_types[level]);
      resnet(`${block}.resnets.${i}`, width, output);
      if (looks) transformer(`${block}.attentions.${i}`);
      keep(`${block}.${looks ? "attentions" : "resnets"}.${i}`);
    }
    if (level === last) break;
    at /= 2;
    convolution(`${block}.downsamplers.0`, width, width);
    keep(`${block}.downsamplers.0`);
  }
  resnet("mid_block.resnets.0", width, width);
  transformer("mid_block.attentions.0");
  resnet("mid_block.resnets.1", width, width);
  for (const [level, output] of widths.toReversed().entries()) {
    const block = `up_blocks.${level}`;
    for (let i = 0; i <= layers; i++) {
      const {from, channels} = open.pop()!;
      skips.push({role: `${block}.skips.${i}`, from});
      resnet(`${block}.resnets.${i}`, width + channels, output);
      if (looksAtText(config.up_block_types[level])) transformer(`${block}.attentions.${i}`);
    }
    if (level === last) break;
    at *= 2;
    convolution(`${block}.upsamplers.0`, width, width);
  }
  learn("conv_norm_out", {"": norm(width)});
  convolution("conv_out", width, config.out_channels);

  const plan = planOf([...shapes.keys()], skips);
  const sample: Shape = [config.in_channels, side, side];
  const known = {plan, sample, shapeOf: (role: string): Shape => shapes.get(role)!, weights, tokens};
  return {...known, facts: unetFacts(known)};
}

const norm = (width: number): number[][] => [[width], [width]];
const linear = (input: number, output: number): number[][] => [[output, input], [output]];
const square = (width: number): number[][] => linear(width, width);

function transformerParts(width: number, text: number): Record<string, number[][]> {
  const attention = (name: string, context: number): Record<string, number[][]> => ({
    [`${name}.to_q`]: [[width, width]],
    ...{[`${name}.to_k`]: [[width, context]], [`${name}.to_v`]: [[width, context]]},
    [`${name}.to_out.0`]: square(width)
  });
  return {
    ...{norm1: norm(width), norm2: norm(width), norm3: norm(width)},
    ...attention("attn1", width),
    ...attention("attn2", text),
    ...{"ff.net.0.proj": linear(width, 8 * width), "ff.net.2": linear(4 * width, width)} // gated: half of the 8 times
  };
}

const looksAtText = (block: string): boolean => block.startsWith("CrossAttn");
