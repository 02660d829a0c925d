"""The one place where the libraries that write and run forms are kept from talking."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def guarded(rule: str) -> Iterator[None]:
    """Drop warnings, and log lines below errors; tell what is raised as a breach of ``rule``.

    Torch's exporter warns of what it uses itself and of torchvision that is not there, and
    onnxruntime's quantisation advises on preparations that change no result here.

    Raises:
        ExportError: Anything was raised inside: it ends an export like any other breach.
    """
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ExportError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ExportError("export", rule, told) from error
    finally:
        logging.disable(before)
