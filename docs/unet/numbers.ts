import {SD15_UNET} from "../src/cost.js";
import {configuredUnet} from "../src/unet/configured.js";

/** The UNet of Stable Diffusion 1.5, at 512 x 512 pixels. */
export const SD15 = configuredUnet(SD15_UNET, {side: 64, tokens: 77});

/** "11.6 million", "401.6 billion" */
export function million(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} billion`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} million` : value.toLocaleString("en");
}

/** "42 %", "3.1 %" */
export const percent = (share: number): string =>
  `${share >= 0.1 ? Math.round(100 * share) : (100 * share).toFixed(1)} %`;

export const signed = (value: number, digits = 2): string =>
  `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`;
