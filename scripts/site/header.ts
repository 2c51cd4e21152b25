import {chapterAt, chapterHref, chapters, type Chapter, type Part} from "./chapters.js";
import {siteTitle, type PageInfo} from "./head.js";
import {escapeHtml} from "./html.js";

/** What the pipeline does, in its order: words go in, a picture comes out, and then it is used. */
const PARTS: readonly {part: Part; name: string}[] = [
  {part: "text-encoder", name: "Text encoder"},
  {part: "unet", name: "UNet and sampler, in a loop"},
  {part: "decoder", name: "Decoder"},
  {part: "use", name: "All of it, in use"}
];

/** Three frames of film in the site's three colours, text encoder, UNet, decoder; in a chapter of one of them only that frame is lit. */
function mark(here: Part | undefined): string {
  const frame = (part: Part, x: number) => {
    const lit = here === part || !["text-encoder", "unet", "decoder"].includes(here ?? "whole");
    return `<rect x="${x}" y="2.5" width="10" height="15" rx="2.5" fill="var(--${part})"${lit ? "" : ` opacity="0.25"`}></rect>`;
  };
  return `<svg class="site-mark" viewBox="0 0 36 20" width="36" height="20" aria-hidden="true" focusable="false">
${frame("text-encoder", 0.5)}${frame("unet", 13)}${frame("decoder", 25.5)}</svg>`;
}

/** A chapter's link: its name, and its question where there is room. */
function link(chapter: Chapter, path: string): string {
  const current = `/${chapter.slug}` === path ? ` aria-current="page"` : "";
  return `<a href="${chapterHref(chapter)}" data-chapter${current}><b>${escapeHtml(chapter.title)}</b> <span>${escapeHtml(chapter.question)}</span></a>`;
}

/** A box of the diagram with its chapters. */
function box({part, name}: (typeof PARTS)[number], path: string): string {
  const own = chapters.filter((chapter) => chapter.part === part).map((chapter) => `<li>${link(chapter, path)}</li>`);
  return `<li class="${part}"><p>${name}</p><ul>${own.join("")}</ul></li>`;
}

/**
 * Header of every page: a skip link, the name of the site, and the chapters as the pipeline's own diagram, with the reader's place marked in
 * it. Where the window is wide the diagram stands in the header, else in a popover that needs no script.
 */
export function header({path}: PageInfo): string {
  return `<a class="skip-link" href="#content">Skip to the content</a>
<a class="site-name" href="/">${mark(chapterAt(path)?.part)}<span>${siteTitle}</span></a>
<nav class="site-nav" aria-label="Chapters">
<button type="button" popovertarget="site-chapters">Chapters</button>
<div id="site-chapters" popover>
<p class="whole">${link(chapters[0], path)}</p>
<ol>${PARTS.map((part) => box(part, path)).join("\n")}</ol>
</div>
</nav>
<span id="content" tabindex="-1"></span>`;
}
