/** Noise levels between those of training: sigma at any timestep, the timestep of any sigma, and spacings in sigma. */

const RHO = 7;

/** Sigma at a timestep, straight between whole ones and held at both ends (numpy.interp). */
export function sigmaAt(timestep: number, sigmas: Float32Array): number {
  const t = Math.min(Math.max(timestep, 0), sigmas.length - 1);
  const low = Math.min(Math.floor(t), sigmas.length - 2);
  return (sigmas[low + 1] - sigmas[low]) * (t - low) + sigmas[low];
}

/** The timestep of a noise level, straight in log(sigma) between the whole ones; 0 ... T-1. */
export function timestepOf(sigma: number, logSigmas: Float32Array): number {
  const wanted = Math.log(Math.max(sigma, 1e-10));
  const above = logSigmas.findIndex((value) => value > wanted);
  const low = Math.min(Math.max((above < 0 ? logSigmas.length : above) - 1, 0), logSigmas.length - 2);
  const share = (logSigmas[low] - wanted) / Math.fround(logSigmas[low] - logSigmas[low + 1]);
  const w = Math.min(Math.max(share, 0), 1);
  return (1 - w) * low + w * (low + 1);
}

/** Evenly spaced in sigma^(1/7), so that steps shrink towards the picture. Karras et al. 2022, arXiv:2206.00364, eq. 5. */
export function karrasSigmas({min, max}: {min: number; max: number}, count: number): number[] {
  const [from, to] = [max ** (1 / RHO), min ** (1 / RHO)];
  return ramp(count).map((share) => (from + share * (to - from)) ** RHO);
}

/** Evenly spaced in log(sigma): each sigma is the same fraction of the one before. */
export function exponentialSigmas({min, max}: {min: number; max: number}, count: number): number[] {
  const [from, to] = [Math.log(max), Math.log(min)];
  return ramp(count).map((share) => Math.exp(from + share * (to - from)));
}

const ramp = (count: number): number[] => Array.from({length: count}, (_, i) => (count > 1 ? i / (count - 1) : 0));
