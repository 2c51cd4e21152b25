import type {Codes} from "../page/codes.js";
import {endsOf, isOwnCosine, isTrained, SCHEDULES, trained, type NoiseState, type ScheduleChoice} from "./state.js";

/** What the engine's lines import for a schedule. */
export const scheduleNames = (choice: ScheduleChoice): string =>
  isOwnCosine(choice) ? "cosineBetas, makeSchedule" : "makeSchedule";

/** A choice as the engine's lines pass it to `makeSchedule`. */
export const engineSchedule = (choice: ScheduleChoice): string =>
  isOwnCosine(choice)
    ? `trained_betas: [...cosineBetas(1000, ${choice.offset})]`
    : `beta_schedule: "${choice.schedule}", beta_start: ${endsOf(choice)[0]}, beta_end: ${endsOf(choice)[1]}`;

/** The line of Python that makes the scheduler, after what it needs. */
export const pythonScheduler = (choice: ScheduleChoice): string =>
  isTrained(choice)
    ? `scheduler = DDPMScheduler.from_pretrained("data/models/tiny/scheduler")`
    : `${pythonBetas(choice)}scheduler = DDPMScheduler(${pythonSchedule(choice)})`;

/** A choice as Python passes it to a scheduler. */
const pythonSchedule = (choice: ScheduleChoice): string =>
  isOwnCosine(choice)
    ? "trained_betas=betas"
    : `beta_schedule="${choice.schedule}", beta_start=${endsOf(choice)[0]}, beta_end=${endsOf(choice)[1]}`;

/** The betas of a cosine with its own offset, for which diffusers has no key; nothing for other choices. */
const pythonBetas = (choice: ScheduleChoice): string =>
  isOwnCosine(choice)
    ? `import math

alpha_bar = lambda u: math.cos((u + ${choice.offset}) / (1 + ${choice.offset}) * math.pi / 2) ** 2
betas = [min(1 - alpha_bar((i + 1) / 1000) / alpha_bar(i / 1000), 0.999) for i in range(1000)]
`
    : "";

/** The four curves at t, of each schedule. */
export const schedulesCode = ({t, ...state}: Pick<NoiseState, "t" | keyof ScheduleChoice>): Codes => {
  const choices = SCHEDULES.map((schedule) => (schedule === state.schedule ? state : {...trained, schedule}));
  return {
    engine: `import {${scheduleNames(state)}} from "./src/index.js";

for (const choice of [
${choices.map((choice) => `  {${engineSchedule(choice)}}`).join(",\n")}
]) {
  const {betas, alphasCumprod, snr, sigmas} = makeSchedule(choice);
  console.log(choice.beta_schedule ?? "cosine", betas[${t}], alphasCumprod[${t}], snr[${t}], sigmas[${t}]);
}`,
    python: `from diffusers import DDPMScheduler

${pythonBetas(state)}for options in [
${choices.map((choice) => `    dict(${pythonSchedule(choice)})`).join(",\n")}
]:
    scheduler = DDPMScheduler(**options)
    a = scheduler.alphas_cumprod[${t}].double()
    print(options.get("beta_schedule", "cosine"), scheduler.betas[${t}].item(), a.item(), (a / (1 - a)).item(), ((1 - a) / a).sqrt().item())`
  };
};

/** The timesteps that each spacing visits. */
export const spacingsCode = ({steps, ...choice}: Pick<NoiseState, "steps" | keyof ScheduleChoice>): Codes => ({
  engine: `import {${scheduleNames(choice)}, spacedTimesteps} from "./src/index.js";

const {alphasCumprod} = makeSchedule({${engineSchedule(choice)}});
for (const timestep_spacing of ["leading", "linspace", "trailing"]) {
  const visited = spacedTimesteps(${steps}, {timestep_spacing, steps_offset: timestep_spacing === "leading" ? 1 : 0});
  console.log(timestep_spacing, visited, Math.sqrt(alphasCumprod[visited[0]]));    // what is left where it begins
}`,
  python: `from diffusers import DDIMScheduler

${pythonBetas(choice)}for spacing in ["leading", "linspace", "trailing"]:
    scheduler = DDIMScheduler(timestep_spacing=spacing, steps_offset=1 if spacing == "leading" else 0,
                              ${pythonSchedule(choice)})
    scheduler.set_timesteps(${steps})
    print(spacing, scheduler.timesteps.tolist(), scheduler.alphas_cumprod[scheduler.timesteps[0]].sqrt().item())`
});
