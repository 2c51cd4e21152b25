/** diffusers' `scheduler_config.json`: which keys there are, and what they are where the file leaves them out. */

/** All keys that some sampler reads; none is required. `null` is diffusers' None. */
export interface SchedulerConfig {
  readonly _class_name?: string;

  /** T */
  readonly num_train_timesteps?: number;
  readonly beta_start?: number;
  readonly beta_end?: number;
  /** "linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid", "laplace" or "exp" */
  readonly beta_schedule?: string;
  /** Betas given one by one, in place of a schedule. */
  readonly trained_betas?: readonly number[] | null;
  readonly rescale_betas_zero_snr?: boolean;
  /** "epsilon", "v_prediction" or "sample" */
  readonly prediction_type?: string;

  /** "leading", "linspace" or "trailing" */
  readonly timestep_spacing?: string;
  /** Added to every timestep of the leading spacing. */
  readonly steps_offset?: number;
  /** Whether a run ends at alpha-bar 1, or at that of timestep 0. */
  readonly set_alpha_to_one?: boolean;

  readonly clip_sample?: boolean;
  readonly clip_sample_range?: number;
  readonly thresholding?: boolean;
  readonly dynamic_thresholding_ratio?: number;
  readonly sample_max_value?: number;

  /** DDPM: the noise's variance. "fixed_small", "fixed_large", "learned" and the like. */
  readonly variance_type?: string | null;
  /** PNDM: whether to begin without Runge-Kutta steps. */
  readonly skip_prk_steps?: boolean;

  readonly use_karras_sigmas?: boolean | null;
  readonly use_exponential_sigmas?: boolean | null;
  readonly use_lu_lambdas?: boolean | null;
  readonly use_beta_sigmas?: boolean | null;
  readonly use_flow_sigmas?: boolean | null;
  readonly sigma_min?: number | null;
  readonly sigma_max?: number | null;
  /** Whether a run ends at sigma 0 ("zero") or at the smallest of training ("sigma_min"). */
  readonly final_sigmas_type?: string;
  /** Euler: "linear" or "log_linear" */
  readonly interpolation_type?: string;
  /** Euler: "discrete" timesteps or "continuous" ones, log(sigma) / 4. */
  readonly timestep_type?: string;

  /** DPM-Solver and UniPC: 1, 2 or 3 */
  readonly solver_order?: number;
  readonly solver_type?: string;
  readonly algorithm_type?: string;
  readonly lower_order_final?: boolean;
  readonly euler_at_final?: boolean;
  /** The smallest log-SNR / 2 that a run starts at; null is no limit. */
  readonly lambda_min_clipped?: number | null;
  readonly predict_x0?: boolean;
  /** UniPC: step indices after which no correction is made. */
  readonly disable_corrector?: readonly number[];

  /** LCM: the steps of the distillation, of which a run takes some. */
  readonly original_inference_steps?: number;
  readonly timestep_scaling?: number;
}

export type FullConfig = Required<Omit<SchedulerConfig, "_class_name">>;

/** Keys that every class knows. */
const COMMON = {
  num_train_timesteps: 1000,
  beta_start: 0.0001,
  beta_end: 0.02,
  beta_schedule: "linear",
  trained_betas: null,
  prediction_type: "epsilon",
  timestep_spacing: "leading",
  steps_offset: 0
};

/** Keys that only some classes know, as the others behave. */
const ABSENT = {
  rescale_betas_zero_snr: false,
  set_alpha_to_one: true,
  ...{clip_sample: false, clip_sample_range: 1},
  ...{thresholding: false, dynamic_thresholding_ratio: 0.995, sample_max_value: 1},
  ...{variance_type: null, skip_prk_steps: false},
  ...{use_karras_sigmas: false, use_exponential_sigmas: false, use_lu_lambdas: false},
  ...{use_beta_sigmas: false, use_flow_sigmas: false, sigma_min: null, sigma_max: null},
  ...{final_sigmas_type: "zero", interpolation_type: "linear", timestep_type: "discrete"},
  ...{solver_order: 2, solver_type: "midpoint", algorithm_type: "dpmsolver++"},
  ...{lower_order_final: true, euler_at_final: false, lambda_min_clipped: null},
  ...{predict_x0: true, disable_corrector: []},
  ...{original_inference_steps: 50, timestep_scaling: 10}
};

/**
 * A class's whole configuration, as diffusers' `from_config` has it: a key it does not know is passed over, a key left
 * out has the class's default.
 * @param defaults the keys that this class knows beyond the common ones, or has another default for
 */
export function fullConfig(given: SchedulerConfig, defaults: SchedulerConfig): FullConfig {
  const known = {...COMMON, ...defaults};
  const chosen = Object.entries(given).filter(([key, value]) => key in known && value !== undefined);
  return {...ABSENT, ...known, ...Object.fromEntries(chosen)};
}
