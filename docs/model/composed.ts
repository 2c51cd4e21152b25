import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {imagePixels, type Pixels} from "../components/pixels.js";
import {progressBar, type ProgressData} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {seedField} from "../components/seedField.js";
import {objectsIn, wordsOf, type Vocabulary} from "../components/vocabulary.js";
import {codeRow} from "../page/codes.js";
import {createJob} from "../page/job.js";
import {nearestFew, type Nearest} from "../page/nearest.js";
import {scenePixels, type SceneStudio} from "../page/scenes.js";
import {createStore, type Store} from "../page/store.js";
import {clipped} from "../src/pictures.js";
import type {Tensor} from "../src/tensor.js";
import type {Engine} from "../src/worker/client.js";
import {nearestCode} from "./code.js";
import type {ModelRecording, RecordedDrawing} from "./recorded.js";
import type {ModelState} from "./state.js";

const NEIGHBOURS = 4;

/** A drawn picture, what it was asked to show, and the training scenes that CLIP finds nearest to it. */
interface Drawn {
  readonly source: "recorded" | "live";
  readonly prompt: string;
  readonly seed: number;
  readonly object: string | null;
  readonly place: string | null;
  readonly pixels: Pixels | null;
  readonly neighbours: readonly Nearest[];
}

interface ComposedState {
  shown: Drawn;
  work: ProgressData | null;
  error: string | null;
  sheet: readonly Pixels[];
}

export interface ComposedParts {
  store: Store<ModelState>;
  recording: ModelRecording;
  anchors: readonly Int8Array[];
  sheet: Promise<readonly Pixels[]>;
  scenes: Promise<SceneStudio>;
  engine: Engine;
  invalidation: Promise<void>;
}

/** Is a drawn picture a copy? Its nearest training scenes in CLIP's space, beside it; recorded ones, and any that the reader has drawn. */
export function composed({store, recording, anchors, sheet, scenes, engine, invalidation}: ComposedParts) {
  const {drawn, sampling} = recording;
  const recordedOne = (index: number, pixels: Pixels | null): Drawn => {
    const {embedding, ...rest} = drawn[index];
    return {...rest, source: "recorded", pixels, neighbours: nearestFew(embedding, anchors, NEIGHBOURS)};
  };
  const shown = recordedOne(store.state.drawn, null);
  const own = createStore<ComposedState>({shown, work: null, error: null, sheet: []});

  const form = promptForm({value: store.state.prompt});
  const seed = seedField(store.state.seed);
  const bar = progressBar();
  const error = errorNote();
  const picture = pixelCanvas(null, {smooth: true, label: "No picture yet"});
  const words = html("figcaption");
  const facts = html("p", {class: "verdict"});
  const caption = html("p", {class: "caption"});
  const slots = Array.from({length: NEIGHBOURS}, () => neighbourTile());
  const thumbs = drawn.map((drawing, i) =>
    thumb(drawing, () => {
      store.set({drawn: i});
      own.set({shown: recordedOne(i, own.state.sheet[i] ?? null)});
    })
  );

  const job = createJob(own, async (signal, report) => {
    const {prompt, seed: from} = store.state;
    const {sampler, steps, guidance} = sampling;
    const {vocabulary} = await engine.load(["text_encoder", "unet", "vae_decoder", "clip_vision"]);
    let latents: Tensor | null = null;
    for await (const {prev, index} of engine.draw({prompt, seed: from, sampler, steps, guidance, signal})) {
      latents = prev;
      report(index + 1, steps, "Drawing, step");
    }
    if (signal.aborted || !latents) return;
    const image = await engine.decode(latents);
    const {data} = await engine.embedImages(clipped(image));
    if (signal.aborted) return;
    const asked = askedFor(prompt, vocabulary);
    own.set({
      shown: {
        ...{source: "live", prompt, seed: from, ...asked, pixels: imagePixels(image)},
        neighbours: nearestFew(data, anchors, NEIGHBOURS)
      }
    });
  });
  form.addEventListener("input", () => store.set({prompt: form.value}));
  form.addEventListener("submit", () => void job.run());
  form.addEventListener("cancel", job.cancel);
  seed.addEventListener("input", () => store.set({seed: seed.value}));
  error.addEventListener("retry", () => void job.run());
  void invalidation.then(job.cancel);
  void sheet.then(
    (pictures) => {
      own.set({sheet: pictures});
      thumbs.forEach(({canvas}, i) => canvas.paint(pictures[i] ?? null));
      const {drawn: index} = store.state;
      if (own.state.shown.source === "recorded") own.set({shown: recordedOne(index, pictures[index])});
    },
    () => {} // the words stay
  );

  let told: Drawn | null = null;
  own.onChange(({shown, work, error: message}) => {
    form.busy = work !== null;
    bar.update(work);
    error.update(message);
    thumbs.forEach(({button}, i) =>
      button.setAttribute("aria-pressed", String(shown.source === "recorded" && drawn[i].prompt === shown.prompt))
    );
    if (told === shown) return;
    told = shown;
    picture.paint(shown.pixels);
    picture.label(`${shown.prompt}, seed ${shown.seed}${shown.source === "recorded" ? " (recorded)" : ""}`);
    words.replaceChildren(
      html("b", {}, `“${shown.prompt}”`),
      html("span", {}, shown.source === "live" ? "drawn here, just now" : "recorded")
    );
    facts.textContent = factsOf(recording, shown);
    caption.textContent = `${shown.source === "live" ? "live, in this browser" : `recorded (${recording.command})`} · ${recording.model} · seed ${shown.seed} · ${sampling.sampler.toUpperCase()} · ${sampling.steps} steps · guidance ${sampling.guidance} · nearest of ${anchors.length.toLocaleString("en")} training scenes, whose directions are recorded`;
    void showNeighbours(shown);
  });

  async function showNeighbours(shown: Drawn): Promise<void> {
    const studio = await scenes.catch(() => null);
    if (!studio || own.state.shown !== shown) return;
    shown.neighbours.forEach(({index, cosine}, i) => {
      const scene = studio.make(recording.anchors.first + index, {objects: recording.objects});
      const has = {
        object: scene.spec.objects.some(({name}) => name === shown.object),
        place: scene.spec.place !== null && scene.spec.place === shown.place
      };
      slots[i].update(
        scenePixels(scene),
        scene.captions[0].text,
        cosine,
        shown.object || shown.place ? agreement(shown, has) : ""
      );
    });
  }

  return {
    figure: html(
      "div",
      {class: "wide"},
      html(
        "section",
        {class: "figure wide", "aria-label": "Drawn, and its nearest training scenes"},
        html(
          "div",
          {class: "drawn-thumbs", role: "group", "aria-label": "Drawn before"},
          ...thumbs.map(({button}) => button)
        ),
        html(
          "div",
          {class: "composed-stage"},
          html("figure", {class: "composed-drawn"}, picture, words),
          html(
            "div",
            {class: "composed-near"},
            html("h3", {}, "The nearest training scenes"),
            html("div", {class: "near-tiles"}, ...slots.map(({node}) => node))
          )
        ),
        facts,
        html("div", {class: "composed-form"}, form, seed),
        bar,
        error,
        caption
      ),
      codeRow(nearestCode())
    ),
    /** Draws a prompt in the figure. */
    draw(prompt: string): void {
      form.value = prompt;
      store.set({prompt});
      void job.run();
    }
  };
}

