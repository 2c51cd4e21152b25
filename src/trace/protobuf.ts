/** Protobuf's wire format, as much of it as ONNX files need: https://protobuf.dev/programming-guides/encoding. */

export interface Field {
  readonly number: number;
  /** Of strings, bytes and messages; empty for numbers. */
  readonly bytes: Uint8Array;
  /** Of whole numbers; 0 for all else. Beyond 2^53 it is rounded. */
  readonly value: number;
}

/** Wire types. */
export const VARINT = 0;
const FIXED_64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const NOTHING = new Uint8Array(0);
const text = new TextDecoder();

/** The fields of a message, in its order; numbers of a fixed width are passed over. @throws when it is none */
export function fields(message: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    const {value, next} = readVarint(message, at);
    at = next;
    return value;
  };
  while (at < message.length) {
    const key = varint();
    const [number, wire] = [Math.floor(key / 8), key & 7];
    if (wire === LENGTH_DELIMITED) {
      const length = varint();
      if (at + length > message.length) throw new Error("this is no ONNX file: a part is longer than the whole");
      found.push({number, bytes: message.subarray(at, (at += length)), value: 0});
    } else if (wire === VARINT) found.push({number, bytes: NOTHING, value: varint()});
    else at += fixedWidth(wire);
  }
  return found;
}

/** Bytes of a number of this wire type. @throws when there is no such type */
export function fixedWidth(wire: number): number {
  if (wire === FIXED_64) return 8;
  if (wire === FIXED_32) return 4;
  throw new Error(`this is no ONNX file: it holds a field of kind ${wire}`);
}

/** A whole number of seven bits a byte, least first, and where the next thing begins. */
export function readVarint(bytes: Uint8Array, from: number): {value: number; next: number} {
  let value = 0;
  let at = from;
  for (let scale = 1; ; scale *= 128) {
    if (at >= bytes.length) throw new Error("this is no ONNX file: it ends inside a number");
    const byte = bytes[at++];
    value += (byte & 127) * scale;
    if (byte < 128) return {value, next: at};
  }
}

export const allOf = (parts: readonly Field[], number: number): Uint8Array[] =>
  parts.filter((part) => part.number === number).map(({bytes}) => bytes);

export const strings = (parts: readonly Field[], number: number): string[] =>
  allOf(parts, number).map((bytes) => text.decode(bytes));

/** A field that holds a message, a string or bytes. */
export function message(number: number, content: Uint8Array): Uint8Array {
  return joined([varintBytes(number * 8 + LENGTH_DELIMITED), varintBytes(content.length), content]);
}

/** A field that holds a whole number. */
export function numberField(number: number, value: number): Uint8Array {
  return joined([varintBytes(number * 8 + VARINT), varintBytes(value)]);
}

function varintBytes(value: number): Uint8Array {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
