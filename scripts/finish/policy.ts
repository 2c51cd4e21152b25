import {createHash} from "node:crypto";

/** The text of every inline script of a page, as the browser hashes it: exactly, with line ends as the HTML parser sees them. */
export function inlineScripts(html: string): string[] {
  const scripts = html.replace(/<!--[\s\S]*?-->/g, "").matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi);
  return Array.from(scripts)
    .filter(([, attributes]) => !/\bsrc\s*=/i.test(attributes))
    .map(([, , text]) => text.replace(/\r\n?/g, "\n"));
}

/** The source expression that lets one inline script run. */
export function scriptHash(script: string): string {
  return `'sha256-${createHash("sha256").update(script, "utf8").digest("base64")}'`;
}

/** The one page that fetches from other hosts, when the reader presses Load: a model of their own, from the hub or a server. */
const ASKS_OTHERS = "model.html";
const OTHERS = "https: http://localhost:*";

/**
 * What a page may do: run its own modules, wasm, and the inline scripts that Framework wrote; load from its own origin; show pictures it
 * made. Styles may be inline because KaTeX writes style attributes and Plot style elements. Workers are not bound by it, but by the headers
 * of their own program; they hold themselves to this origin (ownSiteOnly in src/sources/open.ts).
 * @param name of the page's file
 */
export function contentSecurityPolicy(html: string, name = ""): string {
  const hashes = Array.from(new Set(inlineScripts(html).map(scriptHash)));
  return [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...hashes].join(" "),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    name === ASKS_OTHERS ? `connect-src 'self' ${OTHERS}` : "connect-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'"
  ].join("; ");
}