/** What of the asked thing and place a training scene shows. */
export function agreement(
  {object, place}: Pick<Drawn, "object" | "place">,
  has: {readonly object: boolean; readonly place: boolean}
): string {
  const thing = object && (has.object ? "the same thing" : "another thing");
  const ground = place && (has.place ? "the same place" : "another place");
  return [thing, ground].filter(Boolean).join(", ");
}

/** What the training data holds of the asked thing and place. */
export function factsOf(
  {pairs: {places, counts}, objects}: ModelRecording,
  {object, place}: Pick<Drawn, "object" | "place">
): string {
  const row = object === null ? null : counts[objects.indexOf(object)];
  const column = place === null ? -1 : places.indexOf(place);
  const number = (value: number): string => (value ? value.toLocaleString("en") : "none");
  const name = object?.replaceAll("-", " ");
  if (!row) return "It names no thing that the UNet has learned.";
  const all = row.reduce((a, b) => a + b, 0);
  if (column < 0)
    return `Of 48,000 training scenes ${number(all)} hold the thing “${name}”, none of them a photograph.`;
  const there = counts.reduce((sum, of) => sum + of[column], 0);
  const both = row[column];
  const where = places[column];
  return both
    ? `Of 48,000 training scenes ${number(all)} hold the thing “${name}”, ${number(both)} of them on the place “${where}”: this pair was shown.`
    : `Of 48,000 training scenes ${number(all)} hold the thing “${name}”, the place “${where}” carries ${number(there)} things, and not one scene has both: this pair was kept out.`;
}

/** The thing and the place that a prompt names, by the model's own vocabulary. */
export function askedFor(prompt: string, vocabulary: Vocabulary | null): {object: string | null; place: string | null} {
  if (!vocabulary) return {object: null, place: null};
  const text = ` ${wordsOf(prompt).join(" ")} `;
  const place = Object.entries(vocabulary.places).find(([, phrases]) =>
    phrases.some((phrase) => text.includes(` ${wordsOf(phrase).join(" ")} `))
  );
  return {object: objectsIn(prompt, vocabulary)[0]?.name ?? null, place: place?.[0] ?? null};
}

function thumb({prompt}: RecordedDrawing, choose: () => void) {
  const canvas = pixelCanvas(null, {smooth: true});
  const button = html(
    "button",
    {type: "button", class: "scene-thumb", "aria-label": prompt, title: prompt, onclick: choose},
    canvas
  );
  return {button, canvas};
}

function neighbourTile() {
  const canvas = pixelCanvas(null, {smooth: true, label: "A training scene"});
  const words = html("figcaption");
  return {
    node: html("figure", {}, canvas, words),
    update(pixels: Pixels, text: string, cosine: number, same: string): void {
      canvas.paint(pixels);
      canvas.label(`Training scene: ${text}`);
      words.replaceChildren(
        html("b", {}, `cosine ${cosine.toFixed(2)}`),
        html("span", {}, text),
        ...(same ? [html("i", {}, same)] : [])
      );
    }
  };
}
