import {announce, html, withProperty, withValue} from "./dom.js";
import {rulerText, type RulerData} from "./ruler.js";

/** What the player reaches: the steps recorded so far, of how many, and the ruler's data of each. */
export interface PlayerData {
  count: number;
  numSteps: number;
  rulerOf(index: number): RulerData;
}

/** The player as an input: `value` is the step's index. A "toggle" event asks to play or to pause. */
export type StepPlayer = HTMLElement & {
  value: number;
  playing: boolean;
  update(data: PlayerData, value: number): void;
};

/** The slider "Step" over all recorded steps, play and pause, and the ruler. */
export function stepPlayer(data: PlayerData, {value = 0, playing = false} = {}): StepPlayer {
  let isPlaying = playing;
  const slider = html("input", {type: "range", min: 1, max: 1, step: 1, "aria-label": "Step"});
  const button = html("button", {type: "button", class: "round", onclick: () => toggle()});
  const text = html("output", {class: "ruler"});
  const node = html("div", {class: "player"}, button, slider, text);

  function toggle(): void {
    showPlaying(!isPlaying);
    node.dispatchEvent(new Event("toggle"));
  }

  function showPlaying(next: boolean): void {
    isPlaying = next;
    button.setAttribute("aria-label", next ? "Pause" : "Play");
    button.classList.toggle("playing", next);
  }

  function update({count, numSteps, rulerOf}: PlayerData, index: number): void {
    const most = Math.max(1, numSteps);
    slider.max = String(most);
    slider.disabled = count === 0;
    button.disabled = count < 2;
    slider.value = String(index + 1);
    slider.style.setProperty("--filled", `${most > 1 ? (100 * index) / (most - 1) : 0}%`);
    slider.style.setProperty("--reached", `${most > 1 ? (100 * Math.max(0, count - 1)) / (most - 1) : 0}%`);
    const line = index < count ? rulerText(rulerOf(index)) : "";
    if (text.value !== line) text.replaceChildren(...phrases(line));
    slider.setAttribute("aria-valuetext", line);
    current = {count, numSteps, rulerOf};
  }

  let current = data;
  slider.addEventListener("input", () => {
    const reachable = Math.min(Number(slider.value) - 1, current.count - 1);
    update(current, Math.max(0, reachable));
  });
  showPlaying(isPlaying);
  update(data, value);
  const input = withValue(
    node,
    () => Number(slider.value) - 1,
    (index: number) => {
      update(current, index);
      announce(node);
    }
  );
  return Object.assign(
    withProperty(input, "playing", () => isPlaying, showPlaying),
    {update}
  );
}

/** The line in parts that stay whole where it does not fit: "step 7 of 30 · ", "t = 767 · ", ... */
function phrases(line: string): Node[] {
  return line.split(/(?<= · )/).map((part) => html("span", {}, part));
}
