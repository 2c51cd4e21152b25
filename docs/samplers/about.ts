/** What a card says of a sampler, beside what the registry knows of it. */
export interface About {
  /** The idea in a sentence. */
  readonly idea: string;
  /** When to use it. */
  readonly use: string;
  /** Authors and year of the paper that the registry links. */
  readonly paper: string;
}

export const ABOUT: Readonly<Record<string, About | undefined>> = {
  ddpm: {
    idea: "Steps back as training stepped forward: a mean between xt and x̂0, and fresh noise of the exact variance on top.",
    use: "When there is time for many steps, and to see where it all began. Its theory asks for small steps; the recording above shows what few long ones do.",
    paper: "Ho, Jain and Abbeel 2020"
  },
  ddim: {
    idea: "Takes the predicted noise back in place of fresh noise, so that the whole run follows from its start; eta moves weight back to fresh noise.",
    use: "Whenever a run shall be repeated, inverted or interpolated. Twenty to fifty steps are the rule.",
    paper: "Song, Meng and Ermon 2021"
  },
  pndm: {
    idea: "Mixes its last four noises into a better one, with the weights of Adams and Bashforth (1883); its first three steps ask four times each, for there are no earlier noises to mix yet.",
    use: "Fewer steps than DDIM for the same error. The files of Stable Diffusion 1.5 name it as their default.",
    paper: "Liu and others 2022"
  },
  euler: {
    idea: "Rescaled so that noise is simply added, a run is a curve; follow its tangent to the next noise level. In these coordinates a run starts from noise about σ = 14.6 times as large.",
    use: "A good first choice: simple, deterministic, steady. DDIM’s step is the same one in other coordinates.",
    paper: "Karras and others 2022"
  },
  "euler-a": {
    idea: "Goes down further than asked, then up again with fresh noise: an ancestor of the sample is drawn at every step.",
    use: "For variety from one start. More steps give another picture, not a better one: it does not settle.",
    paper: "Song and others 2021, after Crowson's k-diffusion"
  },
  heun: {
    idea: "Tries Euler's step, asks again at its end, and walks with the mean of both directions.",
    use: "When few, large steps must be accurate. Each step costs two calls, so compare by calls.",
    paper: "Karras and others 2022"
  },
  lms: {
    idea: "Lays a polynomial through its last four directions and follows it to the next noise level, however uneven the steps are.",
    use: "Like PNDM, for sigma's uneven steps. With very few steps the polynomial can overshoot.",
    paper: "Crowson's k-diffusion"
  },
  "dpm++2m": {
    idea: "Solves exactly what is known of the curve and guesses only how x̂0 changes, from this guess and the one before.",
    use: "The usual choice for 15 to 30 steps: second order for one call a step, and steady under guidance.",
    paper: "Lu and others 2022"
  },
  "dpm++2m-sde": {
    idea: "The same solver for the process with noise: fresh noise replaces what decays during the step.",
    use: "For the steadiness of DPM-Solver++ with the variety of fresh noise.",
    paper: "Lu and others 2022"
  },
  unipc: {
    idea: "Uses each call twice: first to correct the step that led here, then to predict the next.",
    use: "For 5 to 15 steps, where a correction at no extra call counts most.",
    paper: "Zhao and others 2023"
  },
  lcm: {
    idea: "Jumps straight to a clean picture, noises it again a little less, and jumps again.",
    use: "Only with a model distilled for it (a latent consistency model), in 2 to 8 steps. This model is not: the picture shows where its jumps land without.",
    paper: "Luo and others 2023"
  }
};
