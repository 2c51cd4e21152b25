import {escapeHtml} from "./html.js";

/** What Framework tells a page fragment about the page. */
export interface PageInfo {
  title: string | null;
  data: Record<string, unknown>;
  path: string;
}

export const siteTitle = "Diffusion Unrolled";
export const siteDescription =
  "Type a prompt and watch a small but real Stable Diffusion draw it in your browser, step by step; open every part of every step.";

/** The path from a page ("/a/b") to a file under the root of the site ("_file/x.css"), without assuming where the site is hosted. */
export function relativeToPage(path: string, file: string): string {
  const depth = path.split("/").length - 2;
  return (depth > 0 ? "../".repeat(depth) : "./") + file;
}

/**
 * Head of every page. A page gives its own `description` in its front matter. KaTeX's style sheet is "external", which makes Framework
 * leave its address alone: fonts must lie beside it, in the preview and in the build.
 */
export function head({title, data, path}: PageInfo): string {
  const description = escapeHtml(typeof data.description === "string" ? data.description : siteDescription);
  const heading = escapeHtml(title && title !== siteTitle ? `${title} | ${siteTitle}` : siteTitle);
  return `<meta name="description" content="${description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${siteTitle}">
<meta property="og:title" content="${heading}">
<meta property="og:description" content="${description}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#fdfcfa" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#131219" media="(prefers-color-scheme: dark)">
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
<link rel="stylesheet external" href="${relativeToPage(path, "_file/katex/katex.min.css")}">`;
}
