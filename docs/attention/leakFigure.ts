import {html} from "../components/dom.js";
import {mapTiles} from "../components/mapTiles.js";
import {textField} from "../components/textField.js";
import type {Pixels} from "../components/pixels.js";
import {codeRow, withCodes} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {armRow} from "./armRow.js";
import {drawButton} from "./drawButton.js";
import {overlapCode} from "./experimentCode.js";
import {SHOWN} from "./experiments.js";
import {framesOf, type MapFrames} from "./run.js";
import type {Parts} from "./state.js";
import {namesSomething, thingsOf} from "./tokens.js";
import {mapsOfFrame, meanOf, overlapText, sourceOf, tilesOf} from "./wordMaps.js";

const EXAMPLES = [SHOWN.leak.prompt, "a red apple and a lemon on the beach", "a rocket and a castle in the snow"];

/** Two alike things whose words share their maps, with the picture that comes of it. */
export function leakFigure(parts: Parts): HTMLElement {
  const {store, drawing, recording, bytes, decoding, pictures} = parts;
  const {state, set} = store;
  const {prompt, seed} = SHOWN.leak;
  const pair = textField("Prompt with two things", {value: state.pair, examples: EXAMPLES});
  const row = armRow("The picture");
  const tiles = mapTiles({label: "Maps of the words", pressable: false});
  const note = caption();
  const codes = codeRow();
  pair.addEventListener("input", () => set({pair: pair.value}));

  function show(
    text: string,
    settings: typeof state.settings,
    {pixels, frames, live}: {pixels: Pixels | null; frames: MapFrames; live: boolean}
  ): void {
    const named = frames.items.filter(namesSomething);
    const maps = mapsOfFrame(frames);
    row.update([{title: text, pixels, source: sourceOf(live) as "live" | "recorded"}]);
    tiles.update(tilesOf(maps, named), null);
    const [first, second] = thingsOf(frames.items);
    const overlap = maps && first && second ? ` · ${overlapText(maps, first, second)}` : "";
    note.textContent = `${sourceOf(live)} · “${text}” · seed ${settings.seed} · mean of all steps, layers and heads${overlap}`;
    if (first && second)
      codes.update(overlapCode(text, settings, {first: first.tokens, second: second.tokens, step: "all"}));
  }

  let live = false;
  const {steps, guidance} = recording.maps.leak;
  const frames = framesOf(recording.maps.leak, bytes);
  const showRecorded = (): void =>
    show(
      prompt,
      {...state.settings, seed, negative: "", steps, guidance},
      {pixels: pictures.get("leak"), frames, live: false}
    );
  pictures.onShown(() => !live && showRecorded());
  showRecorded();
  const button = drawButton(parts, "Draw it here", async (signal) => {
    const settings = {...state.settings, seed, negative: ""};
    const text = state.pair;
    const run = await drawing.traced({prompt: text, settings}, signal, () => {});
    if (!run) return;
    live = true;
    const {prev} = run.steps[run.steps.length - 1];
    show(text, settings, {pixels: decoding.get(prev), frames: meanOf(run, "cond"), live});
  });
  return withCodes(
    figure(
      "A cat and a dog",
      html("div", {class: "arm-form"}, pair),
      html("div", {class: "leak-pair"}, row, tiles),
      note,
      button
    ),
    codes
  );
}
