from .allocator import keep_large_blocks
from .data import ImageData, Part, Split, load_data, split
from .evaluation import evaluate
from .failures import TrainingFailure
from .loop import train
from .measurement import measure, measure_latency, measure_memory
from .network import build_network
from .recipe import Recipe
from .reports import EpochReport, Evaluation
from .weights import load_weights, save_weights

__all__ = [
    "EpochReport",
    "Evaluation",
    "ImageData",
    "Part",
    "Recipe",
    "Split",
    "TrainingFailure",
    "build_network",
    "evaluate",
    "keep_large_blocks",
    "load_data",
    "load_weights",
    "measure",
    "measure_latency",
    "measure_memory",
    "save_weights",
    "split",
    "train",
]
