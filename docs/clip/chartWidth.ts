/** A chart's own width in pixels: it is scaled to its place, so a narrow window wants a narrow chart with letters that can be read. */
export function chartWidth(wide: number): number {
  const narrow = typeof matchMedia === "function" && matchMedia("(max-width: 700px)").matches;
  return narrow ? Math.min(wide, 340) : wide;
}
