/** The lines that figures show, put together as a reader would run them: what an earlier fold of the page says comes first. */
import {exampleWorld} from "../../src/world/world.js";
import * as attention from "../../docs/attention/code.js";
import * as experiment from "../../docs/attention/experimentCode.js";
import * as autoencoder from "../../docs/autoencoder/code.js";
import {noEdits} from "../../docs/autoencoder/edits.js";
import * as clip from "../../docs/clip/code.js";
import * as derivation from "../../docs/derivation/code.js";
import {defaults as derivationDefaults, table} from "../../docs/derivation/state.js";
import * as editing from "../../docs/editing/code.js";
import {DEFAULTS as editingDefaults} from "../../docs/editing/defaults.js";
import * as guidance from "../../docs/guidance/code.js";
import {worldCode as guidanceWorldCode} from "../../docs/guidance/worldCode.js";
import {syntheticFilm} from "../../docs/home/synthetic.js";
import * as learning from "../../docs/learning/code.js";
import * as model from "../../docs/model/code.js";
import * as noise from "../../docs/noise/code.js";
import * as noiseSchedule from "../../docs/noise/scheduleCode.js";
import {defaults as noiseDefaults} from "../../docs/noise/state.js";
import {DENOISER_DEFAULTS} from "../../src/live/denoiser.js";
import * as playground from "../../docs/playground/code.js";
import * as samplers from "../../docs/samplers/code.js";
import * as text from "../../docs/text/code.js";
import * as unet from "../../docs/unet/code.js";
import type {Codes} from "../../docs/page/codes.js";

/** One fold and those that it goes on from. */
export interface Snippet {
  readonly name: string;
  readonly engine: string;
  readonly python: string | null;
}

/** What the figures of a page show, each after the first one where it says so. */
function page(name: string, figures: Record<string, Codes>, begun: Record<string, string> = {}): Snippet[] {
  const joined = (figure: string, language: keyof Codes): string =>
    [begun[figure] && joined(begun[figure], language), figures[figure][language]].filter(Boolean).join("\n\n");
  return Object.keys(figures).map((figure) => ({
    name: `${name}: ${figure}`,
    engine: joined(figure, "engine"),
    python: figures[figure].python === undefined ? null : joined(figure, "python")
  }));
}

const noised = {...noiseDefaults, subject: {scene: noiseDefaults.scene}};
const after = (first: string, ...figures: string[]): Record<string, string> =>
  Object.fromEntries(figures.map((figure) => [figure, first]));

const coded = {
  ...{picture: {kind: "scene", seed: 1} as never, to: {kind: "scene", seed: 9} as never, share: 0.5},
  edits: {...noEdits, values: new Map([[1 * 256 + 7 * 16 + 7, 2.5]])},
  ...{snr: 5, noise: 0, prompt: "a horse on the grass", seed: 7, toSeed: 8},
  ...{spread: 1, sample: 0, cell: {row: 6, column: 4}, nothing: 7, loudness: 1}
};

const step = {...derivationDefaults, table, playing: false};
const seen = {
  film: {
    asked: {prompt: "a horse on the grass", negative: "", seed: 7, steps: 30, guidance: 4, sampler: "ddim"}
  } as never,
  ...{step: 12, chosen: "down_blocks.0.resnets.0", resnet: "down_blocks.0.resnets.0", told: 50},
  block: "mid_block.attentions.0.transformer_blocks.0"
};

const drawn = {negative: "", seed: 7, steps: 30, guidance: 4, sampler: "ddim"};
const looked: attention.Written = {
  ...{prompt: "a horse on the grass", settings: drawn, step: 29, steps: "one", layer: "all", head: 0},
  ...{tokens: [2], place: {row: 10, column: 8}}
};
const opened = {layer: "down_blocks.1.attentions.0.transformer_blocks.0.attn2", side: 8, heads: 4, head: 3};

