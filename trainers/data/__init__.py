"""Images, labels, and their division into train, validation and sealed test part."""

from .card import DataCard, data_card
from .card_text import card_text, printable
from .images import ImageData
from .indices import SplitIndices, load_split_indices
from .parts import Part, SealedPart
from .sources import load_data
from .splitting import Split, apply_indices, save_split, split, with_validation

__all__ = [
    "DataCard",
    "ImageData",
    "Part",
    "SealedPart",
    "Split",
    "SplitIndices",
    "apply_indices",
    "card_text",
    "data_card",
    "load_data",
    "load_split_indices",
    "printable",
    "save_split",
    "split",
    "with_validation",
]
