/**
 * Calls `update` only while `node` is in or near the window, and once more when it comes there: a page of many figures that follow one
 * slider then paints those that can be seen. Where nothing can be observed, always.
 */
export function whileVisible<A extends unknown[]>(node: Element, update: (...args: A) => void): (...args: A) => void {
  if (typeof IntersectionObserver !== "function") return update;
  let visible = false;
  let missed: A | null = null;
  const observer = new IntersectionObserver(
    (entries) => {
      visible = entries[entries.length - 1].isIntersecting;
      if (visible && missed) update(...missed);
      if (visible) missed = null;
    },
    {rootMargin: "30%"}
  );
  observer.observe(node);
  let first = true;
  return (...args) => {
    if (visible || first) update(...args);
    else missed = args;
    first = false; // so that a figure has its size from the start
  };
}
