/** Names that hold a hash of their content ("style.bafd1cc2.css") or a version never change. */
const HASHED = /^\/(?:_import|_file|_observablehq)\/.*\.[0-9a-f]{8}\.\w+$/;
const VERSIONED = /^\/(?:_node|_npm)\/.+/;

/** How long a browser may keep what lies at `pathname`. */
export function cacheControl(pathname: string): string {
  return HASHED.test(pathname) || VERSIONED.test(pathname) ? "public, max-age=31536000, immutable" : "no-cache";
}

/** Sent with every response, errors too: isolation, without which wasm has one thread, and types that are meant as they are given. */
export const isolation: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer"
};

/** Types that the static server does not know, or knows without their character set. */
export function contentType(pathname: string): string | undefined {
  if (/\.(?:onnx|onnx_data|bin|npy)$/.test(pathname)) return "application/octet-stream";
  if (/\.m?js$/.test(pathname)) return "text/javascript; charset=utf-8";
  if (/\.css$/.test(pathname)) return "text/css; charset=utf-8";
  if (/\.jsonl$/.test(pathname)) return "application/jsonl; charset=utf-8";
  return undefined;
}
