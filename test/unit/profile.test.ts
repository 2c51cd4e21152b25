import {expect, test} from "vitest";
import {layerTimes} from "../../docs/unet/times.js";
import {listenTo} from "../../src/models/written.js";
import {loadModelFromFolder} from "../../src/node.js";
import {Generator} from "../../src/random.js";
import {readProfile} from "../../src/trace/profile.js";
import {planOfRoles} from "../../src/unet/plan.js";

const event = (cat: string, name: string, ts: number, dur: number): string => JSON.stringify({cat, name, ts, dur});

test("a profile tells of each module the median over the calls, the first one left out", () => {
  const call = (at: number, conv: number): string[] => [
    event("Node", "conv_in/Conv_kernel_time", at + 1, conv),
    event("Node", "/down_blocks.0/resnets.0/conv1/Conv_kernel_time", at + 1 + conv, 10),
    event("Node", "Split_kernel_time", at + 20 + conv, 5),
    event("Session", "model_run", at, 100 + conv)
  ];
  const events = [...call(0, 900), ...call(2000, 30), ...call(3000, 50), ...call(4000, 34)];
  const {calls, seconds, modules} = readProfile(`[\n${events.join(",\n")}\n]\n`);
  expect(calls).toBe(3);
  expect(seconds).toBeCloseTo(134e-6, 9);
  expect(modules["conv_in"]).toBeCloseTo(34e-6, 9);
  expect(modules["down_blocks.0.resnets.0.conv1"]).toBeCloseTo(10e-6, 9);
  expect(modules[""]).toBeCloseTo(5e-6, 9);
});

test("a text that is no profile is refused in one sentence", () =>
  expect(() => readProfile("hello")).toThrow("this profile holds no calls"));

test("what is written is heard while one listens, and goes on its way otherwise", () => {
  const out: string[] = [];
  const target = {log: (...words: string[]) => void out.push(words.join(" "))};
  const written = listenTo(target.log, (log) => Object.assign(target, {log}));
  target.log("a");
  expect(written(() => target.log("b", "c"))).toBe("b c");
  target.log("d");
  expect(out).toEqual(["a", "d"]);
});

test("the shipped UNet's layers take shares of a call's time that sum to nearly all of it", async () => {
  const model = await loadModelFromFolder("data/models/tiny");
  const encoderHiddenStates = await model.encodeText(["a horse"]);
  const sample = new Generator(1).randn([1, 4, 16, 16]);
  const timings = await model.timings({sample, timestep: 500, encoderHiddenStates}, 2);
  const {shares, calls} = layerTimes(timings, planOfRoles(await model.roles("unet")));
  await model.release();
  expect(calls).toBe(2);
  const sum = [...shares.values()].reduce((all, share) => all + share, 0);
  expect(sum).toBeGreaterThan(0.8);
  expect(sum).toBeLessThanOrEqual(1.000001);
  expect(Math.min(...shares.values())).toBeGreaterThan(0);
}, 60_000);
