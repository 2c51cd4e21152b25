import type {FROZEN_ARMS} from "./experiments.js";
import type {RecordedInside, RecordedMaps} from "./recording.js";

/** docs/recorded/attention.json, which scripts/record/attention.ts writes beside the bytes of its maps and a sheet of pictures. */
export interface AttentionRecording {
  readonly command: string;
  readonly model: string;
  /** The cross-attention layers in the order they run, by diffusers' names. */
  readonly layers: readonly string[];
  /** Rows of each layer's grid of cells. */
  readonly sides: readonly number[];
  readonly heads: number;
  readonly hand: RecordedInside;
  readonly maps: Readonly<Record<"main" | "eating" | "leak" | "negative", RecordedMaps>>;
  readonly measured: Measured;
}

export interface Measured {
  /** On noised real scenes: how many words were asked, and the share whose map peaks in (outside of) the object's box. */
  readonly pointing: {
    readonly objects: number;
    readonly inside: number;
    readonly places: number;
    readonly outside: number;
  };
  /** On drawn pictures: the object's word peaks within 16 pixels of where the judge sees the object. */
  readonly drawing: Drawn;
  readonly drawingHeldOut: Drawn;
  /** Of scripts/frozenMaps.ts: how it was measured, and what of each arm. */
  readonly frozen: Readonly<Record<(typeof FROZEN_ARMS)[number]["key"], FrozenArm>>;
}

interface Drawn {
  readonly objects: number;
  readonly near_judged_cell: number;
}

export interface FrozenArm {
  /** Mean overlap of the two things' boxes (intersection over union), the new one's with the old one's in its own picture. */
  readonly overlap: number;
  /** Share of the pictures in which the judge holds the new thing the likeliest of all. */
  readonly seen: number;
}
