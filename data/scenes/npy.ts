/** numpy's .npy format, version 1, written as a stream of bytes: readable memory-mapped, whatever the size. */
import {closeSync, openSync, writeSync} from "node:fs";

export interface ByteArrayWriter {
  write(rows: Uint8Array): void;
  close(): void;
}

/** A file of unsigned bytes with these dimensions, row-major. */
export function byteArrayWriter(path: string, dims: readonly number[]): ByteArrayWriter {
  const file = openSync(path, "w");
  writeSync(file, npyHeader(dims));
  return {write: (rows) => void writeSync(file, rows), close: () => closeSync(file)};
}

export function npyHeader(dims: readonly number[]): Uint8Array {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(", ");
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape}), }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + "\n";
  const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${padded}`, "latin1");
  header.writeUInt16LE(padded.length, 8);
  return header;
}