const batch = {
  ...{captions: ["a horse on the grass", "a cat in the city"], pictures: [{seed: 0}, {seed: 255}], temperature: 0.0512},
  ...{cell: {row: 0, column: 1}, labels: ["horse", "cat"], template: "a {}", subject: 0}
} as never;
const watched = {prompt: "a horse on the grass", seed: 7, other: "a cat in the city"};
const film = {settings: {steps: 20, guidance: 4}};

const guided = {prompt: "a horse on the grass", negative: "", seed: 7};

const played = {
  ...{prompt: "a horse on the grass", negative: "", seed: 7, noiseSeed: null},
  ...{sampler: "ddim", steps: 20, guidance: 4, eta: 0}
};

const arm = (sampler: string, eta = 0) => ({sampler, steps: 20, guidance: 4, eta});
const two = (a: string, b: string, eta = 0) => ({
  ...{prompt: "a horse on the grass", negative: "", seed: 7, noiseSeed: null},
  arms: [arm(a), arm(b, eta)] as const
});
const asked = two("ddpm", "ddim");
const others = (a: string, b: string) => ({
  [`main of ${a}`]: samplers.mainCode(two(a, b)),
  [`equation of ${a}`]: samplers.equationCode(two(a, b), [7, 15], null),
  [`distance of ${a}`]: samplers.distanceCode([7, 15], false)
});

const hidden = {scene: 0, t: 800, noiseSeed: 7, caption: "a horse on the grass"};

