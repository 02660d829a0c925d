"""Data sets that a function of the user's makes."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from space.errors import InputError, closest

from .images import ImageData
from .keras_npz import class_count, images_of, labels_of

if TYPE_CHECKING:
    from collections.abc import Callable

_GIVES = "the function must return an ImageData, or images and labels, or these and class names"


def read_callable(address: str) -> ImageData:
    """Call ``MODULE:FUNCTION`` without arguments; the working folder is searched for the module.

    It returns an ImageData, or (images, labels) or (images, labels, class names), the arrays as in
    an .npz file: uint8 (N, H, W) or (N, H, W, C), and integers (N,).

    Raises:
        InputError: Module or function cannot be found, the function raised, or gave something else.
    """
    made = _call(_function(address), address)
    if isinstance(made, ImageData):
        return made
    if not isinstance(made, (tuple, list)) or not 2 <= len(made) <= 3:
        raise InputError("data", _GIVES, type(made).__name__)
    images = images_of(np.asarray(made[0]), "images")
    labels = labels_of(np.asarray(made[1]), "labels")
    names = made[2] if len(made) > 2 else range(class_count(labels, "labels"))
    return ImageData(f"python:{address}", images, labels, tuple(str(name) for name in names))


def _function(address: str) -> Callable[[], Any]:
    module_name, colon, name = address.partition(":")
    if not colon or not module_name or not name:
        raise InputError("data", "the source must be python:MODULE:FUNCTION", f"python:{address}")
    module = _module(module_name)
    function = getattr(module, name, None)
    if not callable(function):
        found = [each for each in vars(module) if callable(getattr(module, each))]
        rule = f"the module {module_name} must have the function"
        raise InputError("data", rule, name, closest(name, found))
    return function  # type: ignore[no-any-return]


def _module(name: str) -> Any:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except Exception as error:
        rule = "the module must be importable from the working folder"
        raise InputError("data", rule, name, f"Python says: {error}") from error
    finally:
        sys.path.remove(here)


def _call(function: Callable[[], Any], address: str) -> Any:
    try:
        return function()
    except InputError:
        raise
    except Exception as error:
        told = f"It raised {type(error).__name__}: {error}"
        raise InputError("data", "the function must return", address, told) from error
