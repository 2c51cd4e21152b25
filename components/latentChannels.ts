import type {Tensor} from "../src/tensor.js";
import {html} from "./dom.js";
import {pixelCanvas} from "./pixelCanvas.js";
import {channelPixels} from "./pixels.js";

/** The four latent channels of one picture side by side in grey, each with its mean and spread. */
export function latentChannels(latents: Tensor, {limit = 3} = {}): HTMLElement {
  const channels = latents.dims.at(-3) ?? 4;
  const figures = Array.from({length: channels}, (_, channel) => {
    const {mean, deviation} = moments(latents, channel, channels);
    const label = `Channel ${channel + 1}: mean ${mean.toFixed(2)}, standard deviation ${deviation.toFixed(2)}`;
    return html(
      "figure",
      {class: "channel"},
      pixelCanvas(channelPixels(latents, channel, {limit}), {label}),
      html("figcaption", {}, `${signed(mean)} ± ${deviation.toFixed(2)}`)
    );
  });
  return html("div", {class: "channels"}, ...figures);
}

/** Mean and standard deviation of one channel. */
export function moments({data}: Tensor, channel: number, channels: number): {mean: number; deviation: number} {
  const size = data.length / channels;
  let [sum, squares] = [0, 0];
  for (let i = channel * size; i < (channel + 1) * size; i++) {
    sum += data[i];
    squares += data[i] ** 2;
  }
  const mean = sum / size;
  return {mean, deviation: Math.sqrt(Math.max(0, squares / size - mean ** 2))};
}

function signed(value: number): string {
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)}`;
}
