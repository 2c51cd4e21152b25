/** jsdom has no canvas: a context of none lets components build their nodes, and a fixed address stands for any picture. */
export function withoutCanvas(): void {
  HTMLCanvasElement.prototype.getContext = (() => null) as typeof HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.toDataURL = () => "data:image/png;base64,";
}
