import type {AttentionRecording} from "./recordings.js";
import type {AttentionRun} from "./run.js";

/** The cross-attention layers behind a run's maps. */
export interface RunLayers {
  /** diffusers' names, in the order they run. */
  readonly names: readonly string[];
  /** Rows of each layer's grid of cells. */
  readonly sides: readonly number[];
  readonly heads: number;
}

/** One place of the layer slider: the value of `Look.layer`, and its words. */
export interface LayerChoice {
  readonly value: string;
  readonly text: string;
}

/** A live run's layers are those that its model gave; a recording's maps are means, so it tells their layers beside them. */
export function layersOf(
  run: AttentionRun,
  {layers, sides, heads}: Pick<AttentionRecording, "layers" | "sides" | "heads">
): RunLayers {
  const maps = run.mapsAt(0, "cond");
  if (run.source !== "live" || !maps.length) return {names: layers, sides, heads};
  return {
    names: maps.map(({layer}) => layer),
    sides: maps.map(({probabilities}) => Math.round(Math.sqrt(probabilities.dims[1]))),
    heads: Math.max(...maps.map(({probabilities}) => probabilities.dims[0]))
  };
}

/** All, then the layers of one size together, which a recording has too. */
export function groupChoices({names, sides}: RunLayers): LayerChoice[] {
  const sizes = [...new Set(sides)].sort((a, b) => b - a);
  return [
    {value: "all", text: `all ${names.length} layers`},
    ...sizes.map((size) => {
      const count = sides.filter((side) => side === size).length;
      return {value: String(size), text: `${count === 1 ? "that" : "those"} of ${size} × ${size} cells`};
    })
  ];
}

/** Single layers, by the names that diffusers gives their blocks. */
export const singleChoices = ({names}: RunLayers): LayerChoice[] =>
  names.map((name, i) => ({value: `layer ${i + 1}`, text: `${i + 1} of ${names.length}: ${shortName(name)}`}));

/** "down_blocks.0.attentions.0.transformer_blocks.0.attn2" -> "down block 0" */
export function shortName(layer: string): string {
  const [, way, block = "", attention = ""] = /^(down|up|mid)_blocks?(?:\.(\d+))?\.attentions\.(\d+)/.exec(layer) ?? [];
  if (!way) return layer;
  return `${way} block${block && ` ${block}`}${attention === "0" ? "" : `, number ${Number(attention) + 1}`}`;
}
