import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {
  decoderCost,
  SD15_DECODER,
  SD15_UNET,
  totalOf,
  unetCost,
  type DecoderConfig,
  type UnetConfig
} from "../../src/cost.js";

interface Golden {
  small: Omit<UnetConfig, "in_channels" | "out_channels">;
  small_vae: Pick<DecoderConfig, "block_out_channels" | "layers_per_block">;
  multiply_adds: Record<string, number>;
}

// Made by test/goldens/make_cost.py: torch's own counter over diffusers' classes.
const {small, small_vae, multiply_adds} = JSON.parse(readFileSync("test/goldens/cost.json", "utf8")) as Golden;
const withChannels = <T extends object>(config: T, channels: number) => ({
  ...config,
  ...{in_channels: channels, out_channels: channels}
});

describe("the cost of a UNet call", () => {
  test.each([
    ["small latents", withChannels(small, 4), 16, 32],
    ["small pixels", withChannels(small, 3), 128, 32],
    ["sd15 latents", SD15_UNET, 64, 77],
    ["sd15 pixels", withChannels(SD15_UNET, 3), 512, 77]
  ] as const)("is torch's count, to the last multiply-add: %s", (name, config, side, tokens) => {
    expect(totalOf(unetCost(config, {side, tokens}))).toBe(multiply_adds[name]);
  });

  test("grows fourfold at each place and sixteenfold for pairs of places when the side doubles", () => {
    const [one, two] = [16, 32].map((side) => unetCost(SD15_UNET, {side, tokens: 77}));
    expect(two.places / one.places).toBe(4);
    expect(two.pairs / one.pairs).toBe(16);
    expect(two.fixed).toBe(one.fixed);
  });

  test("is not told for a side that its levels cannot halve", () => {
    expect(() => unetCost(SD15_UNET, {side: 20, tokens: 77})).toThrow("a side of 20 cannot be halved 3 times");
  });
});

describe("the cost of a decoder", () => {
  test("is torch's count", () => {
    const sd15 = decoderCost(SD15_DECODER, {side: 64});
    const folded = decoderCost({...small_vae, out_channels: 3, latent_channels: 4, fold: 4}, {side: 16});
    expect([totalOf(sd15), totalOf(folded)]).toEqual([multiply_adds["sd15 decoder"], multiply_adds["small decoder"]]);
  });
});
