/**
 * An ONNX file without its weights, put together from as few parts of it as will do: 860 million weights may lie in one
 * file, and what the file says of itself takes a megabyte. Protobuf tells the length of each thing before the thing,
 * so the weights are stepped over. What comes out is an ONNX file again, for readGraph and readSignature.
 */
import {fixedWidth, joined, LENGTH_DELIMITED, message, readVarint, VARINT} from "./protobuf.js";

/** Bytes from `begin` to before `end`. */
export type ReadBytes = (begin: number, end: number) => Promise<Uint8Array>;

/** What is inside a field: to be left out where it is large, or to be looked through. */
type Plan = "leave out" | {readonly [field: number]: Plan};

/** TensorProto's values: float_data, int32_data, string_data, int64_data, raw_data, double_data, uint64_data. */
const TENSOR: Plan = Object.fromEntries([4, 5, 6, 7, 9, 10, 11].map((field) => [field, "leave out" as const]));
/** ModelProto.graph: its nodes' attributes' tensors, and its initializers. */
const MODEL: Plan = {7: {1: {5: {5: TENSOR}}, 5: TENSOR}};
/** A field of fewer bytes is copied as it is. */
const SMALL = 2048;
/** Key and length of a field take at most this many bytes. */
const LONGEST_KEY = 20;
/** Bytes of a read: few after a step, more the longer it goes straight on. */
const LEAST = 16 << 10;
const MOST = 1 << 20;

/** @param size of the file @throws when it is no ONNX file */
export async function readHeader(read: ReadBytes, size: number): Promise<{model: Uint8Array; bytesRead: number}> {
  const file = openWindow(read, size);
  const model = await copied(file, 0, size, MODEL);
  return {model, bytesRead: file.bytesRead()};
}

async function copied(file: Window, begin: number, end: number, plan: Exclude<Plan, string>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = begin; at < end;) {
    const head = await file.bytes(at, Math.min(at + LONGEST_KEY, end));
    const key = readVarint(head, 0);
    const number = Math.floor(key.value / 8);
    const {from, length} = contentOf(head, key.value & 7, key.next);
    const [start, next] = [at + from, at + from + length];
    if (next > end) throw new Error("this is no ONNX file: a part is longer than the whole");
    const inside = length > SMALL ? plan[number] : undefined;
    if (inside === undefined) parts.push((await file.bytes(at, next)).slice());
    else if (inside !== "leave out") parts.push(message(number, await copied(file, start, next, inside)));
    at = next;
  }
  return joined(parts);
}

/** Where the content of a field begins, counted from its key, and how long it is. */
function contentOf(head: Uint8Array, wire: number, next: number): {from: number; length: number} {
  if (wire === LENGTH_DELIMITED) {
    const {value: length, next: from} = readVarint(head, next);
    return {from, length};
  }
  return {from: next, length: wire === VARINT ? readVarint(head, next).next - next : fixedWidth(wire)};
}

interface Window {
  bytes(begin: number, end: number): Promise<Uint8Array>;
  bytesRead(): number;
}

/** The part of a file that was read last. */
function openWindow(read: ReadBytes, size: number): Window {
  let held = new Uint8Array(0);
  let from = 0;
  let chunk = LEAST;
  let total = 0;
  return {
    bytesRead: () => total,
    async bytes(begin, end) {
      if (begin < from || end > from + held.length) {
        const goesOn = begin <= from + held.length;
        chunk = goesOn ? Math.min(MOST, 2 * chunk) : LEAST;
        const until = Math.min(size, Math.max(end, begin + chunk));
        held = Uint8Array.from(await read(begin, until));
        total += held.length;
        from = begin;
        if (begin + held.length < end) throw new Error("this is no ONNX file: it ends too early");
      }
      return held.subarray(begin - from, end - from);
    }
  };
}
