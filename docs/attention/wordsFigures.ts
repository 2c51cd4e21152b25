import {html} from "../components/dom.js";
import {keyFrames} from "../components/keyFrames.js";
import {mapTiles, type MapTile} from "../components/mapTiles.js";
import {percentage} from "../components/shareBars.js";
import {textField} from "../components/textField.js";
import {tryThis} from "../components/tryThis.js";
import {caption, figure} from "../page/figure.js";
import type {Tensor} from "../src/tensor.js";
import {armRow, type Arm} from "./armRow.js";
import {SHOWN} from "./experiments.js";
import {mapOf, overlapOf, PLAIN, tokenMaps} from "./maps.js";
import {framesOf, type AttentionRun, type Half, type MapFrames} from "./run.js";
import type {Parts} from "./state.js";
import {called, type Item} from "./tokens.js";
import {itemMap} from "./words.js";

/** Live or recorded, in small print. */
const sourceOf = (live: boolean): string => (live ? "live" : "recorded");

/** The mean maps of a live run, as a recording has them. */
function meanOf(run: AttentionRun, half: Half): MapFrames {
  return {items: run.items[half], frames: [{index: -1, maps: run.steps.flatMap((_, i) => run.mapsAt(i, half))}]};
}

/** The words of a run that has them, by name. */
const wordsOf = ({items}: MapFrames): Item[] => items.filter(({kind}) => kind === "word");

function tilesOf(frames: MapFrames, items: readonly Item[]): MapTile[] {
  const maps = frames.frames[0] && tokenMaps(frames.frames[0].maps, PLAIN);
  return items.map((item) => {
    const map = maps && itemMap(maps, item);
    return {
      map: map?.matrix ?? null,
      most: map?.most ?? 1,
      name: item.name,
      note: map ? `most ${percentage(map.most)}` : ""
    };
  });
}

/** How much two words' maps lie in the same cells. */
function overlapText(maps: Tensor, items: readonly Item[], [a, b]: readonly [string, string]): string {
  const [first, second] = [a, b].map((name) => items.find((item) => item.name === name));
  return first && second
    ? `${called(first)} and ${called(second)} overlap by ${percentage(overlapOf(mapOf(maps, first), mapOf(maps, second)))}`
    : "";
}

/** A button that draws a run with its maps, under the page's one rule. */
function drawButton({store, drawing}: Parts, words: string, draw: (signal: AbortSignal) => Promise<void>): HTMLElement {
  const button = html("button", {type: "button", class: "primary"}, words);
  const stop = html("button", {type: "button", disabled: true}, "Stop");
  const line = html("span", {class: "caption", role: "status"});
  let mine = false;
  button.addEventListener("click", () => {
    mine = true;
    void drawing.only(draw).then(() => (mine = false));
  });
  stop.addEventListener("click", () => drawing.cancel());
  store.onChange(({work}) => {
    stop.disabled = !(mine && work);
    line.textContent = mine && work ? work.label : "";
  });
  return html("div", {class: "arm-form"}, button, stop, line);
}

/** "A horse eating grass": the words' maps side by side over the steps; what "eating" gets is shown after a guess. */
export function eatingFigure(parts: Parts): HTMLElement {
  const {store, drawing, recording, bytes} = parts;
  const {prompt, seed} = SHOWN.eating;
  let frames = framesOf(recording.maps.eating, bytes);
  const names = ["horse", "grass", "eating"];
  const rows = names.map((name) => {
    const tiles = mapTiles({label: `Maps of ${name} over the steps`, pressable: false});
    return {name, tiles, node: html("div", {class: "words-strip"}, html("h3", {}, `“${name}”`), tiles)};
  });
  const hidden = rows[2].node;
  const note = caption();
  hidden.classList.add("covered");

  function show(live: boolean): void {
    const each = frames.frames.map(({maps}) => tokenMaps(maps, PLAIN)!);
    for (const {name, tiles} of rows) {
      const item = frames.items.find((one) => one.name === name);
      if (!item) continue;
      const made = each.map((maps) => itemMap(maps, item));
      const top = Math.max(...made.map(({most}) => most));
      tiles.update(
        made.map(({matrix, most}, i) => ({
          map: matrix,
          most: top,
          name: String(frames.frames[i].index + 1),
          note: percentage(most)
        })),
        null
      );
    }
    const last = each[each.length - 1];
    const overlaps = [
      ["horse", "grass"],
      ...(covered()
        ? []
        : [
            ["eating", "horse"],
            ["eating", "grass"]
          ])
    ] as [string, string][];
    note.textContent = `${sourceOf(live)} · “${prompt}” · seed ${seed} · mean of all layers and heads · below each map its step and its largest share; one colour scale a row · at the last step ${overlaps.map((pair) => overlapText(last, frames.items, pair)).join(", ")}`;
  }

  const covered = (): boolean => hidden.classList.contains("covered");
  const question = tryThis({
    title: "Where does “eating” look?",
    text: "The captions that this model learned from say “eating” of animals, but no picture ever shows it: the animal is drawn as always. What will its map be?",
    guesses: [
      "a spot at the horse’s mouth",
      "the horse and the ground around it, without a shape",
      "nothing at all, evenly dark"
    ],
    answer:
      "A broad, faint map over the animal and the ground about it, with no edge of its own; in the later half of the drawing no cell gives it half of what “horse” gets at its best. Nothing in the data ties the word to a place, so it looks where the things are that it stands between."
  });
  let isLive = false;
  question.addEventListener("click", ({target}) => {
    if (!(target as Element).closest(".guess")) return;
    hidden.classList.remove("covered");
    show(isLive);
  });
  show(false);
  const button = drawButton(parts, "Draw it here", async (signal) => {
    const settings = {...store.state.settings, seed, negative: ""};
    const run = await drawing.traced({prompt, settings}, signal, () => {});
    if (!run) return;
    frames = {
      items: run.items.cond,
      frames: keyFrames(run.steps.length, 10).map((index) => ({index, maps: run.mapsAt(index, "cond")}))
    };
    isLive = true;
    show(true);
  });
  return html(
    "div",
    {class: "eating wide"},
    figure("Horse, grass and eating", ...rows.map(({node}) => node), note, button),
    question
  );
}

