/** What goes wrong in onnxruntime itself: after it nothing that was opened can be trusted. */
export interface FaultKind {
  /** Another backend may do what this one cannot. */
  readonly replaceable: boolean;
  /** A fresh start may do what this one did not. */
  readonly passing: boolean;
}

export class RuntimeFault extends Error {
  constructor(
    message: string,
    readonly kind: FaultKind
  ) {
    super(message);
    this.name = "RuntimeFault";
  }
}

/**
 * onnxruntime's complaints of what it was given (OrtErrorCode: invalid argument, no such file, no model, invalid
 * protobuf, model loaded, not implemented, invalid graph; shapes that do not go together; and its checks of names): it goes on as
 * before.
 */
const COMPLAINT =
  /ERROR_CODE: (2|3|4|7|8|9|10)\b|ERROR_CODE: 1\b.*broadcast|'feeds'|'fetches'|^invalid (input|output) '/i;

const NO_MEMORY = /bad_alloc|allocat|out of memory|\boom\b|memory access out of bounds/i;
/** WebGPU's: a run that was under way when the device was lost is told by what it could not fetch. */
const NO_DEVICE = /webgpu\/buffer_manager|device (was|is) (lost|destroyed)|MapAsync/i;
const NO_START = /no available backend found|dynamically imported module|importing a module/i;

/** Opening a graph failed: another backend may be able to. */
export function faultOfOpening(path: string, error: unknown): RuntimeFault {
  return new RuntimeFault(sentence(`${path} cannot be opened`, error), {replaceable: true, passing: !complains(error)});
}

/** A run failed: an Error of what it was given, or a fault. */
export function faultOfRun(path: string, error: unknown): Error {
  if (complains(error)) return new Error(`${path} cannot run this: ${told(error)}`);
  return new RuntimeFault(sentence(`${path} stopped`, error), {replaceable: false, passing: true});
}

const complains = (error: unknown): boolean => COMPLAINT.test(told(error));

function sentence(what: string, error: unknown): string {
  const why = told(error);
  if (NO_START.test(why)) return `onnxruntime does not start: ${why}; look at the connection and try again`;
  if (NO_MEMORY.test(why)) return `${what}: there is not enough memory (${why}); close other tabs and try again`;
  if (NO_DEVICE.test(why)) return `${what}: the graphics device was lost; try again`;
  return `${what}: ${why}`;
}

/** A thrown value in words; wasm throws numbers, too. onnxruntime's own sentence ends where its place in the source begins. */
function told(error: unknown): string {
  const text = error instanceof Error ? error.message : `onnxruntime threw ${String(error)}`;
  return text.split("\n")[0].slice(0, 300);
}
