import type {SourcePicture} from "../components/pictureSource.js";
import type {Pixels} from "../components/pixels.js";
import {loadingNote} from "../page/loading.js";
import type {Pictures} from "../page/pictureSource.js";
import {keepQuery, readQuery} from "../page/query.js";
import {codeRow, codesOf, withCodes} from "../page/codes.js";
import {createStore} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import {addressOf, fields, type Address} from "./address.js";
import * as lines from "./code.js";
import {createCoding} from "./coding.js";
import {disturb} from "./disturb.js";
import {painted, noEdits, type Edits} from "./edits.js";
import {formulasOf} from "./formulas.js";
import {gaussian} from "./gaussian.js";
import {noisy} from "./noisy.js";
import {nothing} from "./nothing.js";
import {
  namedPictures,
  recordedCoded,
  recordedNumbers,
  type RecordedNumbers,
  type RecordedPictures,
  type Recording
} from "./recording.js";
import {roundTrip} from "./roundTrip.js";
import {scaling} from "./scaling.js";
import {seedWalk} from "./seedWalk.js";
import type {AutoencoderState, Coded} from "./state.js";
import {walk} from "./walk.js";

/** What the chapter is made from: the recording, the engine that will replace it, and where pictures come from. */
export interface AutoencoderParts {
  recording: Recording;
  numbers: ArrayBuffer;
  /** The pictures of the recording's sheet. */
  sheet: readonly Pixels[];
  engine: Engine;
  pictures: Pictures;
  invalidation: Promise<void>;
  reducedMotion?: boolean;
}

/** The chapter: its state, and the figures that the page puts between its words. */
export async function createAutoencoder(parts: AutoencoderParts) {
  const {recording, engine, pictures, invalidation} = parts;
  const numbers = recordedNumbers(recording, parts.numbers);
  const stored = namedPictures(recording, parts.sheet);
  const address = readQuery(location.search, fields);
  const scenes = await Promise.all(recording.scenes.map(pictures.scene));
  const recorded = scenes.map((picture, i) => recordedCoded(recording, numbers, stored, i as 0 | 1, picture));
  const first = firstState(recording, recorded, parts.reducedMotion ?? false);
  const [asked, askedTo] = await Promise.all([address.scene, address.to].map((number) => sceneOf(pictures, number)));
  const store = createStore<AutoencoderState>({...first, ...asState(address, first)});
  const coding = createCoding(store, engine);
  const decode = engine.decode;
  const [source, toSource] = [
    pictures.source({value: asked ?? scenes[0]}),
    pictures.source({value: askedTo ?? scenes[1]})
  ];

  function choose(picture: SourcePicture): void {
    store.set({edits: noEdits});
    coding.choose(picture);
  }

  if (asked) coding.choose(asked);
  if (askedTo) coding.chooseTo(askedTo);
  keepQuery(store, (state) => addressOf(state, first));
  const seeds = seedWalk({store, engine, recording, pictures: stored, invalidation});
  const walking = walk({
    ...{store, decode, source: toSource, chooseTo: coding.chooseTo},
    recorded: stored,
    seeds,
    invalidation
  });

  return {
    store,
    roundTrip: roundTrip({store, source, choose, loading: loadingNote(engine), invalidation}),
    disturb: withCodes(
      disturb({store, decode, first: firstEdit(first, numbers, stored)}),
      codesOf(store, ["edits"], lines.editCode)
    ),
    noisy: withCodes(
      noisy({store, decode, recorded: {pictures: stored, ...recording.snr}}),
      codesOf(store, ["snr", "noise"], lines.noiseCode)
    ),
    walk: Object.assign(
      withCodes(walking, codesOf(store, ["share", "to", "prompt", "seed", "toSeed"], lines.walkCode)),
      {play: walking.play}
    ),
    gaussian: withCodes(
      gaussian({store, decode, recorded: {pictures: stored, ...recording.sample}}),
      codesOf(store, ["spread", "sample", "cell"], lines.sampleCode)
    ),
    scaling: withCodes(scaling(store), codeRow(lines.scalingCode())),
    nothing: withCodes(
      nothing({store, decode, recorded: {pictures: stored, ...recording.nothing}}),
      codesOf(store, ["nothing", "loudness"], lines.nothingCode)
    ),
    formulas: formulasOf(store),
    code: codesOf(store, ["picture"], lines.roundTripCode),
    begin: coding.begin
  };
}

/** The state that the recording shows. */
function firstState(recording: Recording, [coded, toCoded]: readonly Coded[], still: boolean): AutoencoderState {
  const {channel, row, column, amount} = recording.disturbed;
  const brush = {channel, brush: "add" as const, amount, size: 1};
  const {prompt, seed, toSeed} = recording.seeds;
  return {
    ...{picture: coded.picture, coded, to: toCoded.picture, toCoded, ready: false},
    facts: {name: recording.model, scalingFactor: recording.scalingFactor, preview: recording.preview},
    ...{cell: {row: 6, column: 4}, playing: !still},
    ...{...brush, edits: painted(coded.latents, noEdits, brush, {row, column})},
    ...{snr: recording.snr.decibels, noise: recording.snr.seed, share: 0.5, prompt, seed, toSeed},
    ...{spread: 1, sample: recording.sample.seed, nothing: recording.nothing.seed, loudness: 1}
  };
}

/** What an address changes of the first state. Edits belong to their picture. */
function asState({scene, to: _, edits, ...rest}: Partial<Address>, first: AutoencoderState): Partial<AutoencoderState> {
  const own: Edits = scene === undefined || scene === first.picture.seed ? first.edits : noEdits;
  return {...rest, edits: edits ?? own, ...(rest.cell ? {playing: false} : {})};
}

const sceneOf = (pictures: Pictures, number: number | undefined): Promise<SourcePicture> | null =>
  number === undefined ? null : pictures.scene(number);

function firstEdit({edits}: AutoencoderState, numbers: RecordedNumbers, stored: RecordedPictures) {
  return {edits, pixels: stored.get("disturbed")!, difference: numbers.difference};
}
