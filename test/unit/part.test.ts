import {describe, expect, test} from "vitest";
import {keepGraphs, openPart} from "../../src/models/part.js";
import type {Graph} from "../../src/models/runtime.js";
import type {Tensor} from "../../src/tensor.js";

/** Graphs that answer with the names of what they expose, and tell when they are released. */
function factory(bytes = 1): {open(exposed: readonly string[]): Promise<Graph>; log: string[]} {
  const log: string[] = [];
  const open = async (exposed: readonly string[]): Promise<Graph> => {
    const name = exposed.join("+");
    log.push(`open ${name}`);
    if (name.includes("wrong")) throw new Error("no such tensor");
    const value = (output: string): Tensor => ({data: Float32Array.of(output.length), dims: [2, 1, 1]});
    return {
      inputNames: [],
      outputNames: [],
      bytes,
      run: async (_, outputs) => Object.fromEntries(outputs.map((output) => [output, value(output)])),
      endProfiling: () => {},
      release: async () => void log.push(`release ${name}`)
    };
  };
  return {open, log};
}

describe("graphs with inner tensors", () => {
  test("are opened once: sets that alternate, and parts of a set, share them", async () => {
    const {open, log} = factory();
    const graphs = keepGraphs(open);
    for (const set of [["a", "b"], ["c"], ["a", "b"], ["c"], ["b"]]) await graphs.use(set, async () => {});
    expect(log).toEqual(["open a+b", "open c"]);
  });

  test("are released when three newer sets came, and all of them with the model", async () => {
    const {open, log} = factory();
    const graphs = keepGraphs(open);
    for (const set of ["a", "b", "c", "a", "d"]) await graphs.use([set], async () => {});
    expect(log.filter((line) => line.startsWith("release"))).toEqual(["release b"]);
    await graphs.release();
    expect(log.slice(-3).sort()).toEqual(["release a", "release c", "release d"]);
  });

  test("large ones are kept one at a time", async () => {
    const {open, log} = factory(400e6);
    const graphs = keepGraphs(open);
    for (const set of ["a", "b"]) await graphs.use([set], async () => {});
    expect(log).toEqual(["open a", "release a", "open b"]);
  });

  test("are never released while they run", async () => {
    const {open, log} = factory(400e6);
    const graphs = keepGraphs(open);
    let finish = (): void => {};
    const running = graphs.use(["a"], () => new Promise<void>((resolve) => (finish = resolve)));
    await new Promise((resolve) => setTimeout(resolve));
    await graphs.use(["b"], async () => {});
    expect(log).toEqual(["open a", "open b"]);
    finish();
    await running;
    expect(log).toEqual(["open a", "open b", "release a"]);
  });

  test("that cannot be opened may be tried again", async () => {
    const {open, log} = factory();
    const graphs = keepGraphs(open);
    for (let i = 0; i < 2; i++) await expect(graphs.use(["wrong"], async () => {})).rejects.toThrow("no such tensor");
    expect(log).toEqual(["open wrong", "open wrong"]);
    await graphs.release();
  });
});

test("a part that is asked for no insides opens its plain graph alone, once", async () => {
  const {open, log} = factory();
  const part = openPart(open, () => Promise.reject(new Error("the file is not read")));
  const sample = {data: new Float32Array(2), dims: [2, 1]};
  await part.run({sample}, ["out_sample"]);
  const {outputs, inside} = await part.run({sample}, ["out_sample"]);
  expect(log).toEqual(["open "]);
  expect(Object.keys(outputs)).toEqual(["out_sample"]);
  expect(inside).toEqual({});
  await part.release();
  expect(log).toEqual(["open ", "release "]);
});

test("what goes in and out anyway is handed out without another graph", async () => {
  const {open, log} = factory();
  // {graph: {node: [{input: "sample", output: "y", name: "/conv_in/Conv"}], input: [{name: "sample"}], output: [{name: "y"}]}}
  const field = (number: number, ...content: (number | string)[]): number[] => {
    const bytes = content.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : [part]));
    return [number * 8 + 2, bytes.length, ...bytes];
  };
  const node = field(1, ...field(1, "sample"), ...field(2, "y"), ...field(3, "/conv_in/Conv"));
  const file = Uint8Array.from(field(7, ...node, ...field(11, ...field(1, "sample")), ...field(12, ...field(1, "y"))));
  const part = openPart(open, async () => file);
  const sample = {data: Float32Array.of(1, 2), dims: [2, 1]};
  const {inside: fed} = await part.run({sample}, [], ["conv_in.input"]);
  expect(fed).toEqual({"conv_in.input": sample});
  expect(fed["conv_in.input"].data).not.toBe(sample.data); // the caller's own
  const {inside} = await part.run({sample}, ["y"], ["conv_in"]);
  expect(inside.conv_in.data).toEqual(Float32Array.of(1));
  expect(log).toEqual(["open "]);
});
