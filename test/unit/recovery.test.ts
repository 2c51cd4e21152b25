// Faults of the runtime, one by one: the page's side and the worker's run together, on an onnxruntime of a few lines.
import {createHash} from "node:crypto";
import {describe, expect, test, vi} from "vitest";
import {DRAWING} from "../../src/models/folder.js";
import {createEngine, type Engine, type EngineStatus} from "../../src/worker/client.js";
import type {StepRecord} from "../../src/stepRecord.js";
import type {Backend} from "../../src/worker/protocol.js";
import {BASE, ToyLocks, toyNetwork, toyRuntimes, ToyWorker, type Mishaps} from "./toyEngine.js";

const options = {prompt: "a horse", seed: 3, steps: 6, sampler: "euler-a"};

function toyEngine(
  mishaps: Partial<Record<Backend, Mishaps>> = {},
  backends: readonly Backend[] = ["wasm"],
  patience?: number
) {
  const workers: ToyWorker[] = [];
  const statuses: EngineStatus[] = [];
  const locks = new ToyLocks();
  const network = toyNetwork();
  const {openRuntime, opened} = toyRuntimes(mishaps);
  const worker = () => {
    workers.push(new ToyWorker({backends: async () => backends, openRuntime, network, locks}));
    return workers.at(-1)!;
  };
  const engine = createEngine({worker, model: BASE, locks, patience});
  engine.onStatus((status) => statuses.push(status));
  return {engine, workers, statuses, locks, network, opened};
}

async function drawn(engine: Engine, onStep: (record: StepRecord) => void = () => {}): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const record of engine.draw(options)) {
    records.push(record);
    onStep(record);
  }
  return records;
}

/** A run takes its time, so that a death comes in the middle. */
const slow = {wasm: {beforeRun: () => new Promise<void>((resolve) => setTimeout(resolve, 5))}};

const untroubled = await drawn(toyEngine().engine);

/** A hash of each record: of all but the time it took. */
const timeless = (records: readonly StepRecord[]): string[] =>
  records.map((record) =>
    createHash("sha256")
      .update(JSON.stringify({...record, seconds: 0}, plain))
      .digest("hex")
  );

const plain = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value;

const noticeOf = ({engine: {status}}: {engine: Engine}): string | null =>
  status.state === "ready" ? status.notice : null;

/** Fails the n-th run of a part, counted from 1 and over all runtimes. */
function failingRun(part: string, n: number, error: () => never, times = 1): Mishaps {
  let runs = 0;
  return {
    beforeRun(running) {
      if (running !== part) return;
      runs++;
      if (runs >= n && runs < n + times) error();
    }
  };
}

describe("what is needed is opened when it is needed", () => {
  test("a page that reads text fetches and opens the text encoder alone, and says that it loads", async () => {
    const {engine, network, opened, statuses} = toyEngine();
    await engine.encodeText(["a horse"]);
    expect(network.fetched.filter((path) => path.includes(".onnx"))).toEqual(["text_encoder/model.onnx"]);
    expect(opened[0].log).toEqual(["open text_encoder", "run text_encoder", "run text_encoder"]); // self-test, then the call
    await vi.waitFor(() => expect(engine.status.state).toBe("ready"));
    expect(statuses[0]).toMatchObject({state: "loading", totalBytes: 0});
  });

  test("tokens need no graph", async () => {
    const {engine, network} = toyEngine();
    expect((await engine.tokenize("a horse")).ids).toHaveLength(32);
    expect(network.fetched.filter((path) => path.includes(".onnx"))).toEqual([]);
  });

  test("parts that are asked for together are one figure from the first byte on, and are opened once", async () => {
    const {engine, network, opened, statuses} = toyEngine();
    await engine.load(DRAWING);
    const totals = statuses.flatMap((status) => (status.state === "loading" ? status.totalBytes : []));
    const large = totals.find((total) => total > 1000)!;
    expect(totals.filter((total) => total > 1000).every((total) => total >= large)).toBe(true);
    expect(engine.status).toMatchObject({state: "ready", backend: "wasm", notice: null});
    await drawn(engine);
    await engine.load(DRAWING);
    expect(opened[0].log.filter((line) => line.startsWith("open")).sort()).toEqual(
      DRAWING.map((part) => `open ${part}`).sort()
    );
    expect(new Set(network.fetched).size).toBe(network.fetched.length);
  });

  test("a part that cannot be had fails who asked for it; the rest works, and load tries again", async () => {
    const {engine, network} = toyEngine();
    network.spoilt.set("unet/model.onnx", () => new Response("nothing here", {status: 404}));
    await expect(drawn(engine)).rejects.toThrow("unet/model.onnx cannot be had: the server answers 404");
    const message = "unet/model.onnx cannot be had: the server answers 404; try again later";
    expect(engine.status).toEqual({state: "error", message});
    expect((await engine.encodeText(["a horse"])).dims).toEqual([1, 32, 1]);
    await expect(engine.load()).rejects.toThrow("404");
    network.spoilt.clear();
    await engine.load();
    expect(engine.status.state).toBe("ready");
    expect(timeless(await drawn(engine))).toEqual(timeless(untroubled));
  });
});

