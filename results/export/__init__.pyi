from .card import Finals
from .check import Check, FormCheck, check_folder
from .choice import choose_trial
from .exported import ExportedNetwork, load_export
from .folder import ExportReport, export_trial
from .keras_source import keras_source
from .predictions import Predictions, Unreadable
from .torch_source import module_source
from .train_source import train_source

__all__ = [
    "Check",
    "ExportReport",
    "ExportedNetwork",
    "Finals",
    "FormCheck",
    "Predictions",
    "Unreadable",
    "check_folder",
    "choose_trial",
    "export_trial",
    "keras_source",
    "load_export",
    "module_source",
    "train_source",
]
