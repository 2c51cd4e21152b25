/** The buffers inside a value of arrays and plain objects, each once: what postMessage moves and need not copy. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  collect(value, buffers);
  return [...buffers];
}

function collect(value: unknown, buffers: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer); // shared memory stays where it is
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) collect(part, buffers);
  }
}
