"""What one choice of every field of a stage or a head builds: a part of a network."""

from .build import part_layers
from .ops import OPS, SAME_ONLY
from .parts import ACTIVATIONS, NORMS, Block, Part, Tail, Top, pool_window

__all__ = [
    "ACTIVATIONS",
    "NORMS",
    "OPS",
    "SAME_ONLY",
    "Block",
    "Part",
    "Tail",
    "Top",
    "part_layers",
    "pool_window",
]
