"""What a person reads first in an exported folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainers import Split

    from ..records import StudyRecord, TrialRecord


def readme(study: StudyRecord, trial: TrialRecord, split: Split, notes: tuple[str, ...]) -> str:
    """Return the text of ``README.md``: numbers, how to load, what lies where."""
    parts = [f"# {study.name}, trial {trial.number}", trial.outline, _numbers(study, trial, split)]
    return "\n\n".join([*parts, _USE, _files(notes), *notes]) + "\n"


def _numbers(study: StudyRecord, trial: TrialRecord, split: Split) -> str:
    images = len(split.validation)
    rows = {
        "validation accuracy": f"{trial.accuracy or 0:.2%} of {images:,} images",
        "params": f"{trial.params:,}",
        "macs (one image)": f"{trial.macs:,}",
        "weights": f"{trial.weight_bytes:,} bytes",
        "activations (peak, one image)": f"{trial.activation_bytes:,} bytes",
        "trained": f"{trial.epochs:,} epochs, seed {trial.seed}",
        "data": f"`{study.data.get('name', 'unnamed')}`, hash `{split.data_hash}`",
        "input": f"{tuple(split.validation.images.shape[1:])}, uint8",
        "classes": f"{len(split.class_names):,}, by name in `model.CLASS_NAMES`",
    }
    lines = ["| what | value |", "| --- | --- |"]
    return "\n".join(lines + [f"| {name} | {value} |" for name, value in rows.items()])


_USE = """\
The accuracy is that on images the network was chosen by, so expect a little less on new ones.

```python
import torch
from model import load, preprocess

model = load()
logits = model(preprocess(images))  # images: uint8, (N, C, H, W)
```

`python model.py` measures the accuracy again, and ends with 1 if it is not the recorded one.
Nothing but torch is needed. With sizewise, `sizewise predict FOLDER IMAGE...` reads pictures of
any kind and size, and names their classes."""


def _files(notes: tuple[str, ...]) -> str:
    rows = {
        "model.py": "the network in plain torch, with loading and preprocessing",
        "model.safetensors": "its trained weights",
        "architecture.json": "its description, as sizewise reads it",
        "export.json": "class names, normalisation, and how a picture becomes an input",
        "validation.safetensors": "images (uint8) and labels that it was chosen by",
    }
    if notes:
        del rows["validation.safetensors"]
    lines = ["| file | content |", "| --- | --- |"]
    return "\n".join(lines + [f"| `{name}` | {content} |" for name, content in rows.items()])
