import {jsText, pyText, type Codes} from "../page/codes.js";
import type {TextState} from "./state.js";

const BEGIN = `import {createEngine} from "./src/index.js";

const engine = createEngine();`;

const PY_BEGIN = `import numpy as np, onnx, onnxruntime as ort
from tokenizers import Tokenizer

folder = "data/models/tiny"
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = lambda *texts: np.array([tokenizer.encode(text).ids for text in texts])    # [B, K]`;

const PY_MODEL = `model = onnx.load(f"{folder}/text_encoder/model.onnx")                           # transformers' CLIPTextModel`;

/** Of a reading: the matrix [K, E] of a stage. */
function stageOf(key: string): string {
  if (key === "token") return "tokenEmbeddings";
  if (key === "place") return "positionEmbeddings";
  if (key === "sum") return "hiddenStates[0]";
  return key.startsWith("layer") ? `hiddenStates[${layerOf(key)}]` : "lastHiddenState";
}

const layerOf = (key: string): number => Number(key.replace("layer", ""));

/** What the graph calls a stage: the exporter names a sum by its module. */
function nodeOf(key: string): string {
  if (key === "token") return "embeddings.token_embedding/Gather";
  if (key === "final") return "last_hidden_state";
  return key === "sum" ? "embeddings/Add" : `encoder.layers.${layerOf(key) - 1}/Add_2`;
}

/** How Python gets at a stage [B, K, E] of texts, as `states`. */
function pyStage(key: string, ...texts: readonly string[]): string {
  if (key === "place")
    return `${PY_MODEL}
table = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
states = table["embeddings.position_embedding.weight:float16"].astype(np.float32)      # [1, K, E]`;
  const expose = key === "final" ? "" : `model.graph.output.add(name="${nodeOf(key)}")\n`;
  return `${PY_MODEL}
${expose}encoder = ort.InferenceSession(model.SerializeToString())
(states,) = encoder.run(["${nodeOf(key)}"], {"input_ids": ids(${texts.map(pyText).join(", ")})})`;
}

/** Ids, tokens, and the first numbers of a row at a stage. */
export function readingCode({prompt, stage}: Pick<TextState, "prompt" | "stage">, row: number): Codes {
  return {
    engine: `${BEGIN}
const reading = await engine.readText(${jsText(prompt)});
console.log(reading.tokens, reading.ids);
const {data, dims: [K, E]} = reading.${stageOf(stage)};
console.log(K, E, data.slice(${row} * E, ${row} * E + 3));                                // row ${row}, its first three numbers`,
    python: `${PY_BEGIN}
${pyStage(stage, prompt)}
encoding = tokenizer.encode(${pyText(prompt)})
print(encoding.tokens, encoding.ids)
print(states.shape, states[0, ${row}, :3])                                            # row ${row}, its first three numbers

# Stable Diffusion 1.5, the same call: (1, 77, 768)
# pipe = StableDiffusionPipeline.from_pretrained("stable-diffusion-v1-5/stable-diffusion-v1-5")
# ids = pipe.tokenizer(${pyText(prompt)}, padding="max_length", truncation=True, return_tensors="pt").input_ids
# pipe.text_encoder(ids).last_hidden_state.shape`
  };
}

/** Every merge of a word, its tokens, and how often training saw each. */
export const spellCode = (word: string): Codes => ({
  engine: `import {readBytePairs, replay} from "./src/index.js";

const json = async (path) => (await fetch(path)).json();
const pairs = readBytePairs(await json("data/models/tiny/tokenizer/tokenizer.json"));
const {start, merges, tokens} = replay(pairs, ${jsText(word)});
console.log(start);
for (const {rank, pieces} of merges) console.log(rank + 1, pieces);              // the merge's number, the word after it
const {counts} = await json("docs/recorded/text-tokens.json");                   // how often captions held each token
for (const token of tokens) console.log(token, pairs.ids[token], counts[pairs.ids[token]]);`,
  python: `import json
from tokenizers import Tokenizer, models

path = "data/models/tiny/tokenizer/tokenizer.json"
spec, tokenizer = json.load(open(path))["model"], Tokenizer.from_file(path)
merges = [tuple(merge) for merge in spec["merges"]]
((letters, _),) = tokenizer.pre_tokenizer.pre_tokenize_str(${pyText(word)})             # as bytes
before = None
for n in range(len(merges) + 1):                                                 # the library with the first n merges
    few = models.BPE(spec["vocab"], merges[:n], end_of_word_suffix=${pyText("</w>")})
    pieces = [token.value for token in few.tokenize(letters)]
    if pieces != before:
        print(n, pieces)                                                         # merge n did something
    before = pieces
counts = json.load(open("docs/recorded/text-tokens.json"))["counts"]             # how often captions held each token
for token in before:
    print(token, tokenizer.token_to_id(token), counts[tokenizer.token_to_id(token)])`
});

/** One number of a row as the sum of its two parts. */
export const sumCode = (prompt: string, row: number, column: number): Codes => ({
  engine: `${BEGIN}
const {tokenEmbeddings, positionEmbeddings, hiddenStates} = await engine.readText(${jsText(prompt)});
const [K, E] = tokenEmbeddings.dims;
const at = ${row} * E + ${column};                                                            // row ${row}, number ${column}
console.log(tokenEmbeddings.data[at], positionEmbeddings.data[at], hiddenStates[0].data[at]);    // the last one is the sum`,
  python: `${PY_BEGIN}
${PY_MODEL}
table = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
tokens = table["embeddings.token_embedding.weight:float16"].astype(np.float32)          # [V, E], a row for each id
places = table["embeddings.position_embedding.weight:float16"][0].astype(np.float32)    # [K, E], a row for each place
(row,) = ids(${pyText(prompt)})
token, place = tokens[row[${row}], ${column}], places[${row}, ${column}]
print(token, place, token + place)`
});

