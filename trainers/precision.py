"""Fewer bits in the arithmetic of training, where a GPU is faster with them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch


def reduced(device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which convolutions and products compute in bfloat16 if the GPU has it.

    Weights, their gradients and the optimizer's state stay float32. bfloat16 has the range of
    float32, so that losses need not be scaled (Kalamkar et al., A Study of BFLOAT16 for Deep
    Learning Training, 2019). Elsewhere it is the context of nothing.
    """
    if not has_bfloat16(device):
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


def has_bfloat16(device: torch.device) -> bool:
    """Return whether the device computes in bfloat16 itself, without emulation."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
