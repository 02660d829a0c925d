"""The store: everything that was learnt, in one database."""

from .store import Store, open_store, weights_path

__all__ = ["Store", "open_store", "weights_path"]
