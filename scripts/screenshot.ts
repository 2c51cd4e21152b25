/** The README's picture, of the built site with a finished drawing: npm run build && npx tsx scripts/screenshot.ts */
import {mkdirSync} from "node:fs";
import {chromium} from "@playwright/test";
import {chromiumFlags, chromiumPath} from "./chromium.js";
import {listen, siteServer} from "./serve/server.js";

const OUT = "docs/assets/home.png";

const server = siteServer("dist");
const port = await listen(server, "127.0.0.1", 0, 1);
const browser = await chromium.launch({executablePath: chromiumPath(), args: [...chromiumFlags]});
const page = await browser.newPage({viewport: {width: 1280, height: 1000}});
await page.goto(`http://127.0.0.1:${port}/?prompt=a+horse+on+the+grass&seed=7`);
const cancel = page.getByRole("button", {name: "Cancel", exact: true});
await page
  .getByRole("img", {name: /^(?!.*recorded).*a horse on the grass/})
  .first()
  .waitFor({timeout: 300_000});
await cancel.and(page.locator(":disabled")).waitFor({timeout: 300_000});
mkdirSync("docs/assets", {recursive: true});
await page.screenshot({path: OUT});
await browser.close();
server.close().closeAllConnections();
console.info(OUT);
