/** Records what the chapter "text" shows before the model is there: npx tsx scripts/record/text.ts */
import {readFileSync, writeFileSync} from "node:fs";
import {captionsOf} from "../../data/scenes/captions.js";
import {readSprite, type AtlasManifest} from "../../data/scenes/atlas.js";
import {describeScene} from "../../data/scenes/scene.js";
import {meanColor, type Rgb} from "../../docs/text/colors.js";
import {phrasesOf} from "../../docs/text/phrases.js";
import {tensorsOf, type TextRecording} from "../../docs/text/reading.js";
import {DEFAULTS} from "../../docs/text/state.js";
import type {TokenCounts} from "../../docs/text/spelling.js";
import {floatToHalf} from "../../docs/page/recorded.js";
import {readBytePairs, replay, splitWords} from "../../src/models/bytePairs.js";
import {loadModelFromFolder} from "../../src/node.js";
import type {Tensor} from "../../src/tensor.js";

const FOLDER = "data/models/tiny";
const COMMAND = "npx tsx scripts/record/text.ts";
/** The scenes that CLIP learned from: data/training/scenes.py, split "train". */
const SCENES: number = JSON.parse(readFileSync("data/training/configs/tiny.json", "utf8")).scenes.train;
const EXAMPLES = ["horse", "horses", "submarine", "rainbowfish", "dinosaur"];

await recordReadings("docs/recorded/text");
recordSpelling("docs/recorded/text-tokens.json");

/** Two prompts at every stage, and CLIP's embeddings of whole phrases. */
async function recordReadings(out: string): Promise<void> {
  const model = await loadModelFromFolder(FOLDER);
  const {name, maxTokens, vocabulary} = model.info;
  const prompts = [DEFAULTS.prompt, DEFAULTS.other];
  const readings = [await model.readText(prompts[0]), await model.readText(prompts[1])];
  const phrases = phrasesOf(vocabulary);
  const pooled = await model.embedTexts([...prompts, ...phrases]);
  const {hiddenStates, attentions, lastHiddenState} = readings[0];
  if (!attentions)
    throw new Error(`the text encoder of ${FOLDER} keeps no attention maps: export it with plain attention`);
  const recording: TextRecording = {
    ...{command: COMMAND, model: name, layers: hiddenStates.length - 1, heads: attentions[0].dims[0]},
    ...{maxTokens, width: lastHiddenState.dims[1], pooledWidth: pooled.dims[1]},
    texts: readings.map(({ids, tokens, truncated}, i) => ({prompt: prompts[i], ids, tokens, truncated})),
    phrases,
    colors: await colorsOf(Object.keys(vocabulary?.objects ?? {}))
  };
  writeFileSync(`${out}.json`, JSON.stringify(recording) + "\n");
  writeFileSync(`${out}.bin`, halves([...readings.flatMap(tensorsOf), pooled]));
  await model.release();
  console.info(`${out}.json, .bin: ${prompts.join("; ")}; ${phrases.length} phrases`);
}

/** The mean colour of each thing's emoji. */
async function colorsOf(names: readonly string[]): Promise<Rgb[]> {
  const folder = "data/scenes/atlas";
  const {side, styles, sprites} = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8")) as AtlasManifest;
  const bytes = readFileSync(`${folder}/${styles.flat.file}`);
  const color = async (name: string): Promise<Rgb> => {
    const entry = sprites.find((sprite) => sprite.name === name && sprite.style === "flat");
    if (!entry) throw new Error(`no emoji of ${name} in ${folder}`);
    return meanColor((await readSprite(bytes, entry, side)).data);
  };
  return Promise.all(names.map(color));
}

function halves(tensors: readonly Tensor[]): Uint8Array {
  return new Uint8Array(floatToHalf(Float32Array.from(tensors.flatMap(({data}) => [...data]))).buffer);
}

/** How often each token stood in the captions that CLIP learned from, and how a few words fall into tokens. */
function recordSpelling(out: string): void {
  const pairs = readBytePairs(JSON.parse(readFileSync(`${FOLDER}/tokenizer/tokenizer.json`, "utf8")));
  const words = new Map<string, number>();
  let captions = 0;
  for (let seed = 0; seed < SCENES; seed++) {
    for (const {text} of captionsOf(describeScene(seed))) {
      captions++;
      for (const word of splitWords(text)) words.set(word, (words.get(word) ?? 0) + 1);
    }
  }
  const counts = new Array<number>(Object.keys(pairs.ids).length).fill(0);
  for (const [word, times] of words) for (const token of replay(pairs, word).tokens) counts[pairs.ids[token]] += times;
  const replays = [...new Set([...EXAMPLES, ...splitWords(DEFAULTS.prompt)])].map((word) => replay(pairs, word));
  const ids = Object.fromEntries(replays.flatMap(({tokens}) => tokens.map((token) => [token, pairs.ids[token]])));
  const record: TokenCounts = {
    ...{command: COMMAND, scenes: SCENES, captions},
    merges: pairs.ranks.size,
    counts,
    ids,
    replays
  };
  writeFileSync(out, JSON.stringify(record) + "\n");
  console.info(`${out}: ${captions} captions of ${SCENES} scenes`);
}
