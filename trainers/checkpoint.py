"""The state of a training between two epochs, in one safetensors file.

Randomness is drawn anew for each epoch from the seed and the epoch's number, so that weights, the
optimizer's state and the averages are all there is to keep.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from space.errors import InputError

from .atomic import write_whole
from .weights import check_same

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from .data import Split
    from .training import Training

FORMAT = 1


def identity_of(training: Training, split: Split) -> dict[str, Any]:
    """Return what must be the same for a training to go on from a checkpoint."""
    return {
        "format": FORMAT,
        "recipe": training.recipe.to_dict(),
        "seed": training.seed,
        "data": split.data_hash,
        "split": hashlib.sha256(split.indices.train.tobytes()).hexdigest(),
    }


def write_checkpoint(
    path: Path, identity: Mapping[str, Any], training: Training, epoch: int
) -> None:
    """Write the state after ``epoch``, in one step: an older file or all of the new."""
    averaged = training.averaged
    numbers = {"epoch": epoch, "averaged_steps": averaged.steps if averaged is not None else 0}
    tensors = {name: _plain(tensor) for name, tensor in _state(training).items()}
    write_whole(path, save(tensors, {"sizewise": json.dumps({**identity, **numbers})}))


def read_checkpoint(path: Path, identity: Mapping[str, Any], training: Training) -> int:
    """Put the state of ``path`` into ``training``; return the epoch it is of, 0 without a file.

    Raises:
        InputError: The file is none of ours, or is of another training.
    """
    if not path.exists():
        return 0
    document, tensors = _read(path)
    for name, expected in identity.items():
        if document.get(name) != expected:
            rule = f"a checkpoint must be of the same {name}, here {expected}"
            raise InputError("checkpoint", rule, document.get(name), _START_ANEW)
    network = training.network.state_dict()
    check_same(_shapes(network), _shapes(_under("network.", tensors)), field="checkpoint")
    training.network.load_state_dict(_under("network.", tensors))
    _load_optimizer(training, _under("optimizer.", tensors))
    if training.averaged is not None:
        training.averaged.steps = document["averaged_steps"]
        for index, tensor in enumerate(training.averaged.kept):
            tensor.copy_(tensors[f"trained.{index}"])
    return int(document["epoch"])


def checkpoint_epoch(path: Path) -> int:
    """Return the epoch that a checkpoint is of, 0 without a file.

    Raises:
        InputError: The file is none of ours.
    """
    return int(_read(path)[0]["epoch"]) if path.exists() else 0


_START_ANEW = "Remove the file, or name another, to start anew."


def _state(training: Training) -> dict[str, Tensor]:
    state = {f"network.{name}": each for name, each in training.network.state_dict().items()}
    for number, values in training.optimizer.state_dict()["state"].items():
        for name, value in values.items():
            if value is not None:  # plain SGD keeps no momentum
                state[f"optimizer.{number}.{name}"] = value
    if training.averaged is not None:
        kept = training.averaged.kept
        state |= {f"trained.{index}": tensor for index, tensor in enumerate(kept)}
    return state


def _load_optimizer(training: Training, tensors: Mapping[str, Tensor]) -> None:
    optimizer = training.optimizer
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        number, _, name = key.partition(".")
        parameter = parameters[int(number)]
        same = tensor.shape == parameter.shape
        # Fused kernels take it for granted that state lies in memory as its parameter does.
        value = torch.empty_like(parameter).detach().copy_(tensor) if same else tensor
        state.setdefault(int(number), {})[name] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    rule = "the file must be a checkpoint of a training"
    try:
        with safe_open(path, framework="pt") as file:
            document = json.loads((file.metadata() or {})["sizewise"])
            return document, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise InputError("checkpoint", rule, str(path), _START_ANEW) from error


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    length = len(prefix)
    return {name[length:]: each for name, each in tensors.items() if name.startswith(prefix)}


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _plain(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().contiguous()
