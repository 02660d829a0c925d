from . import columns
from .export import ExportReport, export_trial
from .front import hypervolume, is_front
from .plots import write_front_plots
from .records import EpochRecord, StudyRecord, TrialRecord, TrialStart
from .store import Store, open_store, weights_path
from .study import Study

__all__ = [
    "EpochRecord",
    "ExportReport",
    "Store",
    "Study",
    "StudyRecord",
    "TrialRecord",
    "TrialStart",
    "columns",
    "export_trial",
    "hypervolume",
    "is_front",
    "open_store",
    "weights_path",
    "write_front_plots",
]
