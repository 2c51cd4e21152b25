// Prompt-to-prompt, Hertz et al. 2022, arXiv:2208.01626, algorithm 1: a picture is drawn again from the same noise with
// another prompt, while attention looks where it looked when the first prompt was drawn. The first prompt's run goes
// along, one step ahead, so that no map is kept longer than a step.
import type {Controls} from "../controls.js";
import {pipeline, textToImage, type DiffusionModel, type DrawOptions} from "../pipeline.js";
import type {StepRecord} from "../stepRecord.js";
import {batchItem, type Tensor} from "../tensor.js";
import {alignTokens, carriedOver, type Alignment} from "../trace/alignment.js";
import {tokensOf, type Spelled} from "../trace/words.js";

/** A model that tells how a prompt is spelled. */
export interface PromptModel extends DiffusionModel {
  tokenize(text: string): Spelled;
}

export interface PromptToPromptOptions extends DrawOptions {
  /** The prompt of the first picture, whose places are kept. Default: `prompt`, of which `weights` may change words. */
  readonly source?: string;
  /** Share of the steps, from the first on, that take over where cells look in the text, 0 ... 1. Default 0.8. */
  readonly crossShare?: number;
  /** The same for where cells look at each other: shapes. Default 0.4. */
  readonly selfShare?: number;
  /** Factors of words or phrases of `prompt`, on the attention they get. */
  readonly weights?: Readonly<Record<string, number>>;
}

/** Three ways to draw another thing in the same place: the seed alone; also where words are; also how parts belong together. */
export const ARMS = {
  seed: {crossShare: 0, selfShare: 0},
  cross: {crossShare: 0.8, selfShare: 0},
  crossAndSelf: {crossShare: 0.8, selfShare: 0.4}
} as const satisfies Readonly<Record<string, Pick<PromptToPromptOptions, "crossShare" | "selfShare">>>;

/** Draw another prompt in the places of the first one. Options of the run (sampler, guidance, ...) are those of both. */
export const promptToPrompt = pipeline<PromptToPromptOptions, PromptModel>(({model, run, sampler}) => {
  const {prompt, source = prompt, crossShare, selfShare, weights} = {...ARMS.crossAndSelf, ...run};
  const [from, to] = [source, prompt].map((text) => ({...model.tokenize(text), text}));
  const calls = sampler.timesteps.length;
  const [crossCalls, selfCalls] = [crossShare, selfShare].map((share) => callsOf(share, calls));
  const tokenWeights = weights && weightsOf(weights, to);
  const alignment = alignTokens(from, to);
  const kinds = [...(crossCalls ? ["attn2"] : []), ...(selfCalls ? ["attn1"] : [])];
  const steps = textToImage(model, {...run, ...firstRun(run), prompt: source, trace: kinds});
  return {
    async controls(index) {
      if (index >= Math.max(crossCalls, selfCalls)) return {tokenWeights};
      const {inside} = await stepAt(steps, index);
      const attention = attentionOf(inside, alignment, {cross: index < crossCalls, self: index < selfCalls});
      return {attention, tokenWeights};
    }
  };
});

/** How the first prompt's run differs: it is of a whole, by its prompt alone, with the step noise of a forked run's trunk. */
function firstRun({noiseSeed, from}: DrawOptions): Partial<DrawOptions> {
  const ofTrunk = noiseSeed ?? from?.saved.noiseSeed ?? undefined;
  return {noiseSeed: ofTrunk, from: undefined, promptEmbeds: undefined, controls: undefined};
}

function callsOf(share: number, calls: number): number {
  if (!(share >= 0 && share <= 1)) throw new Error(`a share ${share} of the steps: give a number of 0 to 1`);
  return Math.round(share * calls);
}

/** The steps before it are drawn and forgotten: a fork of the second run begins later, the first does not. */
async function stepAt(steps: AsyncGenerator<StepRecord>, index: number): Promise<StepRecord> {
  for (let next = await steps.next(); !next.done; next = await steps.next())
    if (next.value.index === index) return next.value;
  throw new Error(`the first prompt's run has no step ${index}`);
}

/** What the half with the prompt looked at, for the second prompt's tokens. */
function attentionOf(
  inside: Readonly<Record<string, Tensor>>,
  alignment: Alignment,
  takes: {readonly cross: boolean; readonly self: boolean}
): Controls["attention"] {
  const maps = Object.entries(inside).map(([role, map]) => [role, batchItem(map, map.dims[0] - 1)] as const);
  const isCross = (role: string): boolean => role.includes(".attn2.");
  return Object.fromEntries(
    maps
      .filter(([role]) => (isCross(role) ? takes.cross : takes.self))
      .map(([role, map]) => [role, isCross(role) ? carriedOver(map, alignment) : map])
  );
}

/** One factor for each token. */
function weightsOf(weights: Readonly<Record<string, number>>, prompt: Spelled & {text: string}): number[] {
  const factors = prompt.tokens.map(() => 1);
  for (const [word, weight] of Object.entries(weights)) {
    const tokens = tokensOf(prompt, prompt.text, word);
    if (!tokens.length) throw new Error(`no word to weight: "${word}" is not in the prompt "${prompt.text}"`);
    for (const token of tokens) factors[token] = weight;
  }
  return factors;
}
