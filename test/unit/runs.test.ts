import {IDBFactory} from "fake-indexeddb";
import {describe, expect, test} from "vitest";
import {openRuns} from "../../src/storage/runs.js";

describe("kept runs", () => {
  test("come back with their tensors, the newest first", async () => {
    let now = 0;
    const runs = await openRuns<{latents: Float32Array}>(new IDBFactory(), {now: () => ++now});
    await runs.save("a", {latents: Float32Array.of(1, 2)});
    await runs.save("b", {latents: Float32Array.of(3)});
    expect((await runs.list()).map(({id}) => id)).toEqual(["b", "a"]);
    expect((await runs.get("a"))?.value.latents).toEqual(Float32Array.of(1, 2));
    expect((await runs.latest())?.id).toBe("b");
  });

  test("are still there for the next page", async () => {
    const indexedDB = new IDBFactory();
    await (await openRuns<number>(indexedDB)).save("a", 1);
    expect((await (await openRuns<number>(indexedDB)).get("a"))?.value).toBe(1);
  });

  test("the oldest make room", async () => {
    let now = 0;
    const runs = await openRuns<number>(new IDBFactory(), {keep: 2, now: () => ++now});
    for (const id of ["a", "b", "c"]) await runs.save(id, 0);
    expect((await runs.list()).map(({id}) => id)).toEqual(["c", "b"]);
  });

  test("can be removed; one that is not there is null", async () => {
    const runs = await openRuns<number>(new IDBFactory());
    await runs.save("a", 1);
    await runs.remove("a");
    expect(await runs.get("a")).toBeNull();
  });
});
