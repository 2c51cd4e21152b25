// A picture as a PNG file that says how it was made (PNG specification, 11.3.3: textual information).
import {decode, encode} from "fast-png";

/** RGBA or RGB bytes, row by row. */
export interface PngPixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** What a file tells of its picture. Everything that JSON can hold. */
export type Parameters = Readonly<Record<string, unknown>>;

const KEYWORD = "parameters";

/**
 * A PNG, 8 bits RGB, with the parameters as JSON in a tEXt chunk named "parameters". The chunk holds Latin-1 alone, so
 * letters beyond ASCII are written as JSON's \u escapes. @param more other chunks, keyword by keyword
 */
export function encodePicture(
  {data, width, height}: PngPixels,
  parameters: Parameters,
  more: Readonly<Record<string, string>> = {}
): Uint8Array {
  const text = {...more, [KEYWORD]: ascii(JSON.stringify(parameters))};
  return encode({width, height, data: withoutOpacity(data, width * height), channels: 3, depth: 8, text});
}

/** The parameters of a file that `encodePicture` made; null where there are none. @throws when it is no PNG */
export function readParameters(file: Uint8Array): Parameters | null {
  const text = decode(file).text[KEYWORD];
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Parameters) : null;
  } catch {
    return null;
  }
}

function withoutOpacity(data: PngPixels["data"], area: number): Uint8Array {
  const channels = data.length / area;
  const rgb = new Uint8Array(3 * area);
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[channels * i + c];
  return rgb;
}

const ascii = (text: string): string =>
  text.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
