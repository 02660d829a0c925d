from . import census, layers, presets, table
from .architecture import Architecture
from .comparison import diff
from .dimensions import Point
from .errors import InfeasibleError, InputError
from .language import Head, Limits, Stage
from .layers import Conv2d, LayerError, Shape
from .search_space import SearchSpace

__all__ = [
    "Architecture",
    "Conv2d",
    "Head",
    "InfeasibleError",
    "InputError",
    "LayerError",
    "Limits",
    "Point",
    "SearchSpace",
    "Shape",
    "Stage",
    "census",
    "diff",
    "layers",
    "presets",
    "table",
]
