"""Weights as safetensors files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError
from safetensors.torch import load, save

from space.errors import InputError

from .atomic import write_whole

if TYPE_CHECKING:
    from torch import Tensor, nn


def save_weights(network: nn.Module, path: str | Path, *, flush: bool = True) -> None:
    """Write all parameters and buffers to ``path``, in one step: an older file or all of the new.

    Names are those of the state dict, ``layers.<index>.weight``; memory layout is the usual one.

    Args:
        network: Whose weights.
        path: The file, whose folder is created.
        flush: Whether to wait for the disk, some milliseconds, against a power cut.
    """
    tensors = {
        name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()
    }
    write_whole(Path(path), save(tensors), flush=flush)


def load_weights(network: nn.Module, path: str | Path) -> None:
    """Read what ``save_weights`` wrote into ``network``, in place and on its device.

    Raises:
        InputError: The file cannot be read, or holds the weights of another architecture.
    """
    tensors = _read(Path(path))
    expected = network.state_dict()
    check_same(
        {name: tuple(tensor.shape) for name, tensor in expected.items()},
        {name: tuple(tensor.shape) for name, tensor in tensors.items()},
    )
    network.load_state_dict(tensors)


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        rule = "the file must be a safetensors file"
        raise InputError("weights", rule, str(path), f"Reading it says: {error}") from error


def check_same(
    expected: dict[str, tuple[int, ...]],
    found: dict[str, tuple[int, ...]],
    *,
    field: str = "weights",
) -> None:
    """Refuse tensors whose names and shapes are not those of the network.

    Raises:
        InputError: For the first that differs, with the given field.
    """
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            rule = f"{name} must have the shape {expected.get(name, 'of nothing: no such tensor')}"
            raise InputError(field, rule, found.get(name), "Is it another architecture's file?")