/** What one row takes from each: a head of a layer, or the mean of all its heads (0). */
export function attentionCode({prompt, layer, head}: Pick<TextState, "prompt" | "layer" | "head">, row: number): Codes {
  const mean = head === 0;
  return {
    engine: `${BEGIN}
const {tokens, attentions} = await engine.readText(${jsText(prompt)});
const {data, dims: [heads, K]} = attentions[${layer - 1}];                                // of layer ${layer}: [heads, K, K]
const weight = (head, row, column) => data[(head * K + row) * K + column];
for (let column = 0; column <= ${row}; column++) {                            // row ${row}; what comes after it is masked
  ${mean ? "let share = 0;\n  for (let head = 0; head < heads; head++) share += weight(head, " + row + ", column) / heads;" : `const share = weight(${head - 1}, ${row}, column);`}
  console.log(tokens[column], share);
}`,
    python: `${PY_BEGIN}
${PY_MODEL}
softmax = [node.output[0] for node in model.graph.node if node.op_type == "Softmax"]    # one a layer
model.graph.output.add(name=softmax[${layer - 1}])
encoder = ort.InferenceSession(model.SerializeToString())
maps = encoder.run([softmax[${layer - 1}]], {"input_ids": ids(${pyText(prompt)})})[0]
maps = maps.reshape(-1, *maps.shape[-2:])                                        # [heads, K, K]
shares = maps${mean ? ".mean(0)" : `[${head - 1}]`}[${row}]                                                    # row ${row}: nought after itself, the mask
for token, share in zip(tokenizer.encode(${pyText(prompt)}).tokens[:${row + 1}], shares):
    print(token, share)`
  };
}

/** How far each row of two prompts is apart after a stage, and the cosine of their single vectors. */
export function changeCode({prompt, other, after}: Pick<TextState, "prompt" | "other" | "after">): Codes {
  return {
    engine: `import {cosines, createEngine} from "./src/index.js";

const engine = createEngine();
const prompts = [${jsText(prompt)}, ${jsText(other)}];
const [a, b] = (await Promise.all(prompts.map((text) => engine.readText(text)))).map((reading) => reading.${stageOf(after)});
const [K, E] = a.dims;
const length = (row) => Math.hypot(...row);
for (let row = 0; row < K; row++) {
  const [p, q] = [a, b].map(({data}) => data.subarray(row * E, (row + 1) * E));
  console.log(row, length(p.map((value, e) => value - q[e])) / ((length(p) + length(q)) / 2));
}
const vectors = await engine.embedTexts(prompts);
console.log(cosines(vectors, vectors).data[1]);                                  // of the two single vectors`,
    python: `${PY_BEGIN}
${pyStage(after, prompt, other)}
a, b = states
length = lambda rows: np.linalg.norm(rows, axis=-1)
for row, share in enumerate(length(a - b) / ((length(a) + length(b)) / 2)):
    print(row, share)
clip = ort.InferenceSession(f"{folder}/clip/onnx/text_model.onnx")               # CLIPTextModelWithProjection
a, b = clip.run(["text_embeds"], {"input_ids": ids(${pyText(prompt)}, ${pyText(other)})})[0]
print(a @ b / length(a) / length(b))                                             # of the two single vectors`
  };
}

/** The phrases by their cosine to one. */
export const nearCode = (phrase: string): Codes => ({
  engine: `import {cosines, createEngine} from "./src/index.js";
import {phrasesOf} from "./docs/text/phrases.js";

const engine = createEngine();
const {vocabulary} = await engine.load();
const others = phrasesOf(vocabulary).filter((text) => text !== ${jsText(phrase)});      // all that it learned to draw
const {data, dims: [count, D]} = await engine.embedTexts([${jsText(phrase)}, ...others]);
const near = cosines({data: data.slice(0, D), dims: [1, D]}, {data: data.slice(D), dims: [count - 1, D]}).data;
const list = others.map((text, i) => ({text, cosine: near[i]})).sort((p, q) => q.cosine - p.cosine);
console.log(list.slice(0, 10), list.slice(-3), near.reduce((sum, value) => sum + value, 0) / others.length);`,
  python: `import json, re
${PY_BEGIN.replace(", onnx, ", ", ")}
clip = ort.InferenceSession(f"{folder}/clip/onnx/text_model.onnx")               # CLIPTextModelWithProjection

def with_article(name):
    vowel = re.match("(?!un|uf)[aeiou]", name)
    return name if re.search("(cherries|grapes)$", name) else ("an " if vowel else "a ") + name

phrase = ${pyText(phrase)}
objects = json.load(open(f"{folder}/vocabulary.json"))["objects"]                # all that it learned to draw
others = [text for text in (with_article(names[0]) for names in objects.values()) if text != phrase]
vectors = clip.run(["text_embeds"], {"input_ids": ids(phrase, *others)})[0]      # [1 + n, D]
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
near = vectors[1:] @ vectors[0]
order = np.argsort(-near)
for i in [*order[:10], *order[-3:]]:
    print(others[i], near[i])
print(near.mean())`
});
