from .check import Check, check_folder
from .folder import ExportReport, export_trial
from .source import module_source

__all__ = ["Check", "ExportReport", "check_folder", "export_trial", "module_source"]
