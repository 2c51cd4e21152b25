import {drawingSamplers, stepRange} from "../components/armSettings.js";
import {html} from "../components/dom.js";
import {pixelCanvas, type PixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";
import {symbol} from "../components/symbol.js";
import type {SamplerFacts} from "../src/samplers/sampler.js";
import {WORLD_SCHEDULE} from "../src/world/worldModel.js";
import type {Store} from "../page/store.js";
import {ABOUT} from "./about.js";
import {longer, nearestCall} from "../page/inStep.js";
import {sharesOfSteps, type StepShares} from "./shares.js";
import {ARM_NAMES, type ArmRun, type SamplersState} from "./state.js";

/** The recorded picture of each sampler, from one noise. */
export interface RecordedCards {
  readonly prompt: string;
  readonly seed: number;
  readonly guidance: number;
  readonly cards: readonly {readonly sampler: string; readonly steps: number; readonly calls: number}[];
}

/** One card a sampler. Its numbers are those of the step that the scrubber shows, at arm A's number of steps. */
export function cards(
  store: Store<SamplersState>,
  recorded: RecordedCards | undefined
): HTMLElement & {show(pictures: readonly Pixels[]): void} {
  const made = drawingSamplers.map((facts) => card(store, facts, recorded));
  const node = html("div", {class: "cards wide"}, ...made.map((each) => each.node));
  return Object.assign(node, {
    show: (pictures: readonly Pixels[]) => {
      for (const {name, paint} of made) {
        const index = (recorded?.cards ?? []).findIndex(({sampler}) => sampler === name);
        if (pictures[index]) paint(pictures[index]);
      }
    }
  });
}

function card(store: Store<SamplersState>, facts: SamplerFacts, recorded: RecordedCards | undefined) {
  const {name, title, order, callsPerStep, noise, paper} = facts;
  const about = ABOUT[name]; // none of a sampler that is new: then the card has its facts alone
  const picture = pixelCanvas(null, {smooth: true});
  const formula = html("p", {class: "update"});
  const calls = `${callsPerStep} UNet ${callsPerStep === 1 ? "call" : "calls"} a step`;
  const fresh = {never: "no noise added", optional: "noise only if asked for", always: "adds noise"}[noise];
  const link = paper.startsWith("arXiv:") ? `https://arxiv.org/abs/${paper.slice(6)}` : paper;
  const source = html("a", {href: link, rel: "external"}, paper.replace("https://", ""));

  store.onChange(({arms: [{steps, eta}], runs, step}) => {
    const shares = sharesAt(name, {steps, eta, run: longer(runs), step});
    formula.replaceChildren(...(shares ? formulaNodes(shares) : []));
  });

  const use = ([0, 1] as const).map((index) =>
    html(
      "button",
      {
        type: "button",
        class: "chip",
        "aria-label": `Use ${title} in arm ${ARM_NAMES[index]}`,
        onclick: () => store.set({arms: withSampler(store.state.arms, index, name)})
      },
      `Arm ${ARM_NAMES[index]}`
    )
  );
  const node = html(
    "article",
    {class: "sampler-card", "aria-label": title},
    html("figure", {}, picture, html("figcaption", {}, pictureText(picture, facts, recorded))),
    html(
      "div",
      {},
      html("h3", {}, title),
      about ? html("p", {}, about.idea) : "",
      formula,
      html("p", {class: "facts"}, `order ${order} · ${calls} · ${fresh}`),
      about ? html("p", {class: "use"}, about.use) : "",
      html("p", {class: "facts"}, about ? `${about.paper}, ` : "", source),
      html("div", {class: "chips"}, ...use)
    )
  );
  return {name, node, paint: (pixels: Pixels) => picture.paint(pixels)};
}

/** Names the picture, and says what was recorded. */
function pictureText(picture: PixelCanvas, {name, title}: SamplerFacts, recorded: RecordedCards | undefined): string {
  const record = recorded?.cards.find(({sampler}) => sampler === name);
  if (!recorded || !record) return "not recorded for this model yet";
  const told = `${record.steps} steps, ${record.calls} calls`;
  picture.label(`“${recorded.prompt}” by ${title}, ${told}, recorded`);
  return `recorded · seed ${recorded.seed} · guidance ${recorded.guidance} · ${told}`;
}

function withSampler(arms: SamplersState["arms"], index: 0 | 1, sampler: string): SamplersState["arms"] {
  const changed = arms.map((arm, i) => (i === index ? {...arm, sampler} : arm));
  return [changed[0], changed[1]];
}

const known = new Map<string, StepShares[]>();

/** The sampler's own step nearest in noise to the one shown. */
function sharesAt(
  name: string,
  {steps, eta, run, step}: {steps: number; eta: number; run: ArmRun; step: number}
): StepShares | undefined {
  const [least, most] = stepRange(name);
  const count = Math.min(most, Math.max(least, steps));
  const own = name === "ddim" ? eta : 0;
  const key = [name, count, own].join();
  if (!known.has(key)) known.set(key, sharesOfSteps(name, WORLD_SCHEDULE, count, own));
  const all = known.get(key)!;
  const alpha = run.steps[step]?.alphaCumprod ?? 0;
  return all[nearestCall({steps: all}, alpha)];
}

/** x′ = 0.63 x̂0 + 0.77 ε̂ + 0.12 z, at t = 501 */
function formulaNodes({timestep, coefficients, remembered}: StepShares): (Node | string)[] {
  const past = remembered.map(({of, share}, i) => [share, pastSymbol(of, i + 1)] as const);
  const terms = [
    [coefficients.x0, symbol("x", {hat: true, index: "0"})],
    [coefficients.eps, symbol("ε", {hat: true})],
    ...past,
    [coefficients.noise, symbol("z")]
  ] as const;
  const shown = terms.filter(([share], i) => i < 2 || Math.abs(share) >= 0.0005);
  const words = shown.flatMap(([share, letter], i) => {
    const sign = share < 0 ? " − " : i ? " + " : " ";
    return [html("span", {class: "summand"}, `${sign}${Math.abs(share).toFixed(3)} `, letter)];
  });
  return [symbol("x′"), " =", ...words, html("span", {class: "facts"}, ` at t = ${Number(timestep.toFixed(1))}`)];
}

function pastSymbol(of: StepShares["remembered"][number]["of"], back: number): HTMLElement {
  if (of === "sample") return symbol("x", {index: "begun"});
  return of === "eps" ? symbol("ε", {hat: true, index: `−${back}`}) : symbol("x", {hat: true, index: `0, −${back}`});
}
