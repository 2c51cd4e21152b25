type Child = Node | string | null;
type Listener = (event: Event) => void;
type Attribute = string | number | boolean | null | undefined | Listener;

/**
 * An HTML element. An attribute that starts with "on" is a listener; `true` writes an empty attribute; `false`, `null` and `undefined`
 * write none. A child of `null` is left out.
 */
export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  assign(node, attributes);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** An SVG element, by the same rules. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(node, attributes);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Tells the page that an input's value has changed. */
export function announce(node: Node): void {
  node.dispatchEvent(new Event("input", {bubbles: true}));
}

/** Gives a node a `value` that is read, and may be set, through functions. */
export function withValue<N extends Node, V>(node: N, get: () => V, set?: (value: V) => void): N & {value: V} {
  return withProperty(node, "value", get, set);
}

/** Gives a node any property that is read, and may be set, through functions. */
export function withProperty<N extends Node, K extends string, V>(
  node: N,
  name: K,
  get: () => V,
  set?: (value: V) => void
): N & Record<K, V> {
  return Object.defineProperty(node, name, {get, set, configurable: true}) as N & Record<K, V>;
}

/** Whether the reader asked their system for less motion. */
export function prefersReducedMotion(): boolean {
  return typeof matchMedia === "function" && matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function assign(node: Element, attributes: Record<string, Attribute>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}
