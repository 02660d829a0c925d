from .check import Check, check_folder
from .exported import ExportedNetwork, load_export
from .folder import ExportReport, export_trial
from .predictions import Predictions, Unreadable
from .source import module_source

__all__ = [
    "Check",
    "ExportReport",
    "ExportedNetwork",
    "Predictions",
    "Unreadable",
    "check_folder",
    "export_trial",
    "load_export",
    "module_source",
]
