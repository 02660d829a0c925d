"""Searching what was recorded: any algorithm and stopping rule, without training, in seconds."""

from .curve import Reached, networks_to
from .measured import Table
from .read import read_study, read_table
from .simulate import Replayed, replay
from .table_space import TableSpace

__all__ = [
    "Reached",
    "Replayed",
    "Table",
    "TableSpace",
    "networks_to",
    "read_study",
    "read_table",
    "replay",
]