describe("a worker that dies", () => {
  const deaths: Record<string, (given: ReturnType<typeof toyEngine>) => void> = {
    "with an error event": ({workers}) => workers.at(-1)!.tell("error"),
    "without a word": ({workers, locks}) => {
      workers.at(-1)!.ended = true;
      locks.releaseAll();
    },
    "because its device was lost": ({opened}) => opened.at(-1)!.lose()
  };

  test.each(Object.entries(deaths))("%s: the drawing goes on in another, as if nothing had been", async (_, die) => {
    const given = toyEngine(slow);
    const indices: number[] = [];
    const records = await drawn(given.engine, ({index}) => {
      indices.push(index);
      if (index === 2) die(given);
    });
    expect(indices).toEqual([0, 1, 2, 3, 4, 5]);
    expect(timeless(records)).toEqual(timeless(untroubled));
    expect(given.workers).toHaveLength(2);
    const [, again] = given.workers[1].received as {options?: {from?: StepRecord}}[];
    expect(again.options?.from?.index).toBeGreaterThanOrEqual(2); // not from the start
    expect(noticeOf(given)).toMatch(/^the engine was started again and went on: /);
  });

  test.each(Object.entries(deaths))("%s, with nothing to do: the next call starts another", async (_, die) => {
    const given = toyEngine(slow);
    await given.engine.load(["text_encoder"]);
    die(given);
    await vi.waitFor(() => expect(given.engine.status.state).toBe("idle"));
    expect((await given.engine.encodeText(["a horse"])).dims).toEqual([1, 32, 1]);
    expect(given.workers).toHaveLength(2);
  });

  test("twice in one drawing: one clear error, and the next drawing is right", async () => {
    const given = toyEngine(slow);
    const drawing = drawn(given.engine, ({index}) => {
      if (index === 1 || index === 3) deaths["without a word"](given);
    });
    await expect(drawing).rejects.toThrow("the engine stopped without a word");
    expect(given.engine.status).toMatchObject({state: "error"});
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
  });

  test("a fork goes on from its own last step, by its own generator", async () => {
    const fork = {...options, prompt: "a cat", noiseSeed: 9, from: untroubled[1]};
    const whole: StepRecord[] = [];
    for await (const record of toyEngine().engine.draw(fork)) whole.push(record);
    const given = toyEngine(slow);
    const resumed: StepRecord[] = [];
    for await (const record of given.engine.draw(fork)) {
      resumed.push(record);
      if (record.index === 4) deaths["with an error event"](given);
    }
    expect(timeless(resumed)).toEqual(timeless(whole));
  });

  test("the engine's end is no death", async () => {
    const given = toyEngine(slow);
    await given.engine.load();
    const call = given.engine.encodeText(["a horse"]);
    given.engine.dispose();
    await expect(call).rejects.toThrow("the engine was closed");
    given.locks.releaseAll();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(given.workers).toHaveLength(1);
    expect(given.engine.status.state).toBe("idle");
  });
});

