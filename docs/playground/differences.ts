import type {FieldName, Wish} from "../components/runFields.js";

/** What arm B begins with where the reader lets it differ: another value than arm A's, so that there is something to see. */
export function firstDifference(name: FieldName, wish: Wish): Partial<Wish> {
  const values: Wish = {
    prompt: wish.prompt.includes("horse") ? wish.prompt.replace("horse", "cow") : `${wish.prompt} at night`,
    negative: wish.negative ? "" : "grass",
    seed: wish.seed + 1,
    noiseSeed: (wish.noiseSeed ?? 0) + 1,
    sampler: wish.sampler === "ddpm" ? "ddim" : "ddpm",
    steps: wish.steps >= 20 ? Math.round(wish.steps / 3) : Math.min(50, 3 * wish.steps),
    guidance: wish.guidance === 1 ? 4 : 1,
    eta: wish.eta > 0 ? 0 : 1
  };
  return {[name]: values[name]};
}

/** Arm B's own values once the reader has chosen in which fields it differs: what it had is kept. */
export function differing(names: readonly FieldName[], other: Partial<Wish>, wish: Wish): Partial<Wish> {
  const kept = names.map((name) => (name in other ? {[name]: other[name]} : firstDifference(name, wish)));
  return Object.assign({}, ...kept) as Partial<Wish>;
}
