import {chapterHref, chapters, type Chapter} from "./chapters.js";
import {siteTitle, type PageInfo} from "./head.js";
import {escapeHtml} from "./html.js";

/** Three frames of film in the site's three colours: text encoder, UNet, decoder. */
const mark = `<svg class="site-mark" viewBox="0 0 36 20" width="36" height="20" aria-hidden="true" focusable="false">
<rect x="0.5" y="2.5" width="10" height="15" rx="2.5" fill="var(--text-encoder)"></rect>
<rect x="13" y="2.5" width="10" height="15" rx="2.5" fill="var(--unet)"></rect>
<rect x="25.5" y="2.5" width="10" height="15" rx="2.5" fill="var(--decoder)"></rect>
</svg>`;

/** A line of the menu: a link to a page that exists, plain words for one that is coming. */
function menuItem(chapter: Chapter, path: string, built: ReadonlySet<string>): string {
  const label = `<b>${escapeHtml(chapter.title)}</b> <span>${escapeHtml(chapter.question)}</span>`;
  if (!built.has(chapter.slug)) return `<li class="coming">${label} <i>coming</i></li>`;
  const current = `/${chapter.slug}` === path ? ` aria-current="page"` : "";
  return `<li><a href="${chapterHref(chapter)}" data-chapter${current}>${label}</a></li>`;
}

/** Header of every page: a skip link, the name of the site, and the chapters in a popover that needs no script. */
export function header({path}: PageInfo, built: ReadonlySet<string>): string {
  return `<a class="skip-link" href="#content">Skip to the content</a>
<a class="site-name" href="/">${mark}<span>${siteTitle}</span></a>
<nav class="site-nav" aria-label="Chapters">
<button type="button" popovertarget="site-chapters">Chapters</button>
<div id="site-chapters" popover><ol>
${chapters.map((chapter) => menuItem(chapter, path, built)).join("\n")}
</ol></div>
</nav>
<span id="content" tabindex="-1"></span>`;
}
