/**
 * What tracing costs: the processor time of a step with insides over one without, in turns: medians, and the median ratio of a turn.
 * npx tsx scripts/tracedStep.ts [model folder] [turns]
 */
import {loadModelFromFolder} from "../src/node.js";
import {Generator} from "../src/random.js";
import {concat} from "../src/tensor.js";

const [folder = "data/models/tiny", turns = "15"] = process.argv.slice(2);
const MODULE =
  /^(time_proj|time_embedding|conv_in|conv_out|((down|up)_blocks\.\d+|mid_block)(\.(resnets|attentions|(down|up)samplers)\.\d+)?)$/;

// One thread: processor time is then the time of a quiet machine, however busy this one is.
const model = await loadModelFromFolder(folder, {threads: 1});
const all = await model.roles("unet");
const blocks = all.filter(({module}) => MODULE.test(module)).map(({role}) => role);
const sets: Record<string, readonly string[]> = {
  "no insides": [],
  "cross-attention": ["attn2"],
  "all attention": ["attn1", "attn2"],
  "all attention, every block, resnet and transformer": ["attn1", "attn2", ...blocks],
  "all there is": ["*"]
};
const states = await model.encodeText(["", "a horse on the grass"]);
const one = new Generator(1).randn([1, ...model.latentShape]);
const sample = concat([one, one]);

const seconds = new Map<string, number[]>(Object.keys(sets).map((name) => [name, []]));
const counts = new Map<string, string>();
for (let turn = -1; turn < Number(turns); turn++) {
  for (const [name, roles] of Object.entries(sets)) {
    const began = process.cpuUsage();
    const {inside} = await model.predict(sample, 500, states, roles);
    const {user, system} = process.cpuUsage(began);
    const tensors = new Set(Object.values(inside).map(({data}) => data));
    const bytes = [...tensors].reduce((sum, {byteLength}) => sum + byteLength, 0);
    counts.set(name, `${tensors.size} tensors, ${(bytes / 1e6).toFixed(1)} MB`);
    if (turn >= 0) seconds.get(name)?.push((user + system) / 1e6); // the first turn opens sessions
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const plain = seconds.get("no insides") ?? [];
for (const [name, values] of seconds) {
  const ratio = median(values.map((value, i) => value / plain[i]));
  console.info(`${name}: ${(1000 * median(values)).toFixed(0)} ms, ${ratio.toFixed(3)} times (${counts.get(name)})`);
}
await model.release();
