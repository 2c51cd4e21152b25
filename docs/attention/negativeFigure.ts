import {html} from "../components/dom.js";
import {mapTiles} from "../components/mapTiles.js";
import {textField} from "../components/textField.js";
import {codeRow, withCodes} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {armRow, type Arm} from "./armRow.js";
import {drawButton} from "./drawButton.js";
import {negativeCode} from "./experimentCode.js";
import {SHOWN} from "./experiments.js";
import {framesOf, type MapFrames} from "./run.js";
import type {Parts} from "./state.js";
import {isWord} from "./tokens.js";
import {mapsOfFrame, meanOf, sourceOf, tilesOf} from "./wordMaps.js";

/** The negative prompt's own maps, on the half of guidance that does not see the prompt. */
export function negativeFigure(parts: Parts): HTMLElement {
  const {store, drawing, engine, recording, bytes, decoding, pictures} = parts;
  const {state, set} = store;
  const asked = textField("Prompt of this figure", {value: state.wanted});
  const not = textField("Negative prompt", {value: state.unwanted, examples: ["ocean", "a horse", "sunset"]});
  const row = armRow("Without and with the negative prompt");
  const tiles = mapTiles({label: "Maps of the negative prompt’s words", pressable: false});
  const note = caption();
  const codes = codeRow();
  asked.addEventListener("input", () => set({wanted: asked.value}));
  not.addEventListener("input", () => set({unwanted: not.value}));

  interface Shown {
    readonly prompt: string;
    readonly settings: Parameters<typeof negativeCode>[1];
    readonly pixels: readonly [Arm["pixels"], Arm["pixels"]];
    readonly frames: MapFrames;
    readonly live: boolean;
  }

  function show({prompt, settings, pixels, frames, live}: Shown): void {
    const titles = [`“${prompt}”`, `“${prompt}”, minus “${settings.negative}”`];
    row.update(titles.map((title, i) => ({title, pixels: pixels[i], source: sourceOf(live) as Arm["source"]})));
    const words = frames.items.filter(isWord);
    tiles.update(tilesOf(mapsOfFrame(frames), words), null);
    note.textContent = `${sourceOf(live)} · seed ${settings.seed} · the maps are those of the negative prompt’s words on the unconditional half, mean of all steps, layers and heads`;
    codes.update(negativeCode(prompt, settings, words[0]?.tokens ?? []));
  }

  let live = false;
  const {prompt, negative, seed} = SHOWN.negative;
  const {steps, guidance} = recording.maps.negative;
  const frames = framesOf(recording.maps.negative, bytes);
  const showRecorded = (): void =>
    show({
      ...{prompt, frames, live: false},
      settings: {...state.settings, negative, seed, steps, guidance},
      pixels: [pictures.get("negative without"), pictures.get("negative with")]
    });
  pictures.onShown(() => !live && showRecorded());
  showRecorded();
  const button = drawButton(parts, "Draw both here", async (signal) => {
    const {wanted: text, unwanted} = state;
    const settings = {...state.settings, negative: unwanted.trim()};
    if (!settings.negative) throw new Error("the negative prompt is empty: write what the picture shall not show");
    const plain = await drawing.picture(
      "Without",
      engine.draw({...settings, noiseSeed: undefined, prompt: text, negative: "", signal}),
      signal
    );
    if (!plain) return;
    const run = await drawing.traced({prompt: text, settings, name: "With the negative prompt"}, signal, () => {});
    if (!run) return;
    live = true;
    const drawn = decoding.get(run.steps[run.steps.length - 1].prev);
    show({prompt: text, settings, pixels: [plain, drawn], frames: meanOf(run, "uncond"), live});
  });
  const whole = figure(
    "The negative prompt’s maps",
    html("div", {class: "arm-form"}, asked, not),
    html("div", {class: "leak-pair"}, row, tiles),
    note,
    button
  );
  return withCodes(whole, codes);
}
