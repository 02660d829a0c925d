"""Images, labels, and their division into train, validation and sealed test part."""

from .images import ImageData
from .indices import SplitIndices, load_split_indices
from .parts import Part, SealedPart
from .sources import load_data
from .splitting import Split, apply_indices, save_split, split

__all__ = [
    "ImageData",
    "Part",
    "SealedPart",
    "Split",
    "SplitIndices",
    "apply_indices",
    "load_data",
    "load_split_indices",
    "save_split",
    "split",
]
