import {html} from "../components/dom.js";
import type {Chapter, Loss} from "../src/preflight/losses.js";
import type {KeptModel} from "../src/sources/kept.js";
import {chosenModel} from "../src/storage/chosenModel.js";
import {openModelFiles} from "../src/storage/modelFiles.js";
import {useOwnModel} from "./recordedLatents.js";

const TITLES: Partial<Record<Chapter, string>> = {clip: "CLIP", unet: "UNet"};

/** A chapter's name in words. */
export const titleOf = (chapter: Chapter): string => TITLES[chapter] ?? chapter[0].toUpperCase() + chapter.slice(1);

/** The model that the reader chose on the model page; null: the shipped one. A browser that keeps nothing is no error. */
export async function ownModel(): Promise<KeptModel | null> {
  if (!("caches" in globalThis) || !("indexedDB" in globalThis)) return null;
  return chosenModel(indexedDB, openModelFiles(caches)).catch(() => null);
}

/**
 * What a page says at its top where a model of the reader's own was chosen: which model, and what this chapter lacks with it.
 * @param instead why this chapter stays on the shipped model, a whole sentence; without: it does not
 */
export function ownModelNote({manifest, losses = []}: KeptModel, chapter: string, instead?: string): HTMLElement {
  const here = instead ? [] : losses.filter((loss: Loss) => loss.chapter === chapter);
  const name = html("b", {}, manifest.name);
  const change = html("a", {href: "./model#bring-your-own-model"}, "Change it");
  const words = instead
    ? [`This chapter stays on the shipped model, tiny: ${instead} Other chapters run on `, name, ", a model of yours. "]
    : [
        "What is live on this page runs on ",
        name,
        ", a model of yours. What is recorded, and what the text says of numbers, is of the shipped model, tiny. "
      ];
  return html(
    "aside",
    {class: "own-model wide", "aria-label": "Your own model"},
    html("p", {}, ...words, change, "."),
    here.length ? html("ul", {}, ...here.map(({what}) => html("li", {}, what))) : null
  );
}

/** Puts the note below the page's lede, where a model of the reader's own was chosen. */
export async function tellOwnModel(instead?: string): Promise<void> {
  const model = await ownModel();
  if (model && !instead) useOwnModel();
  const title = document.querySelector("#observablehq-main h1");
  if (!model || !title) return;
  const chapter = location.pathname
    .split("/")
    .at(-1)!
    .replace(/\.html$/, "");
  const lede = title.nextElementSibling?.tagName === "P" ? title.nextElementSibling : title;
  document.querySelector(".own-model")?.remove();
  lede.after(ownModelNote(model, chapter, instead));
}
