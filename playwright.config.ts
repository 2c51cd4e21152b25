import {defineConfig} from "@playwright/test";
import {chromiumFlags, chromiumPath} from "./scripts/chromium.js";

const port = Number(process.env.PORT ?? 4173);

/** Browser tests: the built site in dist/, in the machine's own Chromium. One worker, because the model takes all cores. */
export default defineConfig({
  testDir: "test/browser",
  outputDir: "test-results",
  workers: 1,
  retries: 0,
  timeout: 300_000,
  expect: {timeout: 60_000},
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    browserName: "chromium",
    headless: true,
    launchOptions: {executablePath: chromiumPath(), args: [...chromiumFlags]},
    viewport: {width: 1280, height: 900},
    trace: "retain-on-failure"
  },
  webServer: {
    command: `npx tsx scripts/serve.ts --port ${port}`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
    stdout: "ignore"
  }
});