/** The negative prompt's own maps, on the half of guidance that does not see the prompt. */
export function negativeFigure(parts: Parts): HTMLElement {
  const {store, drawing, engine, recording, bytes, decoding, pictures} = parts;
  const {prompt, negative, seed} = SHOWN.negative;
  const wanted = textField("Prompt of this figure", {value: prompt});
  const unwanted = textField("Negative prompt", {value: negative, examples: ["ocean", "a horse", "sunset"]});
  const row = armRow("Without and with the negative prompt");
  const tiles = mapTiles({label: "Maps of the negative prompt’s words", pressable: false});
  const note = caption();
  const recorded = framesOf(recording.maps.negative, bytes);
  const titles = (text: string, without: string): [string, string] => [`“${text}”`, `“${text}”, minus “${without}”`];

  function show(arms: readonly Arm[], frames: MapFrames, says: string): void {
    row.update(arms);
    tiles.update(tilesOf(frames, wordsOf(frames)), null);
    note.textContent = says;
  }

  let live = false;
  pictures.onShown(() => {
    if (!live) showRecorded();
  });
  const showRecorded = (): void => {
    const [plain, with_] = titles(prompt, negative);
    show(
      [
        {title: plain, pixels: pictures.get("negative without"), source: "recorded"},
        {title: with_, pixels: pictures.get("negative with"), source: "recorded"}
      ],
      recorded,
      `recorded · seed ${seed} · the map is of the negative prompt’s words on the unconditional half, mean of all steps, layers and heads`
    );
  };
  showRecorded();
  const button = drawButton(parts, "Draw both here", async (signal) => {
    const [text, without] = [wanted.value, unwanted.value.trim()];
    const settings = {...store.state.settings, negative: without};
    if (!without) throw new Error("the negative prompt is empty: write what the picture shall not show");
    const plain = await drawing.picture(
      "Without",
      engine.draw({...settings, noiseSeed: undefined, prompt: text, negative: "", signal}),
      signal
    );
    if (!plain) return;
    const run = await drawing.traced({prompt: text, settings, name: "With the negative prompt"}, signal, () => {});
    if (!run) return;
    live = true;
    const [first, second] = titles(text, without);
    show(
      [
        {title: first, pixels: plain, source: "live"},
        {title: second, pixels: decoding.get(run.steps[run.steps.length - 1].prev), source: "live"}
      ],
      meanOf(run, "uncond"),
      `live · seed ${settings.seed} · the map is of the negative prompt’s words on the unconditional half, mean of all steps, layers and heads`
    );
  });
  return figure(
    "The negative prompt’s maps",
    html("div", {class: "arm-form"}, wanted, unwanted),
    html("div", {class: "leak-pair"}, row, tiles),
    note,
    button
  );
}

/** Two alike things whose words share their maps, with the picture that comes of it. */
export function leakFigure(parts: Parts): HTMLElement {
  const {store, drawing, recording, bytes, decoding, pictures} = parts;
  const {prompt, seed} = SHOWN.leak;
  const row = armRow("The picture");
  const tiles = mapTiles({label: "Maps of the words", pressable: false});
  const note = caption();

  function show(arm: Arm, frames: MapFrames, live: boolean): void {
    const named = wordsOf(frames).filter(({name}) => ["cat", "dog", "city"].includes(name));
    const maps = frames.frames[0] && tokenMaps(frames.frames[0].maps, PLAIN);
    row.update([arm]);
    tiles.update(tilesOf(frames, named), null);
    note.textContent = `${sourceOf(live)} · “${prompt}” · seed ${seed} · mean of all steps, layers and heads${maps ? ` · ${overlapText(maps, frames.items, ["cat", "dog"])}` : ""}`;
  }

  let live = false;
  const showRecorded = (): void =>
    show(
      {title: prompt, pixels: pictures.get("leak"), source: "recorded"},
      framesOf(recording.maps.leak, bytes),
      false
    );
  pictures.onShown(() => !live && showRecorded());
  showRecorded();
  const button = drawButton(parts, "Draw it here", async (signal) => {
    const settings = {...store.state.settings, seed, negative: ""};
    const run = await drawing.traced({prompt, settings}, signal, () => {});
    if (!run) return;
    live = true;
    const {prev} = run.steps[run.steps.length - 1];
    show({title: prompt, pixels: decoding.get(prev), source: "live"}, meanOf(run, "cond"), true);
  });
  return figure("A cat and a dog", html("div", {class: "leak-pair"}, row, tiles), note, button);
}
