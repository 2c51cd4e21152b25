import {chromium} from "playwright-core";
import {chromiumFlags, chromiumPath} from "./scripts/chromium.js";
import {listen, siteServer} from "./scripts/serve/server.js";
const server = siteServer("dist");
const port = await listen(server, "127.0.0.1", 5215, 9);
const base = `http://127.0.0.1:${port}/`;
const browser = await chromium.launch({executablePath: chromiumPath(), args: [...chromiumFlags]});
const shot = async (name: string, path: string, width: number, scheme: "light" | "dark", act: (page: any) => Promise<void>) => {
  const page = await browser.newPage({viewport: {width, height: 900}, colorScheme: scheme, reducedMotion: "reduce"});
  page.on("console", (m: any) => ["error", "warning"].includes(m.type()) && console.log(name, m.text()));
  page.on("pageerror", (e: any) => console.log(name, String(e)));
  try { await page.goto(base + path); await page.waitForTimeout(1500); await act(page); } catch (e) { console.log(name, String(e).slice(0, 300)); }
  await page.close();
};
const full = (name: string) => async (page: any) => {
  const h = await page.evaluate(async () => { for (const d of document.querySelectorAll("details:not(.code-fold)")) (d as any).open = true; for (let y = 0; y < document.body.scrollHeight; y += 700) { scrollTo(0, y); await new Promise((r) => setTimeout(r, 60)); } scrollTo(0, 0); return document.documentElement.scrollWidth; });
  console.log(name, "scrollWidth", h);
  await page.screenshot({path: `/tmp/e_${name}.png`, fullPage: true});
};
await shot("unet1280", "unet?step=13", 1280, "light", async (page) => { await page.waitForTimeout(3000); await full("unet1280")(page); });
await shot("att1280", "attention", 1280, "light", async (page) => {
  await page.waitForTimeout(4000);
  await page.getByRole("application", {name: "Place in the picture"}).hover({position: {x: 200, y: 260}});
  await page.waitForTimeout(300);
  await page.screenshot({path: "/tmp/e_att_hover.png"});
  const times = await page.evaluate(async () => {
    const chips = [...document.querySelectorAll<HTMLElement>(".word-chip")]; const out: number[] = [];
    for (let k = 0; k < 3; k++) for (const chip of chips) { const t = performance.now(); chip.dispatchEvent(new PointerEvent("pointerenter")); out.push(performance.now() - t); await new Promise(requestAnimationFrame); chip.dispatchEvent(new PointerEvent("pointerleave")); }
    return out;
  });
  console.log("hover ms", Math.max(...times).toFixed(1), (times.reduce((a: number, b: number) => a + b) / times.length).toFixed(2));
  await page.getByRole("button", {name: "a spot at the horse’s mouth"}).click();
  await full("att1280")(page);
});
await shot("att360", "attention", 360, "dark", async (page) => { await page.waitForTimeout(3000); await full("att360")(page); });
await shot("unet360", "unet?step=13", 360, "dark", async (page) => { await page.waitForTimeout(4000); await full("unet360")(page); });
await browser.close();
server.close?.();
process.exit(0);
