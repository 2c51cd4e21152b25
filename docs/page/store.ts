/** A page's state with one place to change it. Listeners hear of all changes of one frame at once. */
export interface Store<S extends object> {
  readonly state: Readonly<S>;
  set(change: Partial<S>): void;
  onChange(listener: (state: Readonly<S>) => void): void;
}

/** Options: how a notification is put off to the next frame; tests pass their own. */
export interface StoreOptions {
  later?: (callback: () => void) => unknown;
}

/** A store. A listener that is added is called once at the next frame, too. */
export function createStore<S extends object>(
  initial: S,
  {later = requestAnimationFrame}: StoreOptions = {}
): Store<S> {
  const state = {...initial};
  const listeners: ((state: Readonly<S>) => void)[] = [];
  let pending = false;

  function notify(): void {
    if (pending) return;
    pending = true;
    later(() => {
      pending = false;
      for (const listener of listeners) listener(state);
    });
  }

  return {
    state,
    set(change) {
      Object.assign(state, change);
      notify();
    },
    onChange(listener) {
      listeners.push(listener);
      notify();
    }
  };
}
