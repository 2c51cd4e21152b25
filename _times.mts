import {readFileSync, writeFileSync} from "node:fs";
import {recordedFilm} from "./docs/page/recorded.js";
import {layerTimes} from "./docs/unet/times.js";
import {loadModelFromFolder} from "./src/node.js";
import {planOfRoles} from "./src/unet/plan.js";
const path = "docs/recorded/unet.json";
const recording = JSON.parse(readFileSync(path, "utf8"));
const film = recordedFilm(JSON.parse(readFileSync("docs/recorded/horse.json", "utf8")), Uint8Array.from(readFileSync("docs/recorded/horse.bin")).buffer);
const model = await loadModelFromFolder("data/models/tiny");
const encoderHiddenStates = await model.encodeText([film.prompt]);
const {xt, timestep} = film.steps[12];
const plan = planOfRoles(await model.roles("unet"));
const digits = (v: number) => Number(v.toPrecision(4));
let best: any = null;
for (let i = 0; i < 3; i++) {
  const t = layerTimes(await model.timings({sample: xt, timestep, encoderHiddenStates}, 40), plan);
  console.log(t.seconds);
  if (!best || t.seconds < best.seconds) best = t;
}
await model.release();
recording.times = {calls: 40, seconds: digits(best.seconds), layers: plan.layers.map(({role}) => digits(best.shares.get(role))), embedding: digits(best.shares.get("time_embedding"))};
writeFileSync(path, JSON.stringify(recording) + "\n");