describe("a worker that does not answer", () => {
  const never = new Promise<void>(() => {});
  const impatient = 0.001; // a second instead of the shortest limit

  /** The UNet's n-th run, counted over all workers, never ends. */
  const hanging = (...which: readonly number[]): Mishaps => {
    let runs = 0;
    return {beforeRun: (part) => (part === "unet" && which.includes(++runs) ? never : undefined)};
  };

  test("once: the drawing goes on in another, as if nothing had been", async () => {
    const given = toyEngine({wasm: hanging(4)}, ["wasm"], impatient);
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
    expect(noticeOf(given)).toMatch(/^the engine was started again and went on: the engine does not answer any more/);
  });

  test("twice: one clear error, and the next drawing is right", async () => {
    const given = toyEngine({wasm: hanging(4, 6)}, ["wasm"], impatient);
    await expect(drawn(given.engine)).rejects.toThrow("the engine does not answer any more: the device may be out of");
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
  });

  test("twice, where there is another backend: the next drawing is that one's", async () => {
    const given = toyEngine({webgpu: hanging(4, 6)}, ["webgpu", "wasm"], impatient);
    await expect(drawn(given.engine)).rejects.toThrow("the engine does not answer any more");
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
    expect(given.engine.status).toMatchObject({backend: "wasm"});
    expect(noticeOf(given)).toMatch(/^webgpu is not used here, .*: the engine does not answer any more/);
  });
});

