import {html} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {imagePixels} from "../components/pixels.js";
import {download} from "../page/download.js";
import type {RecordedStep} from "../src/exports/recordFiles.js";
import {linkOf} from "./address.js";
import type {Drawing} from "./drawing.js";
import type {Parts} from "./parts.js";
import {promptOf, type Run} from "./state.js";

/** "a-horse-on-the-grass-7": a file's name without its ending. */
export function fileName(run: Pick<Run, "wish" | "forks">): string {
  const words = promptOf(run)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${words.slice(0, 60) || "picture"}-${run.wish.seed}${run.forks.length ? "-forked" : ""}`;
}

/** What a file says of its picture: the wish, where it was forked (steps counted from 1), and the model. */
export function parametersOf({wish, forks}: Pick<Run, "wish" | "forks">, model: string): Record<string, unknown> {
  const changes = forks.map(({step, change: {kind, ...change}}) => ({step: step + 1, ...change, kind}));
  return {...wish, ...(changes.length ? {forks: changes} : {}), model};
}

const pageAddress = (): string => location.origin + location.pathname;

async function savePng(run: Run, pixels: Pixels, model: string): Promise<void> {
  const {encodePicture} = await import("../src/exports/picturePng.js");
  const more = {Software: "Diffusion Unrolled", Source: linkOf(run, pageAddress())};
  download(encodePicture(pixels, parametersOf(run, model), more), `${fileName(run)}.png`, "image/png");
}

async function saveRecords(run: Run, model: string): Promise<void> {
  const {recordFiles, zipped} = await import("../src/exports/recordFiles.js");
  const files = recordFiles(run.steps as RecordedStep[], parametersOf(run, model));
  download(zipped(files), `${fileName(run)}.zip`, "application/zip");
}

/** The guesses of every step, decoded one by one, then the picture. */
async function saveFilm(
  run: Run,
  {decoding, engine}: Pick<Parts, "decoding" | "engine">,
  signal: AbortSignal,
  report: Parameters<Parameters<Drawing["only"]>[1]>[1]
): Promise<void> {
  const {encodeFilm} = await import("../src/exports/filmGif.js");
  const latents = [...run.steps.map(({x0}) => x0), run.steps[run.steps.length - 1].prevXt];
  const frames: Pixels[] = [];
  for (const [i, each] of latents.entries()) {
    report(`Decoding the film: picture ${i + 1} of ${latents.length}`, i, latents.length);
    const pixels = decoding.get(each) ?? imagePixels(await engine.decode(each));
    if (signal.aborted) return;
    decoding.put(each, pixels);
    frames.push(pixels);
  }
  download(encodeFilm(frames), `${fileName(run)}.gif`, "image/gif");
}

/** The buttons that take an arm's run away: picture, film, numbers. They wait for a finished live run. */
export function exportBar(
  {store, decoding, drawing, engine, link}: Pick<Parts, "store" | "decoding" | "drawing" | "engine" | "link">,
  index: 0 | 1
): HTMLElement {
  const {state} = store;
  const of = index ? " of B" : "";
  const button = (words: string, act: (run: Run) => unknown) =>
    html("button", {type: "button", class: "chip", "aria-label": words + of, onclick: () => perform(act)}, words);

  function perform(act: (run: Run) => unknown): void {
    const run = state.runs[index];
    if (!run) return;
    void Promise.resolve(act(run)).catch((error: Error) => store.set({error: error.message}));
  }

  const png = button("Save the picture (PNG)", (run) => {
    const pixels = decoding.get(run.steps[run.steps.length - 1].prevXt);
    return pixels && savePng(run, pixels, state.modelName);
  });
  const gif = button("Save the film (GIF)", (run) =>
    drawing.only("film", (signal, report) => saveFilm(run, {decoding, engine}, signal, report))
  );
  const zip = button("Save the numbers (zip)", (run) => saveRecords(run, state.modelName));
  const buttons = [png, gif, zip, ...(index ? [] : [copyLink(link)])];
  store.onChange(({runs, task}) => {
    const run = runs[index];
    const last = run?.steps[run.steps.length - 1];
    for (const each of [png, gif, zip]) each.disabled = !(run?.source === "live" && run.finished);
    png.disabled ||= !(last && decoding.get(last.prevXt));
    gif.disabled ||= task !== null;
  });
  return html("div", {class: "chips exports", role: "group", "aria-label": `Take it away${of}`}, ...buttons);
}

/** Copies the address that holds every control's state; opened, it draws the same picture. */
function copyLink(link: () => string): HTMLElement {
  const words = "Copy the link";
  const button = html("button", {type: "button", class: "chip"}, words);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link()).then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "Copy it from the address bar")
    );
    setTimeout(() => (button.textContent = words), 1800);
  });
  return button;
}
