import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {progressBar} from "../components/progressBar.js";
import {timeLeft, type Report} from "../page/job.js";
import type {Turns} from "../page/turns.js";

/** Work that a button starts: it says how long it will take, and can be stopped. */
export type Press = HTMLElement & {run(): Promise<void>; label: string; enabled: boolean};

/** The page's engine does one such work at a time: another press ends this one. */
export function press(
  turns: Turns,
  label: string,
  work: (signal: AbortSignal, report: Report) => Promise<void>
): Press {
  const start = html("button", {type: "button", class: "primary", onclick: () => void run()}, label);
  const stop = html("button", {type: "button", disabled: true, onclick: () => turns.cancel()}, "Stop");
  const [bar, error] = [progressBar(), errorNote()];
  error.addEventListener("retry", () => void run());

  async function run(): Promise<void> {
    error.update(null);
    await turns.only(async (signal) => {
      let began: number | null = null;
      stop.disabled = false;
      bar.update({label: "Getting the model ready", done: 0, total: 0});
      const report: Report = (done, total, words) => {
        if (signal.aborted) return;
        began ??= performance.now();
        bar.update({
          label: `${words}: ${done} of ${total}${timeLeft(performance.now() - began, done, total)}`,
          done,
          total
        });
      };
      try {
        await work(signal, report);
      } catch (reason) {
        if (!signal.aborted) error.update(reason instanceof Error ? reason.message : String(reason));
      } finally {
        stop.disabled = true;
        bar.update(null);
      }
    });
  }

  const node = html("div", {class: "press"}, html("div", {class: "figure-buttons"}, start, stop, bar), error);
  Object.defineProperty(node, "label", {
    get: () => start.textContent,
    set: (text: string) => void (start.textContent = text)
  });
  Object.defineProperty(node, "enabled", {
    get: () => !start.disabled,
    set: (on: boolean) => void (start.disabled = !on)
  });
  return Object.assign(node, {run}) as unknown as Press;
}
