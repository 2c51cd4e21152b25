"""Trains a small but complete Stable Diffusion (CLIP, AutoencoderKL, UNet2DConditionModel) on emoji scenes."""
