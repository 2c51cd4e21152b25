import {chmod, mkdtemp, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, expect, test, vi} from "vitest";
import {chromiumPath, findProgram} from "../../scripts/chromium.js";

afterEach(() => vi.unstubAllEnvs());

test("Chromium is found by the first name that some folder of PATH can run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bin-"));
  await writeFile(join(folder, "chromium"), "");
  await writeFile(join(folder, "google-chrome"), "");
  expect(findProgram(["chromium", "google-chrome"], ["/nowhere", folder])).toBeUndefined();
  await chmod(join(folder, "google-chrome"), 0o755);
  expect(findProgram(["chromium", "google-chrome"], ["/nowhere", folder])).toBe(join(folder, "google-chrome"));
});

test("a missing Chromium is told in one sentence with the remedy", () => {
  vi.stubEnv("CHROMIUM", "");
  vi.stubEnv("PATH", "/nowhere");
  expect(() => chromiumPath()).toThrow(
    'no Chromium found: install it ("apt-get install chromium" as root) or set CHROMIUM to its path'
  );
  vi.stubEnv("CHROMIUM", "/nowhere/chromium");
  expect(() => chromiumPath()).toThrow("CHROMIUM names /nowhere/chromium, which cannot be run");
});
