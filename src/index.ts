/** The engine: Stable Diffusion's sampling loop with every number in reach. No DOM; pages use `createEngine`. */

// Numbers: tensors, and PyTorch's generator.
export {tensor, combine, concat, type Tensor} from "./tensor.js";
export {Generator, type GeneratorState} from "./random.js";
export {slerp} from "./slerp.js";

// Schedules: how much noise there is at each timestep.
export {cosineBetas, makeSchedule, type Schedule} from "./schedule.js";
export type {SchedulerConfig} from "./schedulerConfig.js";
export {spacedTimesteps} from "./timesteps.js";
export {densityOf, divergence, normalCumulative, normalDensity, product, type Gaussian} from "./gaussian.js";
export {combinedNoise, denoised, noised, noiseWeights, smallStep} from "./forward.js";
export {
  boundWeight,
  divergenceFromMixture,
  humps,
  likelihood,
  meanFromNoise,
  minSnrWeight,
  nearestGaussian,
  noiseIn,
  posterior,
  posteriorOfMixture,
  posteriorWeights,
  prior,
  type StepBack
} from "./posterior.js";
export {exponentialSigmas, karrasSigmas, sigmaAt, timestepOf} from "./sigmas.js";

// Samplers: from a prediction of the noise to the next latents.
export {SAMPLERS, createSampler, samplerNamed} from "./samplers/registry.js";
export type {
  Coefficients,
  Remembered,
  Sampler,
  SamplerFacts,
  SamplerOptions,
  StepInput,
  StepOutput
} from "./samplers/sampler.js";
export {addNoise} from "./samplers/noising.js";

// The loop, and the pipelines that are made of it.
export {DEFAULTS, textToImage, type DiffusionModel, type DrawOptions, type Pipeline} from "./pipeline.js";
export type {ControlPlan, Controls, FedMap, Gate} from "./controls.js";
export {edited, type SavedState, type SavedStep, type StepRecord} from "./stepRecord.js";
export {rescaleNoiseCfg, type Guidance, type GuidedStep} from "./guidance.js";
export {guidancePlane, type GuidancePlane, type PlanePoint} from "./guidancePlane.js";
export {imageToImage, type ImageToImageOptions} from "./pipelines/imageToImage.js";
export {inpainting, type InpaintingOptions} from "./pipelines/inpainting.js";
export {projection, type ProjectionOptions} from "./pipelines/projection.js";
export {inversion, type InversionOptions} from "./pipelines/inversion.js";
export {interpolation, type InterpolationOptions} from "./pipelines/interpolation.js";
export {ARMS, promptToPrompt, type PromptModel, type PromptToPromptOptions} from "./pipelines/promptToPrompt.js";
export {PIPELINES, type PipelineName, type PipelineOptions} from "./pipelines/registry.js";
export type {PictureModel} from "./pipelines/picture.js";

// Models: a folder of graphs, and what can be asked of it.
export {DRAWING, PARTS, type Manifest, type ModelFolder, type PartName} from "./models/folder.js";
export {openRemoteFolder, type Network} from "./models/download.js";
export type {Progress} from "./models/tally.js";
export {loadModel, type LoadOptions, type Model, type ModelInfo, type Vocabulary} from "./models/model.js";
export {RuntimeFault} from "./models/fault.js";
export {contrastiveLoss} from "./contrastive.js";
export {cosines, type ClipInfo, type InsideRequest, type TextReading} from "./models/insides.js";
export {klDivergence, modeOf, sampleOf, type LatentDistribution} from "./models/latents.js";
export {encodeText, readBytePairs, replay, splitWords, type BytePairs, type Replay} from "./models/bytePairs.js";
export type {Tokenized} from "./models/tokenizer.js";

// Insides: any tensor of a graph by its role, and attention.
export {readGraph, withOutputs, type GraphNode, type OnnxGraph} from "./trace/graph.js";
export {findRoles, rolesOf, type Role, type Roles} from "./trace/roles.js";
export {moduleWeights, type ModuleWeight} from "./trace/weights.js";
export {planOf, planOfRoles, type UnetLayer, type UnetPlan, type UnetRung} from "./unet/plan.js";
export {unetFacts, type LayerFacts, type UnetFacts} from "./unet/facts.js";
export {configuredUnet} from "./unet/configured.js";
export {timeFeatures, timeFrequencies} from "./timeFeatures.js";
export {attentionLayers, attentionMaps, type AttentionLayer, type AttentionMap} from "./trace/attention.js";
export {aggregate, lookFrom, normalized, tokenShares, wordMap, type Smoothing} from "./trace/daam.js";
export {alignTokens, carriedOver, type Alignment, type CarriedMap} from "./trace/alignment.js";
export {tokensOf, wordsOf, type Word} from "./trace/words.js";

// A model of the reader's own: where it lies, what loading it would take and bring, and where it is kept.
export {openSource, placeOf, type ModelSource} from "./sources/source.js";
export {filesOfDirectory, filesOfDrop, filesOfInput, type PlacedFile} from "./sources/files.js";
export type {ListedFile, ListedFolder} from "./sources/listed.js";
export {keepModel, type KeepProgress, type KeptModel} from "./sources/kept.js";
export type {EngineModel} from "./sources/open.js";
export {inspectDevice, type Device} from "./preflight/device.js";
export {preflight, type Preflight} from "./preflight/preflight.js";
export {cacheSize, emptyCache, openModelFiles, type ModelFiles} from "./storage/modelFiles.js";
export {chooseModel, chosenModel, forgetModel} from "./storage/chosenModel.js";

// The engine of a page: all of the above in a worker.
export {createEngine, type Engine, type EngineStatus} from "./worker/client.js";

// Pictures, files, and runs that are kept.
export {averaged, clipped, luminanceOf, psnr, withLowFrequencies, withLuminance} from "./pictures.js";
export {pictureOf, rgbBytes, type PixelImage} from "./pixels.js";
export {encodeNpy} from "./npy.js";
export {openRuns, type Runs, type StoredRun} from "./storage/runs.js";

// What a model costs.
export {decoderCost, SD15_DECODER, SD15_UNET, totalOf, unetCost, type Cost} from "./cost.js";

// The 2-D world, where everything is exact.
export {exampleWorld, givenLabel, labelsOf, pointAt, pointsTensor, sampleWorld} from "./world/world.js";
export type {Point, World, WorldBlob} from "./world/world.js";
export {noisedWorld, type NoisedWorld} from "./world/noisedWorld.js";
export {exactEps, exactX0, worldModel, WORLD_SCHEDULE} from "./world/worldModel.js";
export {distanceToWorld, slicedWasserstein} from "./world/distance.js";
export {effectiveCount, meanOf, recollect, type Recollection} from "./world/memoriser.js";

// The way of a run through its latents.
export {endShares, principalPlane, randomWalk, rmsDistance} from "./trajectory.js";
export type {EndShares, PrincipalPlane} from "./trajectory.js";

// A small network that learns, on jax-js, which is passed in.
export {createDenoiser, DENOISER_DEFAULTS, denoiserSchedule, type Denoiser} from "./live/denoiser.js";
export type {DenoiserSettings} from "./live/denoiser.js";
export type {Lesson} from "./live/lesson.js";
