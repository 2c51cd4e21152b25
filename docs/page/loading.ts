import {errorNote} from "../components/errorNote.js";
import {html} from "../components/dom.js";
import {megabytes, progressBar, type ProgressData} from "../components/progressBar.js";
import type {PartName} from "../src/models/folder.js";
import type {Engine, EngineStatus} from "../src/worker/client.js";
import type {ModelInfo} from "../src/models/model.js";
import {aborted} from "./turns.js";

/**
 * Where the model stands, in one quiet line: bytes while it loads, a sentence and "Retry" when it fails, nothing when it is there
 * but what the engine tells of itself: that it was started again, or runs on another backend.
 */
export function loadingNote(engine: Pick<Engine, "status" | "onStatus" | "load">): HTMLElement {
  const bar = progressBar();
  const error = errorNote();
  const notice = html("p", {class: "caption", role: "status"});
  error.addEventListener("retry", () => void engine.load().catch(() => {})); // told by the status

  function update(status: EngineStatus): void {
    bar.update(status.state === "loading" ? loadingProgress(status) : null);
    error.update(status.state === "error" ? missing(status.message) : null);
    notice.textContent = status.state === "ready" ? status.notice : null;
  }

  engine.onStatus(update);
  update(engine.status);
  return html("div", {class: "loading-note"}, bar, error, notice);
}

/** What failed, as a sentence. A folder without one of its parts is there, and says what it lacks. */
const missing = (message: string): string =>
  message.startsWith("this model folder has no ") ? `T${message.slice(1)}.` : `The model is not here: ${message}`;

/** Loads parts of the model, telling how far it is, until they are here or `signal` aborts. */
export async function loadTelling(
  engine: Pick<Engine, "status" | "onStatus" | "load">,
  parts: readonly PartName[],
  signal: AbortSignal,
  tell: (work: ProgressData) => void
): Promise<ModelInfo> {
  if (engine.status.state !== "ready") tell({label: "Loading the model", done: 0, total: 0});
  const stopListening = engine.onStatus((status) => {
    if (status.state === "loading" && !signal.aborted) tell(loadingProgress(status));
  });
  try {
    return await Promise.race([engine.load(parts), aborted(signal)]);
  } finally {
    stopListening();
  }
}

/** What is loaded of what, in words. */
export function loadingProgress({loadedBytes, totalBytes}: Extract<EngineStatus, {state: "loading"}>) {
  const known = totalBytes > 0 ? `: ${megabytes(loadedBytes)} of ${megabytes(totalBytes)}` : "";
  return {label: `Loading the model${known}`, done: loadedBytes, total: totalBytes};
}
