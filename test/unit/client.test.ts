import {expect, test} from "vitest";
import {createEngine, type Engine, type WorkerLike} from "../../src/worker/client.js";
import type {Request, Response} from "../../src/worker/protocol.js";
import {buffersOf} from "../../src/worker/transfer.js";
import type {StepRecord} from "../../src/pipeline.js";

/** Answers of a worker, by the type of the request; what is left out is never answered. */
type Answers = Partial<Record<Request["type"], (request: Request, reply: (response: object) => void) => void>>;

class FakeWorker implements WorkerLike {
  readonly received: Request[] = [];
  terminated = false;
  private readonly listeners = new Map<string, (event: Event) => void>();

  constructor(private readonly answers: Answers) {}

  addEventListener(type: string, listener: unknown): void {
    this.listeners.set(type, listener as (event: Event) => void);
  }

  postMessage(request: Request): void {
    this.received.push(request);
    const id = request.type === "start" ? undefined : request.id;
    const reply = (response: object) =>
      queueMicrotask(() => this.emit("message", {data: {id, ...response} as Response}));
    this.answers[request.type]?.(request, reply);
  }

  terminate(): void {
    this.terminated = true;
  }

  emit(type: string, event: object): void {
    if (!this.terminated) this.listeners.get(type)?.(event as Event);
  }
}

const info = {name: "toy"};
const ready = {type: "status", status: {state: "ready", info, backend: "wasm", threads: 1, seconds: 0}};
const loads: Answers = {load: (_, reply) => [ready, {type: "done", result: info}].forEach(reply)};
const step = (index: number) => ({type: "step", record: {index} as StepRecord});

function engineOver(...answers: Answers[]): {engine: Engine; workers: FakeWorker[]} {
  const workers: FakeWorker[] = [];
  const worker = () => {
    workers.push(new FakeWorker(answers[Math.min(workers.length, answers.length - 1)]));
    return workers.at(-1)!;
  };
  return {engine: createEngine({worker, model: "http://localhost/model/", locks: undefined}), workers};
}

async function indices(drawing: AsyncIterable<StepRecord>): Promise<number[]> {
  const seen: number[] = [];
  for await (const {index} of drawing) seen.push(index);
  return seen;
}

const options = {prompt: "a horse", seed: 1, steps: 3};

test("nothing is started before something is asked; then the worker hears where the model lies", async () => {
  const {engine, workers} = engineOver(loads);
  expect(engine.status.state).toBe("idle");
  expect(workers).toHaveLength(0);
  await engine.load();
  expect(workers[0].received[0]).toMatchObject({type: "start", model: "http://localhost/model/", avoid: []});
});

test("what the worker tells of loading is the engine's status, and what the model is stays one object", async () => {
  const {engine} = engineOver({
    load: (_, reply) => {
      reply({type: "status", status: {state: "loading", loadedBytes: 1, totalBytes: 2, file: "unet/model.onnx"}});
      reply({...ready, status: {...ready.status, info: {...info}}});
      reply({type: "done", result: {...info}});
    }
  });
  const states: string[] = [];
  engine.onStatus(({state}) => states.push(state));
  const [first, second] = await Promise.all([engine.load(), engine.load(["unet"])]);
  expect(states.slice(0, 3)).toEqual(["loading", "loading", "ready"]);
  expect(second).toBe(first);
  expect(engine.status).toMatchObject({state: "ready", notice: null});
});

test("a failed load says why, and the next call tries again", async () => {
  let tries = 0;
  const {engine} = engineOver({
    load: (request, reply) =>
      tries++ ? loads.load!(request, reply) : reply({type: "failed", message: "404 for manifest.json"})
  });
  await expect(engine.load()).rejects.toThrow("404 for manifest.json");
  await engine.load();
  expect(engine.status.state).toBe("ready");
});

