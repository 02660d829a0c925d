"""An exported network, read back and asked about pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from space.errors import InputError
from trainers import Part, build_network, load_weights
from trainers.data.pictures import read_pictures
from trainers.memory import evaluation_batch
from trainers.resident import make_resident, network_input

from ..errors import ExportError
from .description import WEIGHTS, read_description
from .predictions import Predictions, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from torch import nn

    from space import Shape
    from trainers.data.images import Pixels
    from trainers.data.pictures import Picture


@dataclass(frozen=True, slots=True, eq=False)
class ExportedNetwork:
    """A network from an export, ready for inference on the CPU.

    Args:
        folder: Where it was read from.
        network: The torch module: normalised images (N, C, H, W) become logits (N, classes).
        input_shape: Of one image, (C, H, W).
        class_names: One a logit.
        mean: Of the images that it was trained on, by channel, pixels in [0, 1].
        std: The standard deviation likewise.
    """

    folder: Path
    network: nn.Module
    input_shape: Shape
    class_names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def predict(self, pictures: Picture | Iterable[Picture]) -> Predictions:
        """Say what the network takes pictures for; one that cannot be read is told, not raised.

        Args:
            pictures: Paths, open pictures, or uint8 arrays: (C, H, W) of the network's own shape,
                or (H, W), (H, W, 3) or (H, W, 4) of any size. A single one stands for itself, an
                array (N, C, H, W) for its N images.

        Raises:
            InputError: An array has another type or shape.
        """
        asked = _several(pictures)
        size = evaluation_batch(*self.input_shape[1:])
        logits, names, unreadable = [np.empty((0, len(self.class_names)), np.float32)], [], []
        for start in range(0, len(asked), size):
            batch = asked[start : start + size]
            told = [_name(picture, start + place) for place, picture in enumerate(batch)]
            images, taken, left = read_pictures(batch, self.input_shape)
            logits.append(self.logits(images))
            names += [told[place] for place in taken]
            unreadable += [Unreadable(told[place], why) for place, why in left.items()]
        return Predictions(
            self.class_names, tuple(names), np.concatenate(logits), tuple(unreadable)
        )

    def logits(self, images: Pixels) -> NDArray[np.float32]:
        """Return (N, classes) for uint8 images (N, C, H, W) of the network's shape, at once."""
        part = Part(images, np.zeros(len(images), np.int64))
        resident = make_resident(part, self, torch.device("cpu"))
        with torch.inference_mode():
            logits: NDArray[np.float32] = self.network(
                network_input(resident, resident.pixels)
            ).numpy()
        return logits


def load_export(folder: str | Path) -> ExportedNetwork:
    """Read a folder that `sizewise export` wrote; no code of the folder is run.

    Raises:
        ExportError: It is no export, one of another version, or damaged.
    """
    folder = Path(folder)
    described = read_description(folder)
    network = build_network(described.architecture, seed=0)
    try:
        load_weights(network, folder / WEIGHTS)
    except InputError as error:
        raise ExportError("EXPORT", error.rule, error.value, error.suggestion) from None
    return ExportedNetwork(
        folder,
        network.eval(),
        described.architecture.input_shape,
        described.class_names,
        described.mean,
        described.std,
    )


def _several(pictures: Any) -> list[Picture]:
    if isinstance(pictures, np.ndarray):
        return list(pictures) if pictures.ndim == 4 else [pictures]
    one = isinstance(pictures, (str, Path)) or hasattr(pictures, "convert")
    return [pictures] if one else list(pictures)


def _name(picture: Picture, number: int) -> str:
    return str(picture) if isinstance(picture, (str, Path)) else f"image {number}"
