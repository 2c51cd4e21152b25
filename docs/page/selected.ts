import type {Store} from "./store.js";

/** Calls `act` at first, and whenever one of the named values of the state has changed: a view that nothing happened to rests. */
export function onSelected<S extends object>(
  store: Pick<Store<S>, "onChange">,
  names: readonly (keyof S)[],
  act: (state: Readonly<S>) => void
): void {
  let known: S[keyof S][] | null = null;
  store.onChange((state) => {
    const next = names.map((name) => state[name]);
    if (known && next.every((value, i) => Object.is(value, known![i]))) return;
    known = next;
    act(state);
  });
}
