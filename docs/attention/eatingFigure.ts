import {html} from "../components/dom.js";
import {keyFrames} from "../components/keyFrames.js";
import {mapOverPicture} from "../components/mapOverPicture.js";
import {mapTiles} from "../components/mapTiles.js";
import type {Pixels} from "../components/pixels.js";
import {percentage} from "../components/shareBars.js";
import {slider} from "../components/slider.js";
import {tryThis} from "../components/tryThis.js";
import {codeRow, withCodes} from "../page/codes.js";
import {caption, figure} from "../page/figure.js";
import {drawButton} from "./drawButton.js";
import {overlapCode} from "./experimentCode.js";
import {SHOWN} from "./experiments.js";
import {framesOf, type MapFrames} from "./run.js";
import type {Parts} from "./state.js";
import type {Item} from "./tokens.js";
import {mapsOfFrame, overlapText, sourceOf, stepsOf} from "./wordMaps.js";
import {itemMap} from "./words.js";

const NAMES = ["horse", "grass", "eating"];
/** Moments of the strips. */
const MOMENTS = 10;

/** A drawing with the maps of all its steps. */
interface Shown {
  readonly frames: MapFrames;
  readonly pixels: Pixels | null;
  readonly live: boolean;
}

/** "A horse eating grass": the words' maps side by side at every step; what "eating" gets is shown after a guess. */
export function eatingFigure(parts: Parts): HTMLElement {
  const {store, drawing, recording, bytes, pictures, decoding} = parts;
  const {prompt, seed} = SHOWN.eating;
  const recorded = recording.maps.eating;
  let settings = {...store.state.settings, seed, negative: "", steps: recorded.steps, guidance: recorded.guidance};
  let shown: Shown = {frames: framesOf(recorded, bytes), pixels: null, live: false};
  let at = shown.frames.frames.length - 1;
  let isCovered = true;

  let count = at + 1;
  const step = slider("Step of this drawing", {
    min: 1,
    max: count,
    value: count,
    format: (n) => `step ${n} of ${count}`
  });
  const plain = mapOverPicture();
  const words = NAMES.map(wordView);
  const note = caption();
  const codes = codeRow();
  step.addEventListener("input", () => go(step.value - 1));
  for (const {tiles} of words)
    tiles.addEventListener("input", () => tiles.value !== null && go(moments()[tiles.value]));

  const moments = (): number[] => keyFrames(shown.frames.frames.length, MOMENTS);
  const itemOf = (name: string): Item | undefined => shown.frames.items.find((item) => item.name === name);

  function go(index: number): void {
    at = index;
    show();
  }

  function show(): void {
    const {frames, pixels, live} = shown;
    const each = frames.frames.map((_, index) => mapsOfFrame(frames, index)!);
    count = each.length;
    [step.max, step.value] = [count, at + 1];
    plain.update({...NO_MAP, pixels, name: `${prompt}, ${live ? "drawn here" : "recorded"}`, badges: [sourceOf(live)]});
    for (const word of words) {
      const item = itemOf(word.name);
      if (item)
        word.update(
          each.map((maps) => itemMap(maps, item)),
          pixels
        );
    }
    const [horse, grass, eating] = NAMES.map(itemOf);
    const pairs = [
      [horse, grass],
      ...(isCovered
        ? []
        : [
            [eating, horse],
            [eating, grass]
          ])
    ];
    const overlaps = pairs.flatMap(([a, b]) => (a && b ? [overlapText(each[at], a, b)] : []));
    note.textContent = `${sourceOf(live)} · “${prompt}” · seed ${seed} · mean of all layers and heads · one colour scale a word, up to its largest share in any step · at step ${at + 1} ${overlaps.join(", ")}`;
    if (horse && grass)
      codes.update(overlapCode(prompt, settings, {first: horse.tokens, second: grass.tokens, step: at}));
  }

  /** The word's map over the picture at the step, and its strip. */
  function wordView(name: string) {
    const over = mapOverPicture();
    // What is covered takes no keys.
    const tiles = mapTiles({label: `Maps of ${name} over the steps`, pressable: name !== "eating"});
    const most = html("small", {});
    const cover = name === "eating" ? html("p", {class: "cover"}, "covered until you have guessed, below") : null;
    const large = html(
      "figure",
      {},
      html("div", {class: "eating-map"}, over, cover),
      html("figcaption", {}, html("b", {}, `“${name}”`), most)
    );
    const strip = html("div", {class: "words-strip"}, html("h3", {}, `“${name}”`), tiles);
    return {
      ...{name, tiles, large, strip},
      update(maps: readonly ReturnType<typeof itemMap>[], pixels: Pixels | null): void {
        const top = Math.max(...maps.map((map) => map.most));
        over.update({
          ...{pixels, map: maps[at].matrix, most: top, overlay: "heat"},
          name: `Where “${name}” is looked for at step ${at + 1}`,
          badges: []
        });
        most.textContent = ` at most ${percentage(maps[at].most)}`;
        const shownSteps = moments();
        tiles.update(
          shownSteps.map((index) => ({
            ...{map: maps[index].matrix, most: top},
            name: String(index + 1),
            note: percentage(maps[index].most)
          })),
          shownSteps.includes(at) ? shownSteps.indexOf(at) : null
        );
      },
      cover(covered: boolean): void {
        for (const node of [large, strip]) node.classList.toggle("covered", covered);
      }
    };
  }

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
  question.addEventListener("click", ({target}) => {
    if (!(target as Element).closest(".guess")) return;
    isCovered = false;
    words[2].cover(false);
    show();
  });
  pictures.onShown(() => {
    if (!shown.live) shown = {...shown, pixels: pictures.get("eating")};
    show();
  });
  words[2].cover(true);
  show();
  const button = drawButton(parts, "Draw it here", async (signal) => {
    const asked = {...store.state.settings, seed, negative: ""};
    const run = await drawing.traced({prompt, settings: asked}, signal, () => {});
    if (!run) return;
    settings = {...settings, ...asked};
    shown = {frames: stepsOf(run), pixels: decoding.get(run.steps[run.steps.length - 1].prev), live: true};
    go(run.steps.length - 1);
  });
  const now = html(
    "div",
    {class: "eating-now"},
    html("figure", {}, plain, html("figcaption", {}, "the picture")),
    ...words.map(({large}) => large)
  );
  const whole = figure("Horse, grass and eating", now, step, ...words.map(({strip}) => strip), note, button);
  return html("div", {class: "eating wide"}, withCodes(whole, codes), question);
}

const NO_MAP = {map: null, most: 1, overlay: "none"} as const;
