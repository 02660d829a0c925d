"""The ONNX file in 8 bits: weights by channel, activations by what training images give."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

from .description import INT8, ONNX
from .guard import guarded
from .programs import INPUT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from trainers import Part

_IMAGES, _BATCH = 512, 64


def write_int8(folder: Path, train: Part, facts: dict[str, str]) -> None:
    """Write ``model.int8.onnx`` from ``model.onnx`` by static quantisation.

    Quantise and dequantise nodes stand around each operator; weights and activations are int8, and
    each channel of a weight has a scale of its own. The normalisation of the input stays float32.
    Jacob et al., Quantization and training of neural networks, 2018, section 2.1.

    Args:
        folder: Holds ``model.onnx``.
        train: Images whose activations set the scales: 512 of them, drawn with a fixed seed.
        facts: As those of ``model.onnx``.

    Raises:
        ExportError: It cannot be written.
    """
    chosen = np.random.default_rng(0).permutation(len(train))[:_IMAGES]
    images = train.images[np.sort(chosen)]
    with guarded(f"{INT8} must be written"):
        quantize_static(
            folder / ONNX,
            folder / INT8,
            _Images(images),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            nodes_to_exclude=_normalisation(onnx.load(folder / ONNX)),
        )
    model = onnx.load(folder / INT8)
    onnx.helper.set_model_props(model, facts)
    onnx.save(model, folder / INT8)


@final
class _Images(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Batches of images, as the calibration asks for them."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        self._batches = iter([images[at : at + _BATCH] for at in range(0, len(images), _BATCH)])

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """Return the next batch, None behind the last one."""
        batch = next(self._batches, None)
        return None if batch is None else {INPUT: np.ascontiguousarray(batch)}


def _normalisation(model: onnx.ModelProto) -> list[str]:
    """Return the names of the nodes between the input and the first layer: cast, scale, shift."""
    names: list[str] = []
    reached = {INPUT}
    for node in model.graph.node:
        if node.op_type not in {"Cast", "Mul", "Add"} or not reached & set(node.input):
            continue
        if len(names) == 3:
            break
        names.append(node.name)
        reached = set(node.output)
    return names
