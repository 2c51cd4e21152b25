import type {Store} from "./store.js";

/** How one name of the address's query is read: `undefined` where the text is not valid. */
export type Field<T> = (text: string) => T | undefined;

/** Any text, at most 10,000 characters of it. */
export const text: Field<string> = (value) => value.slice(0, 10_000);

/** A number from `min` to `max`; with `step` of 1, rounded. */
export function number(min: number, max: number, {whole = false} = {}): Field<number> {
  return (value) => {
    const parsed = value.trim() ? Number(value) : NaN;
    if (!(parsed >= min && parsed <= max)) return undefined;
    return whole ? Math.round(parsed) : parsed;
  };
}

/** One of a few words. */
export function choice<T extends string>(...words: readonly T[]): Field<T> {
  return (value) => words.find((word) => word === value);
}

/** A seed: a whole number from 0 to 2^32 - 1. */
export const seed = number(0, 2 ** 32 - 1, {whole: true});

/** What an address asks for, by the fields of a page; what is missing or not valid is left out. */
export function readQuery<S extends object>(query: string, fields: {[K in keyof S]: Field<S[K]>}): Partial<S> {
  const params = new URLSearchParams(query);
  const read = (Object.keys(fields) as (keyof S & string)[]).map((name) => {
    const value = params.get(name);
    return [name, value === null ? undefined : fields[name](value)] as const;
  });
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as Partial<S>;
}

/** The query of named values; `null` and what equals its default is left out, so that a plain visit has a plain address. */
export function writeQuery(
  values: Readonly<Record<string, string | number | null>>,
  defaults: Readonly<Record<string, string | number | null>> = {}
): string {
  const told = Object.entries(values).filter(([name, value]) => value !== null && value !== defaults[name]);
  const query = String(new URLSearchParams(told.map(([name, value]) => [name, String(value)])));
  return query && `?${query}`;
}

/** Names that mean the same on every page, and travel with the reader from chapter to chapter. */
const SHARED = ["prompt", "negative", "seed", "noiseSeed", "sampler", "steps", "guidance", "eta"];

/**
 * Keeps the page's address at `queryOf(state)`, at most twice a second, and the links to other chapters at the shared part of it, so
 * that the story goes on with the same prompt and seed.
 */
export function keepQuery<S extends object>(
  store: Store<S>,
  queryOf: (state: Readonly<S>) => string,
  {wait = 500} = {}
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.onChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const query = queryOf(store.state);
      if (query !== location.search) history.replaceState(history.state, "", location.pathname + query + location.hash);
      takeAlong(query);
    }, wait);
  });
}

/** Gives every link to a chapter the shared part of a query. */
export function takeAlong(query: string, root: ParentNode = document): void {
  const params = new URLSearchParams(query);
  for (const name of [...params.keys()]) if (!SHARED.includes(name)) params.delete(name);
  for (const link of root.querySelectorAll<HTMLAnchorElement>("a[data-chapter]")) {
    const [plain, hash] = (link.getAttribute("href") ?? "").split("#");
    const path = plain.split("?")[0];
    link.setAttribute("href", path + (params.size ? `?${params}` : "") + (hash ? `#${hash}` : ""));
  }
}
