"""Each form of an exported network, asked for the logits of images."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import torch

from ..errors import ExportError
from .description import ARCHITECTURE, DESCRIPTION, INT8, KERAS, MODEL, ONNX, PROGRAM, WEIGHTS
from .exported import load_export
from .guard import guarded
from .programs import INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from trainers.data.mapped import Images

    Ask = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

_BATCH = 256


def logits_of_form(folder: Path, form: str, images: Images) -> NDArray[np.float32]:
    """Return (N, classes): what a form of the export in ``folder`` makes of images.

    Args:
        folder: The export.
        form: The name of its file: one of `FORMS`, or ``model_keras.py``.
        images: uint8 (N, C, H, W).

    Raises:
        ExportError: The form does not run.
    """
    if form == KERAS:
        return _keras(folder, images)
    with guarded(f"{form} must run"):
        ask = FORMS[form](folder)
        return np.concatenate([ask(batch) for batch in _batches(images)])


def keras_is_installed() -> bool:
    """Return whether ``model_keras.py`` can be run here, with Keras' backend for torch."""
    return find_spec("keras") is not None


def _batches(images: Images) -> list[NDArray[np.uint8]]:
    starts = range(0, len(images), _BATCH)
    return [np.ascontiguousarray(images[start : start + _BATCH]) for start in starts]


def _model(folder: Path) -> Ask:
    # Run from its text, since an import would leave a cache beside it.
    exported = runpy.run_path(str(folder / MODEL))
    model, preprocess = exported["load"](folder), exported["preprocess"]
    return lambda images: _inferred(lambda given: model(preprocess(given)), images)


def _architecture(folder: Path) -> Ask:
    return load_export(folder).logits


def _program(folder: Path) -> Ask:
    program = torch.export.load(folder / PROGRAM).module()
    return lambda images: _inferred(program, images)


def _inferred(network: Callable[[Any], Any], images: NDArray[np.uint8]) -> NDArray[np.float32]:
    with torch.inference_mode():
        logits: NDArray[np.float32] = network(torch.from_numpy(images)).numpy()
    return logits


def _session(folder: Path, name: str) -> Ask:
    session = onnxruntime.InferenceSession(folder / name, providers=["CPUExecutionProvider"])
    return lambda images: session.run(None, {INPUT: images})[0]


FORMS: Mapping[str, Callable[[Path], Ask]] = {
    MODEL: _model,
    ARCHITECTURE: _architecture,
    PROGRAM: _program,
    ONNX: lambda folder: _session(folder, ONNX),
    INT8: lambda folder: _session(folder, INT8),
}
"""What opens each form; all but the last one are the trained network to float32's rounding."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    MODEL: (WEIGHTS,),
    ARCHITECTURE: (WEIGHTS, DESCRIPTION),
    KERAS: (WEIGHTS,),
}
"""The files that a form is loaded from beside its own."""


# A process of its own: Keras takes one backend for the whole life of a process.
_ASK_KERAS = """
import runpy, sys
import numpy as np
source, images, logits = sys.argv[1:]
exported = runpy.run_path(source)
images = exported["preprocess"](np.load(images).transpose(0, 2, 3, 1))
np.save(logits, exported["load"]().predict(images, batch_size=256, verbose=0))
"""


def _keras(folder: Path, images: Images) -> NDArray[np.float32]:
    with TemporaryDirectory(prefix="sizewise-keras-") as name:
        given, taken = Path(name, "images.npy"), Path(name, "logits.npy")
        np.save(given, images[:])
        words = ["-c", _ASK_KERAS, *map(str, (folder.resolve() / KERAS, given, taken))]
        ran = subprocess.run(  # noqa: S603  this Python, on a file that was just written
            [sys.executable, *words],
            capture_output=True,
            text=True,
            check=False,
            # Keras would write its settings into the home of whoever runs it.
            env={**os.environ, "KERAS_BACKEND": "torch", "KERAS_HOME": name},
        )
        if ran.returncode != 0:
            told = (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
            raise ExportError("export", f"{KERAS} must run", told)
        logits: NDArray[np.float32] = np.load(taken)
    return logits
