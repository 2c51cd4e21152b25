import {html} from "./dom.js";

/** Work under way: how much is done of how much, in words too. `total` of 0: unknown. */
export interface ProgressData {
  label: string;
  done: number;
  total: number;
}

/** A progress bar that can be told of progress, and hides when there is none. */
export type ProgressBar = HTMLElement & {update(data: ProgressData | null): void};

/** A bar and a line of words for loading (bytes) and drawing (steps). */
export function progressBar(data: ProgressData | null = null): ProgressBar {
  const bar = html("progress", {"aria-label": "Progress"});
  const text = html("span", {class: "progress-text"});
  const node = html("div", {class: "progress"}, text, bar);

  function update(next: ProgressData | null): void {
    node.classList.toggle("idle", !next);
    bar.hidden = !next;
    text.textContent = next?.label ?? "";
    if (!next) return;
    bar.setAttribute("aria-label", next.label);
    if (next.total > 0) {
      bar.max = next.total;
      bar.value = next.done;
    } else bar.removeAttribute("value");
  }

  update(data);
  return Object.assign(node, {update});
}

/** Bytes in the unit a reader thinks in: "12.3 MB". */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 9.95e6 ? 1 : 0)} MB`;
}
