/** Owns onnxruntime, so that nothing heavy runs on the page's own thread. */
import {backendsHere, openRuntime} from "./backend.js";
import {ownSiteOnly} from "../sources/open.js";
import {createHost} from "./host.js";
import type {Request} from "./protocol.js";
import {buffersOf} from "./transfer.js";

const receive = createHost({
  post: (response, given = null) => postMessage(response, {transfer: buffersOf(given)}),
  backends: backendsHere,
  openRuntime,
  network: {
    fetch: ownSiteOnly((url, init) => fetch(url, init), location.origin),
    caches: "caches" in globalThis ? caches : undefined,
    digest: globalThis.crypto?.subtle
      ? (bytes) => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)
      : undefined
  },
  indexedDB: globalThis.indexedDB,
  locks: navigator.locks
});

addEventListener("message", ({data}: MessageEvent<Request>) => receive(data));
