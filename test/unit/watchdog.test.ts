// When a worker is given up that does not answer, and when not: a clock in hand.
import {afterEach, beforeEach, expect, test, vi} from "vitest";
import type {Work} from "../../src/models/runtime.js";
import {createWatchdog} from "../../src/worker/watchdog.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(1000 * count);
const open: Work = {kind: "open", path: "unet/model.onnx", bytes: 26e6};
const run: Work = {...open, kind: "run"};

function watched() {
  const onStuck = vi.fn();
  return {onStuck, watchdog: createWatchdog({onStuck, patience: 1})};
}

test("a graph that is opened without a word is given up after 20 s; with words, as long as they come, never", async () => {
  const {onStuck, watchdog} = watched();
  watchdog.work(open);
  for (let word = 0; word < 30; word++) {
    await seconds(15);
    watchdog.heard();
  }
  expect(onStuck).not.toHaveBeenCalled();
  await seconds(22);
  expect(onStuck).toHaveBeenCalledOnce();
});

test("the first run of a graph has 45 s; a later one 20 times the longest before it, and at least 30 s", async () => {
  const {onStuck, watchdog} = watched();
  watchdog.work(run);
  await seconds(44);
  watchdog.work(null);
  watchdog.work(run);
  await seconds(20 * 44 - 1);
  expect(onStuck).not.toHaveBeenCalled();
  await seconds(3);
  expect(onStuck).toHaveBeenCalledOnce();

  const quick = watched();
  for (const took of [0.1, 29]) {
    quick.watchdog.work({...run, path: "vae_decoder/model.onnx"});
    await seconds(took);
    quick.watchdog.work(null);
  }
  expect(quick.onStuck).not.toHaveBeenCalled();
});

test("a graph as large as Stable Diffusion's has twenty minutes for its first run", async () => {
  const {onStuck, watchdog} = watched();
  watchdog.work({...run, bytes: 1.7e9});
  await seconds(1199);
  expect(onStuck).not.toHaveBeenCalled();
  await seconds(3);
  expect(onStuck).toHaveBeenCalledOnce();
});

test("a worker that has nothing to do is never given up, nor one that was ended", async () => {
  const {onStuck, watchdog} = watched();
  watchdog.work(run);
  watchdog.work(null);
  await seconds(10_000);
  watchdog.work(run);
  watchdog.end();
  await seconds(10_000);
  expect(onStuck).not.toHaveBeenCalled();
});
