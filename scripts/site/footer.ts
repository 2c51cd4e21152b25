import {chapterHref, nextChapter} from "./chapters.js";
import type {PageInfo} from "./head.js";
import {escapeHtml} from "./html.js";

/** The way on, where there is one. */
function onward(path: string): string {
  const next = nextChapter(path);
  if (!next) return "";
  return `<nav class="site-onward" aria-label="Next chapter"><a href="${chapterHref(next)}" data-chapter>
<span>Next: ${escapeHtml(next.title)}</span> <b>${escapeHtml(next.question)}</b></a></nav>`;
}

/** Footer of every page: the next chapter, where the model comes from, and whose emoji it learnt from. */
export function footer({path}: PageInfo): string {
  return `${onward(path)}<div class="site-colophon">
<p>The tiny model on this site was trained from scratch on <em>emoji scenes</em>, pictures composed by our own program. Their figures are
<a href="https://github.com/microsoft/fluentui-emoji">Fluent Emoji</a> by Microsoft, under the MIT licence.</p>
<p>Everything is computed in your browser: no word you type and no picture you draw leaves it. The code is free under the MIT licence.</p>
</div>`;
}