test("the model's calls go to the worker by name", async () => {
  const {engine, workers} = engineOver({
    call: (request, reply) =>
      reply({type: "done", result: request.type === "call" && [request.method, ...request.args]})
  });
  expect(await engine.readText("a horse")).toEqual(["readText", "a horse"]);
  const latents = {data: new Float32Array(1), dims: [1, 1, 1, 1]};
  expect(await engine.decode(latents)).toEqual(["decode", latents]);
  expect(workers[0].received.map(({type}) => type)).toEqual(["start", "call", "call"]);
});

test("a call that fails says why", async () => {
  const {engine} = engineOver({
    ...loads,
    call: (_, reply) => reply({type: "failed", message: "no part of this model is called mid_blok", aborted: false})
  });
  await expect(engine.roles("unet")).rejects.toThrow("no part of this model is called mid_blok");
});

test("what the worker needs no more is moved: every buffer once, none that is shared", () => {
  const data = new Float32Array(2);
  const shared = new Float32Array(new SharedArrayBuffer(4));
  expect(buffersOf({a: {data, dims: [2]}, b: [data, shared], c: "text", d: null})).toEqual([data.buffer]);
  expect(buffersOf(null)).toEqual([]);
});

test("a drawing hands out its records in order, and ends", async () => {
  const {engine} = engineOver({
    ...loads,
    draw: (_, reply) => [step(0), step(1), step(2), {type: "done", result: null}].forEach(reply)
  });
  expect(await indices(engine.draw(options))).toEqual([0, 1, 2]);
});

test("any pipeline runs in the worker under its own name", async () => {
  const {engine, workers} = engineOver({
    ...loads,
    draw: (_, reply) => [step(3), {type: "done", result: null}].forEach(reply)
  });
  const image = {data: new Float32Array(12), dims: [1, 3, 2, 2]};
  expect(await indices(engine.run("imageToImage", {...options, image, strength: 0.5}))).toEqual([3]);
  expect(workers[0].received[1]).toMatchObject({type: "draw", pipeline: "imageToImage", options: {strength: 0.5}});
});

test("a drawing that fails hands out what came before, then throws", async () => {
  const {engine} = engineOver({
    ...loads,
    draw: (_, reply) => [step(0), {type: "failed", message: "out of memory", aborted: false}].forEach(reply)
  });
  const drawing = engine.draw(options);
  expect((await drawing.next()).value).toEqual({index: 0});
  await expect(drawing.next()).rejects.toThrow("out of memory");
});

test("leaving the loop cancels the drawing in the worker", async () => {
  const {engine, workers} = engineOver({...loads, draw: (_, reply) => reply(step(0))});
  for await (const record of engine.draw(options)) {
    expect(record.index).toBe(0);
    break;
  }
  expect(workers[0].received.map(({type}) => type)).toEqual(["start", "draw", "cancel"]);
});

test("only the saved state of a step travels to fork from it, not its maps", async () => {
  const {engine, workers} = engineOver({draw: (_, reply) => [step(2), {type: "done", result: null}].forEach(reply)});
  const from = {index: 2, saved: {latents: 1}, inside: {attn2: "megabytes"}} as unknown as StepRecord;
  expect(await indices(engine.draw({...options, from}))).toEqual([2]);
  expect(workers[0].received[1]).toMatchObject({options: {from: {index: 2, saved: {latents: 1}}}});
  expect(workers[0].received[1]).not.toHaveProperty("options.from.inside");
});

test("an aborted signal ends the drawing at once, with its reason", async () => {
  const controller = new AbortController();
  const {engine, workers} = engineOver({draw: (_, reply) => reply(step(0))});
  const drawing = engine.draw({...options, signal: controller.signal});
  await drawing.next();
  const next = drawing.next();
  controller.abort();
  await expect(next).rejects.toMatchObject({name: "AbortError"});
  expect(workers[0].received.map(({type}) => type)).toEqual(["start", "draw", "cancel"]);
});

test("a worker whose program does not load is started once more, then told apart from one that died", async () => {
  const {engine, workers} = engineOver({}, {}, loads);
  const first = engine.load();
  workers[0].emit("error", {});
  workers[1].emit("error", {});
  await expect(first).rejects.toThrow("its program did not load");
  expect(engine.status.state).toBe("error");
  await engine.load();
  expect(workers).toHaveLength(3);
});
