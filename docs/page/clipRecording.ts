import {LOOK_SIZE} from "./coarseLook.js";

/** The JSON beside the page's recorded numbers; scripts/record/clip.ts writes both. */
export interface ClipRecording {
  command: string;
  model: string;
  /** What the model learned to divide cosines by. */
  temperature: number;
  /** Scenes of the batch that the page opens with, and their captions. */
  scenes: readonly number[];
  captions: readonly string[];
  labels: readonly string[];
  config: ClipConfig;
  /** Width of an embedding. */
  width: number;
  /** Training scenes with numbers 0 ... count - 1. */
  anchors: Calibration;
  /** Cosines of the home page's recorded run at every step. */
  watched: {prompt: string; other: string; seed: number; scores: readonly StepScore[]};
  /** Pictures of one prompt by seed, in the order of the sheet. */
  ranked: {prompt: string; steps: number; guidance: number; seeds: readonly number[]; scores: readonly number[]};
}

/** The parts of clip/config.json that give the towers their shapes. */
export interface ClipConfig {
  projection_dim: number;
  text_config: {
    hidden_size: number;
    num_hidden_layers: number;
    num_attention_heads: number;
    max_position_embeddings: number;
    vocab_size: number;
  };
  vision_config: {
    hidden_size: number;
    num_hidden_layers: number;
    num_attention_heads: number;
    image_size: number;
    patch_size: number;
  };
}

/**
 * How near scenes that were not trained on come to the nearest of the anchors: the median cosine, the least one, and the largest
 * distance in looks.
 */
export interface Calibration {
  count: number;
  median: number;
  leastCosine: number;
  mostLook: number;
  checked: number;
}

/** Cosines at one step: the guess x̂0 and the noisy xt with the prompt, the guess with the other caption. */
export interface StepScore {
  x0: number;
  xt: number;
  other: number;
}

/** A recording's embeddings, as rows. */
export interface RecordedEmbeddings {
  pictures: readonly Float32Array[];
  captions: readonly Float32Array[];
  labels: readonly Float32Array[];
  /** 8-bit: a row's length is lost, its direction is kept. */
  anchors: readonly Int8Array[];
  /** The anchors' looks: see coarseLook.ts. */
  looks: readonly Uint8Array[];
}

/** The rows of clip.bin: pictures, captions and labels as 32-bit floats, then the anchors as bytes and their looks. */
export function recordedEmbeddings(recording: ClipRecording, numbers: ArrayBuffer): RecordedEmbeddings {
  const {width, scenes, captions, labels, anchors} = recording;
  const counts = [scenes.length, captions.length, labels.length];
  const floats = new Float32Array(numbers, 0, width * counts.reduce((a, b) => a + b));
  const bytes = new Int8Array(numbers, floats.byteLength, width * anchors.count);
  const looks = new Uint8Array(numbers, floats.byteLength + bytes.byteLength);
  const cut = <T extends Float32Array | Int8Array | Uint8Array>(
    all: T,
    from: number,
    count: number,
    size = width
  ): T[] => Array.from({length: count}, (_, i) => all.subarray((from + i) * size, (from + i + 1) * size) as T);
  return {
    pictures: cut(floats, 0, counts[0]),
    captions: cut(floats, counts[0], counts[1]),
    labels: cut(floats, counts[0] + counts[1], counts[2]),
    anchors: cut(bytes, 0, anchors.count),
    looks: cut(looks, 0, anchors.count, LOOK_SIZE)
  };
}

/** A row to bytes: its largest number becomes 127. A cosine with it is off by less than 0.01. */
export function toBytes(row: Float32Array): Int8Array {
  const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Int8Array.from(row, (value) => Math.round((127 * value) / largest));
}
