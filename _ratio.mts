import {loadModelFromFolder} from "./src/node.js";
import {textToImage} from "./src/pipeline.js";
import {attentionMaps} from "./src/trace/attention.js";
import {aggregate} from "./src/trace/daam.js";
const model = await loadModelFromFolder("data/models/tiny");
const run = async (trace: string[] | undefined) => {
  const began = performance.now();
  for await (const {inside} of textToImage(model, {prompt: "a cat in the city", seed: 3, steps: 20, guidance: 4, sampler: "ddim", trace}))
    if (trace) aggregate(attentionMaps(inside, {kind: "cross"}));
  return performance.now() - began;
};
await run(undefined); await run(["attn2"]);
const plain: number[] = [], traced: number[] = [];
for (let i = 0; i < 4; i++) { plain.push(await run(undefined)); traced.push(await run(["attn2"])); }
const med = (v: number[]) => [...v].sort((a, b) => a - b)[1];
console.log(plain.map(Math.round), traced.map(Math.round), "ratio of medians", (med(traced) / med(plain)).toFixed(3), "ratio of least", (Math.min(...traced) / Math.min(...plain)).toFixed(3));
await model.release();
