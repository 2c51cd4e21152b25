/** Owns jax-js and one network: it learns for a moment, answers what waits, and learns on. The page's own thread is free. */
import * as jax from "@jax-js/jax";
import {messageOf} from "../messageOf.js";
import {textToImage} from "../pipeline.js";
import type {Tensor} from "../tensor.js";
import {createDenoiser, type Denoiser} from "./denoiser.js";
import {leastError} from "./exact.js";
import type {DrawingOptions, FieldOptions, TrainingRequest, TrainingResponse} from "./protocol.js";

/** How long it learns before it looks for messages, and before it tells of its progress, in milliseconds. */
const [TURN, TELL] = [30, 150];

const post = (response: TrainingResponse): void => postMessage(response);

let ready: Promise<void> | null = null;
let denoiser: Denoiser | null = null;
let least: number | null = null;
let running = false;
let learning = false;

/** wasm alone: for so small a network it is faster than a graphics card, which would wait for each of its many small steps. */
async function startJax(): Promise<void> {
  await jax.init("wasm");
  jax.defaultDevice("wasm");
}

async function learn(): Promise<void> {
  if (learning) return;
  learning = true;
  try {
    let losses: number[] = [];
    let told = performance.now();
    while (running && denoiser) {
      const began = performance.now();
      while (running && denoiser && performance.now() - began < TURN) losses.push(await denoiser.learn());
      const seconds = (performance.now() - told) / 1000;
      if (denoiser && seconds * 1000 > TELL) {
        tell(denoiser, losses, seconds);
        losses = [];
        told = performance.now();
      }
      await messages();
    }
  } catch (error) {
    running = false;
    post({type: "failed", id: null, message: `the network stopped learning: ${messageOf(error)}; begin again`});
  } finally {
    learning = false;
  }
}

const tell = ({steps, weights}: Denoiser, losses: readonly number[], seconds: number): void =>
  post({type: "progress", progress: {steps, weights, least, losses, seconds}});

async function drawn({particles, ...options}: DrawingOptions): Promise<Tensor> {
  let last: Tensor | null = null;
  for await (const {prev} of textToImage(begun().model(particles), {...options, prompt: options.prompt || "any"}))
    last = prev;
  return last!;
}

async function field({points, timestep, prompt}: FieldOptions): Promise<Tensor> {
  const model = begun().model(points.dims[2]);
  return (await model.predict(points, timestep, await model.encodeText([prompt]))).output;
}

function begun(): Denoiser {
  if (!denoiser) throw new Error("no network is learning yet: begin first");
  return denoiser;
}

/** Let waiting messages in: training leaves the thread no other gap. */
const messages = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function begin({lesson, settings}: Extract<TrainingRequest, {type: "begin"}>): Promise<void> {
  await (ready ??= startJax());
  denoiser?.dispose();
  denoiser = createDenoiser(jax, lesson, settings);
  least = leastError(lesson, settings);
  tell(denoiser, [], 0);
}

/** What is asked of a network waits until it has begun. */
let beginning: Promise<unknown> = Promise.resolve();

addEventListener("message", async ({data: request}: MessageEvent<TrainingRequest>) => {
  try {
    if (request.type === "begin") await (beginning = begin(request));
    else await beginning.catch(() => {}); // told by the request that failed
    if (request.type === "pause") running = false;
    if (request.type === "run") {
      running = true;
      void learn();
    }
    if (request.type === "draw") post({type: "done", id: request.id, result: await drawn(request.options)});
    if (request.type === "field") post({type: "done", id: request.id, result: await field(request.options)});
  } catch (error) {
    post({type: "failed", id: "id" in request ? request.id : null, message: messageOf(error)});
  }
});
