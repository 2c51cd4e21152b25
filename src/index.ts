/** The engine: Stable Diffusion's sampling loop with every number in reach. No DOM; pages use `createEngine`. */
export {tensor, combine, type Tensor} from "./tensor.js";
export {Generator, type GeneratorState} from "./random.js";
export {makeSchedule, type Schedule} from "./schedule.js";
export type {SchedulerConfig} from "./schedulerConfig.js";
export {spacedTimesteps} from "./timesteps.js";
export {exponentialSigmas, karrasSigmas, sigmaAt, timestepOf} from "./sigmas.js";
export {SAMPLERS, createSampler, samplerNamed} from "./samplers/registry.js";
export type {Coefficients, Sampler, SamplerFacts, SamplerOptions, StepInput, StepOutput} from "./samplers/sampler.js";
export {
  DEFAULTS,
  textToImage,
  type DiffusionModel,
  type DrawOptions,
  type SavedState,
  type StepRecord
} from "./pipeline.js";
export {readGraph, withOutputs, type GraphNode, type OnnxGraph} from "./trace/graph.js";
export {findRoles, rolesOf, type Role, type Roles} from "./trace/roles.js";
export {attentionLayers, attentionMaps, type AttentionLayer, type AttentionMap} from "./trace/attention.js";
export {aggregate, lookFrom, normalized, tokenShares, wordMap, type Smoothing} from "./trace/daam.js";
export {tokensOf} from "./trace/words.js";
export type {Manifest, ModelFolder} from "./models/folder.js";
export {openRemoteFolder, type Network, type Progress} from "./models/download.js";
export {loadModel, selfTest, type Model, type ModelInfo, type Vocabulary} from "./models/model.js";
export {cosines, type ClipInfo, type InsideRequest, type PartName, type TextReading} from "./models/insides.js";
export {modeOf, sampleOf, type LatentDistribution} from "./models/latents.js";
export type {Tokenized} from "./models/tokenizer.js";
export {createEngine, type Engine, type EngineStatus} from "./worker/client.js";
export {openRuns, type Runs, type StoredRun} from "./storage/runs.js";
export {encodeNpy} from "./npy.js";
export {rgbBytes} from "./pixels.js";
