import {codeFold} from "../components/codeFold.js";
import {html} from "../components/dom.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {rowShown} from "./sumFigure.js";
import type {TextState} from "./state.js";

/** The folds below the main figure: the engine's lines, and Python that gives the same numbers. */
export function readingCode(store: Store<TextState>): HTMLElement {
  return folds(store, (state) => [
    engineReading(state.prompt, rowShown(state)),
    pythonReading(state.prompt, rowShown(state))
  ]);
}

/** Below the attention figure. */
export function attentionCode(store: Store<TextState>): HTMLElement {
  return folds(store, ({prompt, layer, head}) => [
    engineAttention(prompt, layer, head),
    pythonAttention(prompt, layer, head)
  ]);
}

/** Below the change. */
export function changeCode(store: Store<TextState>): HTMLElement {
  return folds(store, ({prompt, other}) => [engineChange(prompt, other), pythonChange(prompt, other)]);
}

/** Below the neighbours. */
export function nearCode(store: Store<TextState>): HTMLElement {
  return folds(store, ({phrase}) => [engineNear(phrase), pythonNear(phrase)]);
}

/** Below the merges. */
export function spellCode(store: Store<TextState>): HTMLElement {
  return folds(store, ({word}) => [engineSpelling(word), pythonSpelling(word)]);
}

function folds(
  store: Store<TextState>,
  write: (state: Readonly<TextState>) => [engine: string, python: string]
): HTMLElement {
  const [engine, python] = [codeFold("Code", ""), codeFold("as diffusers Python", "")];
  onSelected(store, ["prompt", "other", "phrase", "word", "layer", "head", "row", "reading"], (state) => {
    const [lines, pythonLines] = write(state);
    engine.update(lines);
    python.update(pythonLines);
  });
  return html("div", {class: "codes wide"}, engine, python);
}

const js = (text: string): string => JSON.stringify(text);
/** ASCII alone, so that the copy runs in any terminal. */
const py = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

const ENGINE = `import {createEngine} from "./src/worker/client.js";
const engine = createEngine();
`;

export const engineReading = (prompt: string, row: number): string => `${ENGINE}
const {ids, tokens, tokenEmbeddings, positionEmbeddings, hiddenStates, lastHiddenState} = await engine.readText(${js(prompt)});
const [K, E] = lastHiddenState.dims;                                // hiddenStates[0] = token + place, then one a layer
lastHiddenState.data.subarray(${row} * E, ${row} * E + 3);                    // row ${row}, its first three numbers`;

const PYTHON = `import numpy as np, onnxruntime as ort
from tokenizers import Tokenizer

folder = "data/models/tiny"
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer/tokenizer.json")
ids = lambda *texts: np.array([tokenizer.encode(text).ids for text in texts])   # [B, K]
`;

export const pythonReading = (prompt: string, row: number): string => `${PYTHON}
encoder = ort.InferenceSession(f"{folder}/text_encoder/model.onnx")             # transformers' CLIPTextModel
states = encoder.run(["last_hidden_state"], {"input_ids": ids(${py(prompt)})})[0]  # [1, K, E]
print(tokenizer.encode(${py(prompt)}).tokens)
print(states[0, ${row}, :3])                                                           # row ${row}, its first three numbers

# Stable Diffusion 1.5, the same call: (1, 77, 768)
# pipe = StableDiffusionPipeline.from_pretrained("stable-diffusion-v1-5/stable-diffusion-v1-5")
# pipe.text_encoder(pipe.tokenizer(${py(prompt)}, padding="max_length", return_tensors="pt").input_ids).last_hidden_state.shape`;

export const engineAttention = (prompt: string, layer: number, head: number): string => `${ENGINE}
const {attentions} = await engine.readText(${js(prompt)});    // a layer: [heads, K, K]
const {data, dims: [heads, K]} = attentions[${layer - 1}];
const weight = (row, column) => ${head === 0 ? "mean over head of " : ""}data[${head === 0 ? "head" : head - 1} * K * K + row * K + column];`;

export const pythonAttention = (prompt: string, layer: number, head: number): string => `${PYTHON}
import onnx
model = onnx.load(f"{folder}/text_encoder/model.onnx")
softmax = [node.output[0] for node in model.graph.node if node.op_type == "Softmax"]     # one a layer
model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in softmax)
encoder = ort.InferenceSession(model.SerializeToString())
maps = encoder.run([softmax[${layer - 1}]], {"input_ids": ids(${py(prompt)})})[0].reshape(-1, 32, 32)  # [heads, K, K]
print(maps${head === 0 ? ".mean(0)" : `[${head - 1}]`}[:7, :7].round(2))                                    # nought above the diagonal: the mask`;

export const engineChange = (prompt: string, other: string): string => `${ENGINE}
const [a, b] = await Promise.all([${js(prompt)}, ${js(other)}].map((text) => engine.readText(text)));
const [K, E] = a.lastHiddenState.dims;
const row = ({lastHiddenState}, i) => [...lastHiddenState.data.subarray(i * E, (i + 1) * E)];
const length = (vector) => Math.hypot(...vector);
const differs = (i) => length(row(a, i).map((value, e) => value - row(b, i)[e])) / ((length(row(a, i)) + length(row(b, i))) / 2);`;

export const pythonChange = (prompt: string, other: string): string => `${PYTHON}
encoder = ort.InferenceSession(f"{folder}/text_encoder/model.onnx")
a, b = encoder.run(["last_hidden_state"], {"input_ids": ids(${py(prompt)}, ${py(other)})})[0]
length = lambda rows: np.linalg.norm(rows, axis=-1)
print(length(a - b) / ((length(a) + length(b)) / 2))                                   # [K]: nought up to the changed token`;

export const engineNear = (phrase: string): string => `${ENGINE}
import {cosines} from "./src/models/insides.js";
const others = ["a cow", "a rocket"];
const embeddings = await engine.embedTexts([${js(phrase)}, ...others]);   // [3, D]
cosines(embeddings, embeddings);                                  // [3, 3]: the first row tells how near they are`;

export const pythonNear = (phrase: string): string => `${PYTHON}
clip = ort.InferenceSession(f"{folder}/clip/onnx/text_model.onnx")                # CLIPTextModelWithProjection
embeds = clip.run(["text_embeds"], {"input_ids": ids(${py(phrase)}, "a cow", "a rocket")})[0]  # [3, D]
embeds /= np.linalg.norm(embeds, axis=1, keepdims=True)
print(embeds @ embeds[0])                                                              # cosines to the first`;

export const engineSpelling = (
  word: string
): string => `import {readBytePairs, replay} from "./src/models/bytePairs.js";

const file = await (await fetch("_file/models/tiny/tokenizer/tokenizer.json")).json();
const {start, merges, tokens} = replay(readBytePairs(file), ${js(word)});`;

export const pythonSpelling = (word: string): string => `from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file("data/models/tiny/tokenizer/tokenizer.json")
encoding = tokenizer.encode(${py(word)}, add_special_tokens=False)
print([(encoding.tokens[i], encoding.ids[i]) for i in range(len(encoding)) if encoding.attention_mask[i]])`;
