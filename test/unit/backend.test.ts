import {expect, test} from "vitest";
import {watchingDevice, type Device} from "../../src/worker/backend.js";
import {toyGraph, toyOrt} from "./toyEngine.js";

/** A GPUDevice as far as it is watched. */
class FakeDevice implements Device {
  lose: (info: {reason: string; message: string}) => void = () => {};
  readonly lost = new Promise<{reason: string; message: string}>((resolve) => (this.lose = resolve));
  private report: (event: {error: object}) => void = () => {};

  addEventListener(_: string, listener: (event: {error: object}) => void): void {
    this.report = listener;
  }

  uncaptured(error: object): void {
    this.report({error});
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function watched() {
  const device = new FakeDevice();
  const told: string[] = [];
  const ort = watchingDevice(
    toyOrt().ort,
    async () => device,
    (message) => told.push(message)
  );
  const open = () => ort.InferenceSession.create(toyGraph("unet/model.onnx"));
  return {device, told, open};
}

test("a device that is lost with sessions on it is told of, once", async () => {
  const {device, told, open} = await watched();
  await Promise.all([open(), open()]);
  device.lose({reason: "unknown", message: "the driver crashed"});
  await tick();
  expect(told).toEqual(["the graphics device was lost (the driver crashed); try again"]);
});

test("a device that is given back with its last session is no loss", async () => {
  const {device, told, open} = await watched();
  await (await open()).release();
  device.lose({reason: "destroyed", message: ""});
  await tick();
  expect(told).toEqual([]);
});

test("a device without memory computes wrong numbers, and is told of; other errors are its own", async () => {
  class GPUOutOfMemoryError {}
  class GPUValidationError {}
  const {device, told, open} = await watched();
  await open();
  device.uncaptured(new GPUValidationError());
  expect(told).toEqual([]);
  device.uncaptured(new GPUOutOfMemoryError());
  expect(told).toEqual(["the graphics device is out of memory; close other tabs and try again"]);
});
