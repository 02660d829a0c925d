"""What may be searched, and what it costs: architectures and the spaces they come from."""

from . import layers, presets, table
from .architecture import Architecture
from .dimensions import Dimension, Point
from .errors import InfeasibleError, InputError
from .language import Bound, Head, Limits, Stage
from .layers import Conv2d, LayerError, Shape
from .search_space import SearchSpace

__all__ = [
    "Architecture",
    "Bound",
    "Conv2d",
    "Dimension",
    "Head",
    "InfeasibleError",
    "InputError",
    "LayerError",
    "Limits",
    "Point",
    "SearchSpace",
    "Shape",
    "Stage",
    "layers",
    "presets",
    "table",
]
