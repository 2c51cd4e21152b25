import {contentSecurityPolicy} from "./policy.js";

/** Replaces what Framework's template is known to hold; a newer template that lacks it must be looked at, not passed over. */
function replaceOnce(html: string, pattern: RegExp, replacement: string, what: string): string {
  if (!pattern.test(html))
    throw new Error(`the page has no ${what}: Framework's template has changed, adapt scripts/finish/page.ts`);
  return html.replace(pattern, () => replacement);
}

/**
 * What Framework's template lacks: a language, a page that can be zoomed, and a Content-Security-Policy ahead of all it governs.
 * @param name of the page's file, relative to the site
 */
export function finishPage(html: string, name = ""): string {
  let page = replaceOnce(html, /<html>/, '<html lang="en">', "<html> without attributes");
  page = replaceOnce(
    page,
    /<meta name="viewport"[^>]*>/,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "viewport"
  );
  const policy = `<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(page, name)}">`;
  return replaceOnce(page, /<meta charset="utf-8">/, `<meta charset="utf-8">\n${policy}`, "charset");
}