export const snippets: readonly Snippet[] = [
  ...page("unet", {
    look: unet.lookCode(seen),
    resnet: unet.resnetCode(seen),
    features: unet.featuresCode(seen),
    time: unet.timeCode(seen),
    off: unet.offCode(seen),
    residual: unet.residualCode(seen)
  }),
  ...page(
    "attention",
    {
      main: attention.mainCode(looked),
      tokens: attention.tokensCode(),
      strip: attention.stripCode(looked),
      place: attention.placeCode(looked),
      hand: attention.handCode(looked, opened),
      overlap: experiment.overlapCode("a horse eating grass", drawn, {first: [2], second: [4], step: 12}),
      "mean overlap": experiment.overlapCode("a cat and a dog", drawn, {first: [2], second: [5], step: "all"}),
      negative: experiment.negativeCode("a horse", {...drawn, negative: "ocean"}, [1]),
      rows: experiment.rowsCode("a horse on the grass", drawn, [5]),
      frozen: experiment.frozenCode("a horse on the grass", "a cow on the grass", drawn),
      weight: experiment.weightCode("a horse on the grass", drawn, {tokens: [2], weight: 2})
    },
    after("main", "tokens", "strip", "place", "hand", "overlap", "mean overlap", "negative", "rows", "frozen", "weight")
  ),
  ...page(
    "attention of one layer",
    {
      main: attention.mainCode({...looked, layer: "layer 2", head: 1, steps: "all"}),
      strip: attention.stripCode({...looked, layer: "8", head: 3})
    },
    after("main", "strip")
  ),
  ...page(
    "guidance",
    {
      main: guidance.mainCode({guidance: 4, film: syntheticFilm(), step: 4}),
      runs: guidance.runsCode(guided, {scales: [0, 1, 12], steps: 30, frames: [0, 4, 29]}),
      spread: guidance.spreadCode({...guided, negative: "snow"}, [[12, 0.7]], 30),
      rescale: guidance.rescaleCode(0.7),
      grid: guidance.gridCode("a horse on the grass", [0, 1], [7, 8], 30),
      curve: guidance.curveCode({
        prompts: ["a cat on the beach", "a pig in the desert"],
        seeds: 2,
        steps: 20,
        scale: 4
      }),
      pieces: guidance.piecesCode(guided, [7.5, 7.5, 1], [7.5, 1, 1]),
      negative: guidance.negativeCode({
        ...{prompt: "a horse on the beach", negative: "by day", seed: 7, guidance: 4, steps: 30},
        ...{times: ["a horse on the beach by day", "a horse on the beach at night"], count: 24}
      }),
      world: guidanceWorldCode(
        {world: exampleWorld, label: "teal", guidance: 4, timestep: 600, point: [0.2, -0.2]},
        [1, 1.5]
      )
    },
    {rescale: "main", curve: "runs", grid: "runs", spread: "runs", pieces: "curve", negative: "runs"}
  ),
  ...page("playground", {
    main: playground.mainCode([played, {...played, sampler: "ddpm", noiseSeed: 3}]),
    fork: playground.forkCode({...played, sampler: "ddpm"}, [
      {step: 3, change: {kind: "prompt", prompt: "a cow on the grass"}},
      {step: 8, change: {kind: "guidance", guidance: 7}},
      {step: 12, change: {kind: "noiseSeed", noiseSeed: 9}}
    ]),
    seeds: playground.seedsCode(played, 7, 8, "a big horse"),
    decided: playground.decidedCode()
  }),
  ...page(
    "editing",
    {
      main: editing.mainCode({...editingDefaults, guidance: 4}),
      own: editing.mainCode({...editingDefaults, guidance: 4, scene: null}),
      strength: editing.strengthCode({...editingDefaults, guidance: 4}),
      inpaint: editing.inpaintCode({...editingDefaults, guidance: 4}),
      colorize: editing.projectCode({...editingDefaults, guidance: 4, keep: "luminance", prompt: "a lemon"}),
      sharpen: editing.projectCode({...editingDefaults, guidance: 4, keep: "low-frequencies", prompt: "a lemon"}),
      invert: editing.invertCode({...editingDefaults, guidance: 4, shows: "a lemon on the beach", scale: 3}),
      walk: editing.walkCode({
        ...{prompt: "a horse on the grass", toPrompt: "a castle in the desert", seed: 7, toSeed: 8},
        ...{steps: 16, guidance: 4, shares: [0, 0.5, 1]}
      }),
      brush: editing.brushCode({
        ...{...editingDefaults.brush, seed: 7, steps: 20, guidance: 4, at: 6},
        color: [0.1, -0.2, 0.3, 0.4]
      })
    },
    after("main", "strength", "inpaint", "colorize", "sharpen", "invert", "walk", "brush")
  ),
  ...page("model", {
    training: model.trainingCode(),
    scenes: model.scenesCode(),
    errors: model.errorCode(),
    nearest: model.nearestCode(),
    own: model.ownCode()
  }),
  ...page(
    "autoencoder",
    {
      main: autoencoder.roundTripCode(coded),
      disturb: autoencoder.editCode(coded),
      noisy: autoencoder.noiseCode(coded),
      walk: autoencoder.walkCode(coded),
      gaussian: autoencoder.sampleCode(coded),
      scaling: autoencoder.scalingCode(),
      nothing: autoencoder.nothingCode(coded),
      cost: {engine: autoencoder.COST_CODE, python: autoencoder.COST_PYTHON}
    },
    after("main", "disturb", "noisy", "walk", "gaussian", "scaling", "nothing")
  ),
  ...page(
    "noise",
    {
      main: noise.mainCode(noised),
      levels: noise.levelsCode(),
      walk: noise.walkCode(noised),
      bell: noise.bellCode(),
      pixels: noise.pixelsCode(noised),
      lost: noise.lostCode(["an owl in the mountains by day", "bicycle, desert"]),
      recover: noise.recoverCode(noised),
      schedules: noiseSchedule.schedulesCode(noised),
      spacings: noiseSchedule.spacingsCode(noised),
      "schedules, own cosine": noiseSchedule.schedulesCode({...noised, schedule: "squaredcos_cap_v2", offset: 0.02}),
      cloud: noise.cloudCode(noised, exampleWorld, 1500),
      extremes: noise.extremesCode()
    },
    after("main", "levels", "walk", "bell", "pixels", "lost", "recover")
  ),
  ...page(
    "derivation",
    {
      main: derivation.bayesCode(step),
      mean: derivation.meanCode(step),
      draw: derivation.drawCode(step),
      humps: derivation.humpsCode(step),
      kl: derivation.klCode(step),
      weights: derivation.weightsCode(step)
    },
    after("main", "mean", "draw", "humps", "kl", "weights")
  ),
  ...page("text", {
    reading: text.readingCode({prompt: "a horse on the grass", stage: "final"}, 2),
    "token of reading": text.readingCode({prompt: "a horse on the grass", stage: "token"}, 2),
    "place of reading": text.readingCode({prompt: "a horse on the grass", stage: "place"}, 2),
    "layer of reading": text.readingCode({prompt: "a horse, “on” the grass", stage: "layer2"}, 2),
    spelling: text.spellCode("horses"),
    sum: text.sumCode("a horse on the grass", 2, 7),
    attention: text.attentionCode({prompt: "a horse on the grass", layer: 1, head: 1}, 2),
    "mean attention": text.attentionCode({prompt: "a horse on the grass", layer: 3, head: 0}, 6),
    change: text.changeCode({prompt: "a horse on the grass", other: "a horse on the beach", after: "final"}),
    "early change": text.changeCode({prompt: "a horse on the grass", other: "a horse on the beach", after: "sum"}),
    "first change": text.changeCode({prompt: "a horse on the grass", other: "a horse on the beach", after: "token"}),
    near: text.nearCode("a horse")
  }),
  ...page("learning", {
    guess: learning.guessCode(hidden),
    average: learning.averageCode({...hidden, scene: 1, t: 980}, {first: 0, count: 64}),
    plane: learning.planeCode(exampleWorld, 450, [0.2, 0.3]),
    step: learning.stepCode(1),
    net: learning.netCode(DENOISER_DEFAULTS, {prompt: "", sampler: "ddim", guidance: 1}),
    "guided net": learning.netCode(
      {...DENOISER_DEFAULTS, seed: 3, betaSchedule: "squaredcos_cap_v2", predictionType: "v_prediction"},
      {prompt: "teal", sampler: "ddpm", guidance: 2}
    )
  }),
  ...page(
    "samplers",
    {
      main: samplers.mainCode(asked),
      equation: samplers.equationCode(asked, [7, 7], null),
      "equation with another eta": samplers.equationCode(asked, [7, 7], 0.6),
      distance: samplers.distanceCode([19, 19], true),
      seeds: samplers.seedsCode(asked),
      trajectory: samplers.trajectoryCode([7, 7]),
      principal: samplers.principalCode(),
      world: samplers.worldCode({...two("dpm++2m-sde", "ddim", 0.5)}, {world: exampleWorld, steps: 8, particles: 2000}),
      convergence: samplers.convergenceCode(asked, "dpm++2m"),
      judged: samplers.judgeCode(),
      ddpm: samplers.ddpmCode({prompt: "a horse on the grass", seed: 7, guidance: 4}),
      cards: samplers.cardsCode(30, 0.5, 0.3)
    },
    after(
      "main",
      "equation",
      "equation with another eta",
      "distance",
      "seeds",
      "trajectory",
      "principal",
      "convergence",
      "ddpm"
    )
  ),
  ...page("samplers", others("pndm", "heun"), {
    "equation of pndm": "main of pndm",
    "distance of pndm": "main of pndm"
  }),
  ...page(
    "clip",
    {
      main: clip.matrixCode(batch),
      towers: clip.towerCode(batch),
      arrows: clip.arrowsCode([
        {angle: 20, length: 1.6},
        {angle: 70, length: 1.2}
      ]),
      labels: clip.zeroShotCode(batch),
      training: clip.trainingCode(),
      watching: clip.watchCode({...watched, film}),
      ranking: clip.rankCode(watched, 20, 4)
    },
    after("main", "towers", "labels")
  )
];