describe("a runtime that fails", () => {
  const outOfMemory = (): never => {
    throw new Error("failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc");
  };

  test("out of memory in the middle: once is mended, the second time is one clear error, and the next drawing is right", async () => {
    const once = toyEngine({wasm: failingRun("unet", 4, outOfMemory)});
    expect(timeless(await drawn(once.engine))).toEqual(timeless(untroubled));
    expect(noticeOf(once)).toContain("there is not enough memory");

    const twice = toyEngine({wasm: failingRun("unet", 4, outOfMemory, 3)});
    await expect(drawn(twice.engine)).rejects.toThrow(
      "unet/model.onnx stopped: there is not enough memory (failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc); close other tabs and try again"
    );
    await drawn(twice.engine).catch(() => {}); // its third failure is mended by a restart, or told
    expect(timeless(await drawn(twice.engine))).toEqual(timeless(untroubled));
  });

  test("after a want of memory nothing else is run, for that may hang: the fault is told first", async () => {
    let failures = 1;
    const given = toyEngine({
      wasm: {
        beforeCreate(part) {
          if (part === "text_encoder" && failures-- > 0) outOfMemory();
        }
      }
    });
    await given.engine.load(DRAWING);
    expect(given.opened[0].log).toEqual([]);
    expect(given.workers).toHaveLength(2);
  });

  test("a number thrown by wasm while a graph is opened is mended too", async () => {
    let failures = 1;
    const given = toyEngine({
      wasm: {
        beforeCreate(part) {
          if (part === "unet" && failures-- > 0) throw 4711;
        }
      }
    });
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
    expect(noticeOf(given)).toContain("unet/model.onnx cannot be opened: onnxruntime threw 4711");
  });

  test("what does not fit a graph is the asker's error: nothing is started again", async () => {
    const {engine, workers} = toyEngine({
      wasm: failingRun("vae_decoder", 2, () => {
        throw new Error("failed to call OrtRun(). ERROR_CODE: 2, ERROR_MESSAGE: Got invalid dimensions for input");
      })
    });
    const latents = {data: new Float32Array(16), dims: [1, 4, 2, 2]};
    await expect(engine.decode(latents)).rejects.toThrow("vae_decoder/model.onnx cannot run this: failed to call");
    expect((await engine.decode(latents)).dims).toEqual([1, 3, 2, 2]);
    expect(workers).toHaveLength(1);
  });

  test("wrong numbers: the backend gives way to the next one, and the page is told", async () => {
    const given = toyEngine({webgpu: {off: 0.5}}, ["webgpu", "wasm"]);
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
    expect(given.opened.map(({backend}) => backend)).toEqual(["webgpu", "wasm"]);
    expect(given.opened[0].log).toContain("release text_encoder");
    expect(given.engine.status).toMatchObject({state: "ready", backend: "wasm"});
    expect(noticeOf(given)).toMatch(
      /^webgpu is not used here.*self-test failed: text_encoder\/model.onnx is off by 0.50/
    );
  });

  test("wrong numbers of the last backend are an error that says so", async () => {
    const {engine, workers} = toyEngine({wasm: {off: 0.5}});
    await expect(drawn(engine)).rejects.toThrow("self-test failed: text_encoder/model.onnx is off by 0.50");
    expect(workers).toHaveLength(1);
  });

  test("a graph that one backend does not take is opened on the next", async () => {
    const refuse = (): never => {
      throw new Error("Can't create a session. ERROR_CODE: 9, ERROR_MESSAGE: no shader-f16");
    };
    const given = toyEngine({webgpu: {beforeCreate: refuse}}, ["webgpu", "wasm"]);
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
    expect(noticeOf(given)).toContain("no shader-f16");
  });

  test("a device that is lost again and again, and leaves its runs hanging, is given up", async () => {
    let runs = 0;
    const hangs = (part: string): void | Promise<void> => {
      if (part !== "unet" || ++runs % 3) return; // each time the second step: the first run is the self-test's
      given.opened.at(-1)!.lose();
      return new Promise(() => {});
    };
    const given = toyEngine({webgpu: {beforeRun: hangs}}, ["webgpu", "wasm"]);
    await expect(drawn(given.engine)).rejects.toThrow("the graphics device was lost (destroyed); try again");
    expect(timeless(await drawn(given.engine))).toEqual(timeless(untroubled));
    expect(given.engine.status).toMatchObject({backend: "wasm"});
    expect(noticeOf(given)).toContain("webgpu is not used here");
  });
});

describe("many at once", () => {
  test("two drawings side by side are each what they are alone", async () => {
    const {engine} = toyEngine();
    const [a, b] = await Promise.all([drawn(engine), drawn(engine)]);
    expect(timeless(a)).toEqual(timeless(untroubled));
    expect(timeless(b)).toEqual(timeless(untroubled));
  });

  test("a storm of cancelled drawings leaves no work behind, and the last one wins", async () => {
    const {engine, opened} = toyEngine();
    await engine.load(DRAWING);
    const before = opened[0].log.length;
    const storm = Array.from({length: 50}, async () => {
      const controller = new AbortController();
      const drawing = engine.draw({...options, signal: controller.signal});
      const first = drawing.next();
      controller.abort();
      await expect(first).rejects.toMatchObject({name: "AbortError"});
    });
    const last = await drawn(engine);
    await Promise.all(storm);
    expect(timeless(last)).toEqual(timeless(untroubled));
    const work = opened[0].log.length - before;
    expect(work).toBeGreaterThanOrEqual(1 + options.steps); // the last one's text and steps
    expect(work).toBeLessThan(1 + options.steps + 10); // of fifty others hardly any: a cancel may come a step late
  });

  test("a cancelled drawing ends at once, however long its step takes", async () => {
    const {engine} = toyEngine({
      wasm: {beforeRun: (part) => (part === "unet" ? new Promise(() => {}) : undefined)}
    });
    const controller = new AbortController();
    const first = engine.draw({...options, signal: controller.signal}).next();
    await engine.load();
    controller.abort();
    await expect(first).rejects.toMatchObject({name: "AbortError"});
  });
});
