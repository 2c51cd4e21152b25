import {html} from "../components/dom.js";
import {megabytes} from "../components/progressBar.js";
import type {ManifestFile} from "../src/models/folder.js";

/** data/models/tiny/history/evaluation*.json: every figure that the model was measured by. */
export interface Evaluation {
  readonly vae_psnr: number;
  readonly clip_retrieval_64: Readonly<Record<string, number>>;
  readonly ceiling: {readonly object: number; readonly place: number; readonly side: number};
  readonly generated: {
    readonly object: number;
    readonly place: number;
    readonly prompts: number;
    readonly color: number;
    readonly side_left_right: number;
    readonly two: number;
  };
  readonly attention: {
    readonly objects: number;
    readonly inside: number;
    readonly places: number;
    readonly outside: number;
  };
  readonly attention_while_drawing: {readonly objects: number; readonly near_judged_cell: number};
}

/** The parts of the folder's configurations that say a shape. */
export interface Configs {
  readonly unet: {
    readonly block_out_channels: readonly number[];
    readonly cross_attention_dim: number;
    readonly sample_size: number;
  };
  readonly text: {
    readonly hidden_size: number;
    readonly num_hidden_layers: number;
    readonly max_position_embeddings: number;
  };
  readonly vae: {
    readonly block_out_channels: readonly number[];
    readonly latent_channels: number;
    readonly fold?: number;
  };
}

const percent = (share: number | undefined): string => (share === undefined ? "" : `${(100 * share).toFixed(1)} %`);
const decibels = (value: number): string => `${value.toFixed(1)} dB`;

type Row = readonly [question: string, heldOut: string, tuning: string, ceiling?: string];

/** What was asked of the model, and how often it was right. */
export function qualityRows(heldOut: Evaluation, tuning: Evaluation): Row[] {
  const both = (question: string, of: (evaluation: Evaluation) => string, ceiling?: number): Row => [
    question,
    of(heldOut),
    of(tuning),
    percent(ceiling)
  ];
  const {prompts} = heldOut.generated;
  const {object, place} = heldOut.ceiling;
  return [
    both(
      `The thing is the one that was asked for (${prompts} pairs)`,
      ({generated}) => percent(generated.object),
      object
    ),
    both(
      `The place is the one that was asked for (${prompts} pairs)`,
      ({generated}) => percent(generated.place),
      place
    ),
    both("The plain background has the right colour", ({generated}) => percent(generated.color)),
    both("Left or right is right", ({generated}) => percent(generated.side_left_right)),
    both("Two things, both there", ({generated}) => percent(generated.two)),
    both("CLIP puts the right caption first among 64", ({clip_retrieval_64: found}) =>
      percent(found["held-out"] ?? found.tuning)
    ),
    both("The autoencoder gives a scene back (PSNR)", ({vae_psnr}) => decibels(vae_psnr)),
    both("A thing's word looks at the thing", ({attention}) => percent(attention.inside)),
    both("A place's word looks beside all things", ({attention}) => percent(attention.outside)),
    both("While drawing, a thing's word looks where the judge then sees it", ({attention_while_drawing: drawing}) =>
      percent(drawing.near_judged_cell)
    )
  ];
}

/** The measured quality, from the files that the evaluation wrote. */
export function qualityTable(heldOut: Evaluation | null, tuning: Evaluation | null): HTMLElement {
  if (!heldOut || !tuning)
    return html("p", {class: "muted"}, "The figures are out of reach: reload the page to try again.");
  const rows = qualityRows(heldOut, tuning).map(([question, ...values]) =>
    html("tr", {}, html("th", {scope: "row"}, question), ...values.map((value) => html("td", {}, value ?? "")))
  );
  return table(["measured", "held-out pairs", "tuning pairs", "ceiling"], rows);
}

/** The folder's parts: shapes from their configurations, sizes from the manifest. */
export function partsTable(files: readonly ManifestFile[] | null, configs: Configs | null): HTMLElement {
  if (!files || !configs)
    return html(
      "p",
      {class: "muted", role: "alert"},
      "The model's folder is out of reach: reload the page to try again."
    );
  const {unet, text, vae} = configs;
  const size = (...paths: string[]): number =>
    files.filter(({path}) => paths.includes(path)).reduce((sum, file) => sum + file.size, 0);
  const levels = (channels: readonly number[]): string => `levels of ${channels.join(", ")} channels`;
  const row = (name: string, shape: string, shapeOf15: string, bytes: number): HTMLElement =>
    html(
      "tr",
      {},
      html("th", {scope: "row"}, name),
      html("td", {}, shape),
      html("td", {}, shapeOf15),
      html("td", {}, megabytes(bytes)),
      html("td", {}, `about ${(bytes / 2e6).toFixed(1)} M`)
    );
  const {latent_channels: channels} = vae;
  const latents = `[${channels}, ${unet.sample_size}, ${unet.sample_size}]`;
  return table(
    ["part", "here", "Stable Diffusion 1.5", "file", "weights"],
    [
      row(
        "Text encoder",
        `${text.num_hidden_layers} layers; [${text.max_position_embeddings}, ${text.hidden_size}]`,
        "12 layers; [77, 768]",
        size("text_encoder/model.onnx")
      ),
      row(
        "CLIP's picture tower",
        "5 layers; 64 patches of 16 × 16",
        "24 layers; 256 of 14 × 14",
        size("clip/onnx/vision_model.onnx")
      ),
      row(
        "UNet",
        `${levels(unet.block_out_channels)}; latents ${latents}`,
        `${levels([320, 640, 1280, 1280])}; latents [4, 64, 64]`,
        size("unet/model.onnx_data")
      ),
      row("VAE, encoder", levels(vae.block_out_channels), levels([128, 256, 512, 512]), size("vae_encoder/model.onnx")),
      row("VAE, decoder", "picture [3, 128, 128]", "picture [3, 512, 512]", size("vae_decoder/model.onnx"))
    ]
  );
}

function table(head: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  return html(
    "div",
    {
      class: "card-table",
      role: "region",
      tabindex: "0",
      "aria-label": head[0] === "part" ? "Parts of the model" : "Measured quality"
    },
    html(
      "table",
      {},
      html("thead", {}, html("tr", {}, ...head.map((name) => html("th", {scope: "col"}, name)))),
      html("tbody", {}, ...rows)
    )
  );
}
