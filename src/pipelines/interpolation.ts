// Between two prompts, along the straight line of their embeddings, and between two seeds, along the arc of their noise.
import {pipeline, type DrawOptions} from "../pipeline.js";
import {Generator} from "../random.js";
import {slerp} from "../slerp.js";
import {batchItem, combine} from "../tensor.js";

export interface InterpolationOptions extends DrawOptions {
  /** Where the way from `prompt` and `seed` leads; left out, it stays there. */
  readonly toPrompt?: string;
  readonly toSeed?: number;
  /** How far along the way, 0 ... 1. */
  readonly share: number;
}

/** One picture on the way; a walk is one run for each share, or a batch of them. */
export const interpolation = pipeline<InterpolationOptions>(async ({model, run, sampler, noise}) => {
  const {prompt, toPrompt = prompt, seed, toSeed = seed, share} = run;
  if (!(share >= 0 && share <= 1)) throw new Error(`share ${share}: give a number of 0 to 1`);
  const texts = await model.encodeText([prompt, toPrompt]);
  const between = toSeed === seed ? noise : slerp(noise, new Generator(toSeed).randn(noise.dims), share);
  return {
    promptEmbeds: combine([1 - share, batchItem(texts, 0)], [share, batchItem(texts, 1)]),
    begin: async () => combine([sampler.initNoiseSigma, between])
  };
});
